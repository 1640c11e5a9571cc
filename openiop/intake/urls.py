"""Addresses from the first question to admission."""

from django.urls import URLPattern

app_name = "intake"
urlpatterns: list[URLPattern] = []
