from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "openiop.desk"
    label = "desk"
