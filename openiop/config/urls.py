"""All addresses, room by room."""

from django.urls import include, path
from django.views.generic import RedirectView

from openiop.config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", RedirectView.as_view(url="/desk/"), name="root"),
    path("accounts/", include("allauth.urls")),
    path("", include("openiop.access.urls")),
    path("", include("openiop.messaging.urls")),
    path("", include("openiop.patients.urls")),
    path("", include("openiop.chart.urls")),
    path("", include("openiop.programs.urls")),
    path("", include("openiop.schedule.urls")),
    path("", include("openiop.desk.urls")),
]
