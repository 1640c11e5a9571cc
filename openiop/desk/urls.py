"""Addresses of the staff face."""

from django.conf import settings
from django.urls import path, re_path

from openiop.desk.views import director, frontdesk, home, hours, patient, patient_parts, today

app_name = "desk"
PERSON = r"^desk/patients/(?P<number>\d+)/"
urlpatterns = [
    path("desk/", home.home, name="home"),
    path("desk/today/", today.today, name="today"),
    path("desk/today/hours/", hours.danger, name="hours_danger"),
    re_path(rf"{PERSON}$", patient.patient, name="patient"),
    re_path(rf"{PERSON}hours/$", hours.of_person, name="patient_hours"),
    re_path(rf"{PERSON}meetings/$", patient_parts.one_to_ones, name="patient_one_to_ones"),
    re_path(rf"{PERSON}topics/$", patient_parts.topics, name="patient_topics"),
    re_path(rf"{PERSON}notes/$", patient_parts.notes, name="patient_notes"),
    re_path(rf"{PERSON}reach/$", patient_parts.reach, name="patient_reach"),
    re_path(rf"{PERSON}emergency/$", frontdesk.emergency, name="emergency"),
    path("desk/front/", frontdesk.front, name="frontdesk"),
    path("desk/front/<int:session>/arrive/", frontdesk.arrive, name="arrive"),
    path("desk/front/building/", frontdesk.building, name="building"),
    path("desk/front/downtime/", frontdesk.downtime, name="downtime"),
    path("desk/front/blank-notes/", frontdesk.blank_notes, name="blank_notes"),
    path("desk/board/", director.board, name="director"),
    path("desk/board/hours/", hours.of_network, name="director_hours"),
    path("desk/board/census.csv", director.census_file, name="director_file"),
    path("desk/board/running-out/", director.running, name="director_running"),
    path("desk/queues/", home.queues, name="queues"),
    path("desk/settings/", home.settings, name="settings"),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("ui/", home.preview, name="preview"))
