"""Tables of `intake`, one file a subject."""

from openiop.intake.models.inquiries import Inquiry, InquiryStep, Partner

__all__ = ["Inquiry", "InquiryStep", "Partner"]
