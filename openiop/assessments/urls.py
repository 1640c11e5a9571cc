"""Addresses of `assessments`."""

from django.urls import path

from openiop.assessments.views import biopsychosocial, needs, phone, responses, safety

app_name = "assessments"
PERSON = "desk/patients/<digits:number>/questionnaires"
urlpatterns = [
    path(f"{PERSON}/", responses.record, name="record"),
    path(f"{PERSON}/card/", responses.card, name="card"),
    path(f"{PERSON}/<slug:key>/", responses.take, name="take"),
    path(f"{PERSON}/answers/<int:response>/", responses.response, name="response"),
    path(f"{PERSON}/<slug:key>/link/", phone.ask, name="ask"),
    path(f"{PERSON}/links/<int:asked>/withdraw/", phone.withdraw, name="withdraw"),
    path("desk/patients/<digits:number>/level-of-care/", needs.needs, name="needs"),
    path("desk/patients/<digits:number>/level-of-care/<str:edition>/", needs.rate, name="rate"),
    path(
        "desk/patients/<digits:number>/level-of-care/<int:profile>/cosign/",
        needs.cosign,
        name="need_cosign",
    ),
    path("desk/patients/<digits:number>/assessment/", biopsychosocial.assessments, name="bio_list"),
    path("desk/patients/<digits:number>/assessment/write/", biopsychosocial.write, name="bio"),
    path(
        "desk/patients/<digits:number>/assessment/keep/",
        biopsychosocial.autosave,
        name="bio_autosave",
    ),
    path("q/<str:token>/", phone.phone, name="phone"),
    path("desk/safety/", safety.concerns, name="concerns"),
    path("desk/safety/<int:concern>/", safety.concern, name="concern"),
]
