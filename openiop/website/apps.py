from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    name = "openiop.website"
    label = "website"
