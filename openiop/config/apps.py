from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "openiop.config"
    label = "config"
