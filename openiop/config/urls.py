"""All addresses, room by room."""

from django.urls import include, path
from django.views.i18n import set_language

from openiop.config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("", include("openiop.access.urls")),
    path("", include("openiop.messaging.urls")),
    path("", include("openiop.patients.urls")),
    path("", include("openiop.assessments.urls")),
    path("", include("openiop.intake.urls")),
    path("", include("openiop.publishing.urls")),
    path("", include("openiop.website.urls")),
    path("", include("openiop.chart.urls")),
    path("", include("openiop.programs.urls")),
    path("", include("openiop.schedule.urls")),
    path("", include("openiop.desk.urls")),
]
