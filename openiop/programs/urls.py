"""Addresses of what is offered; tracks stand with the schedule, which gives them seats."""

from django.urls import path

from openiop.programs import views

app_name = "programs"
urlpatterns = [
    path("desk/programs/", views.offered, name="offered"),
    path("desk/programs/new/", views.new, name="new"),
]
