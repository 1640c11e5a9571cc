from django.apps import AppConfig


class SimulationConfig(AppConfig):
    name = "openiop.simulation"
    label = "simulation"
