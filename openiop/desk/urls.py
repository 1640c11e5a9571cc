"""Addresses of the staff face."""

from django.conf import settings
from django.urls import path

from openiop.desk.views import home

app_name = "desk"
urlpatterns = [
    path("desk/", home.home, name="home"),
    path("desk/queues/", home.queues, name="queues"),
    path("desk/settings/", home.settings, name="settings"),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("ui/", home.preview, name="preview"))
