"""Addresses of the chart."""

from django.urls import path

from openiop.chart.views import notes

app_name = "chart"
SESSION = "desk/sessions/<int:session>/notes/"
PERSON = "desk/sessions/<int:session>/notes/<str:number>/"
urlpatterns = [
    path(SESSION, notes.notes, name="notes"),
    path(f"{SESSION}sign/", notes.sign, name="sign"),
    path(f"{SESSION}shared/", notes.shared, name="shared"),
    path(f"{SESSION}shared/autosave/", notes.autosave_shared, name="autosave_shared"),
    path(f"{SESSION}shared/keep/", notes.override, name="keep_shared"),
    path(f"{SESSION}shared/done/", notes.drop_kept, name="drop_shared"),
    path(PERSON, notes.part, name="part"),
    path(f"{PERSON}autosave/", notes.autosave_part, name="autosave_part"),
    path(f"{PERSON}keep/", notes.override, name="keep_part"),
    path(f"{PERSON}done/", notes.drop_kept, name="drop_part"),
    path(f"{PERSON}aside/", notes.aside, name="aside"),
]
