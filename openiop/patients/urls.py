"""Addresses about who people are; a person's own page stands in the staff face."""

from django.urls import path, register_converter

from openiop.patients.views import finding, identity, pairs


class Digits:
    """A record number, as it is written: with its zeros."""

    regex = r"\d{1,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Digits, "digits")
app_name = "patients"
PERSON = "desk/patients/<digits:number>"
urlpatterns = [
    path("desk/patients/", finding.search, name="search"),
    path("desk/patients/new/", finding.new, name="new"),
    path("desk/patients/alike/", finding.alike, name="alike"),
    path("desk/patients/elsewhere/", finding.elsewhere, name="elsewhere"),
    path("desk/patients/duplicates/", finding.duplicates, name="duplicates"),
    path("desk/patients/two-people/", finding.two_people, name="two_people"),
    path("desk/patients/imported/", finding.imported, name="imported"),
    path(f"{PERSON}/edit/", identity.edit, name="edit"),
    path(f"{PERSON}/history/", identity.history, name="history"),
    path(f"{PERSON}/contacts/", identity.contacts, name="contacts"),
    path(f"{PERSON}/contacts/<int:point>/", identity.point, name="point"),
    path(f"{PERSON}/contacts/<int:point>/end/", identity.end_point, name="end_point"),
    path(f"{PERSON}/people/<int:contact>/end/", identity.end_contact, name="end_contact"),
    path(f"{PERSON}/coverage/", identity.coverage, name="coverage"),
    path(f"{PERSON}/coverage/<int:row>/", identity.coverage_edit, name="coverage_edit"),
    path(f"{PERSON}/coverage/<int:row>/end/", identity.coverage_end, name="coverage_end"),
    path(f"{PERSON}/apart/", pairs.apart, name="apart"),
    path(f"{PERSON}/apart/new/", pairs.apart_new, name="apart_new"),
    path(f"{PERSON}/apart/<int:pair>/end/", pairs.apart_end, name="apart_end"),
    path(f"{PERSON}/merge/", pairs.merge, name="merge"),
    path(f"{PERSON}/merge/<int:done>/undo/", pairs.unmerge, name="unmerge"),
]
