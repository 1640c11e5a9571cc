"""Addresses of the chart."""

from django.urls import path

from openiop.chart.views import charts, notes, owed

app_name = "chart"
SESSION = "desk/sessions/<int:session>/notes/"
CHART = "desk/patients/<str:number>/chart/"
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
    path(CHART, charts.chart, name="chart"),
    path(f"{CHART}print/", charts.printed, name="print"),
    path(f"{CHART}<int:note_id>/", charts.one, name="note"),
    path(f"{CHART}<int:note_id>/add/", charts.add, name="add"),
    path(f"{CHART}<int:note_id>/strike/", charts.strike, name="strike"),
    path("desk/notes/", owed.mine, name="owed"),
    path("desk/notes/hand-over/", owed.hand_over, name="hand_over"),
    path("desk/notes/lapses/", owed.lapses, name="lapses"),
    path("desk/cosign/", owed.queue, name="cosign"),
    path("desk/cosign/<int:session>/<int:author>/", owed.review, name="review"),
    path("desk/cosign/<int:note>/return/", owed.send_back, name="send_back"),
]
