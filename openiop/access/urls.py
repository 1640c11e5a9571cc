"""Addresses of `access`: beside the door."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
