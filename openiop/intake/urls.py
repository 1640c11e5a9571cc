"""Addresses from the first question to admission."""

from django.urls import path

from openiop.intake.views import (
    admission,
    authorization,
    benefits,
    board,
    cards,
    consents,
    contracts,
    covered,
    estimate,
    inquiries,
    partners,
    plans,
    referrals,
    screening,
    starting,
)

app_name = "intake"
urlpatterns = [
    path("desk/inquiries/", board.inquiries, name="inquiries"),
    path("desk/inquiries/new/", inquiries.new, name="new"),
    path("desk/inquiries/alike/", inquiries.alike, name="alike"),
    path("desk/inquiries/<int:inquiry>/", inquiries.inquiry, name="inquiry"),
    path("desk/inquiries/<int:inquiry>/facts/", inquiries.edit, name="edit"),
    path("desk/inquiries/<int:inquiry>/work/", inquiries.work, name="work"),
    path("desk/inquiries/<int:inquiry>/undo/<int:step>/", inquiries.undo, name="undo"),
    path("desk/inquiries/<int:inquiry>/screen/", screening.screen, name="screen"),
    path("desk/inquiries/<int:inquiry>/visit/", starting.visit, name="visit"),
    path("desk/inquiries/<int:inquiry>/benefits/", benefits.benefits, name="benefits"),
    path("desk/inquiries/<int:inquiry>/cards/", cards.cards, name="cards"),
    path("desk/inquiries/<int:inquiry>/cards/<int:card>/", cards.picture, name="card"),
    path("desk/inquiries/<int:inquiry>/cards/<int:card>/change/", cards.change, name="card_change"),
    path("desk/inquiries/<int:inquiry>/referrals/", referrals.referrals, name="referrals"),
    path(
        "desk/inquiries/<int:inquiry>/referrals/<int:referral>/",
        referrals.outcome,
        name="referral_outcome",
    ),
    path("desk/inquiries/<int:inquiry>/plan/", plans.plan, name="plan"),
    path(
        "desk/inquiries/<int:inquiry>/plan/<int:plan_id>/cosign/", plans.cosign, name="plan_cosign"
    ),
    path("desk/inquiries/<int:inquiry>/admit/", admission.admit, name="admit"),
    path("desk/patients/<str:number>/consents/", consents.consents, name="consents"),
    path("desk/patients/<str:number>/consents/<int:consent_id>/", consents.consent, name="consent"),
    path(
        "desk/patients/<str:number>/consents/<int:consent_id>/copy.pdf",
        consents.copy,
        name="consent_copy",
    ),
    path(
        "desk/patients/<str:number>/consents/<int:consent_id>/revoke/",
        consents.revoke,
        name="consent_revoke",
    ),
    path("desk/patients/<str:number>/consents/sign/<slug:form_id>/", consents.sign, name="sign"),
    path("desk/insurance/", covered.covered, name="covered"),
    path("desk/estimate/", estimate.estimate, name="estimate"),
    path("desk/contracts/", contracts.contracts, name="contracts"),
    path("desk/contracts/change/", contracts.change, name="contract_change"),
    path("desk/contracts/file/", contracts.take, name="contract_file"),
    path("desk/prices/", contracts.prices, name="prices"),
    path(
        "desk/inquiries/<int:inquiry>/authorization/",
        authorization.authorization,
        name="authorization",
    ),
    path("desk/patients/<str:number>/inquiries/", board.of_record, name="of_record"),
    path("desk/partners/", partners.partners, name="partners"),
    path("desk/partners/new/", partners.new, name="partner_new"),
    path("desk/partners/<int:partner>/", partners.edit, name="partner"),
]
