from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "openiop.publishing"
    label = "publishing"
