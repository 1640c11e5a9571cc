"""Addresses of the public site: none names a condition."""

from django.urls import URLPattern

app_name = "website"
urlpatterns: list[URLPattern] = []
