"""Tables of `intake`, one file a subject."""

from openiop.intake.models.admission import Admission, AuthorizationStep
from openiop.intake.models.benefits import BenefitsCheck, CardPhoto
from openiop.intake.models.contracts import Contract, PriceList
from openiop.intake.models.inquiries import Inquiry, InquiryStep, Partner
from openiop.intake.models.plans import InitialPlan, InitialPlanCosign
from openiop.intake.models.referrals import Referral
from openiop.intake.models.screening import PreScreen

__all__ = [
    "Admission",
    "AuthorizationStep",
    "BenefitsCheck",
    "CardPhoto",
    "Contract",
    "InitialPlan",
    "InitialPlanCosign",
    "Inquiry",
    "InquiryStep",
    "Partner",
    "PreScreen",
    "PriceList",
    "Referral",
]
