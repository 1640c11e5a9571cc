"""Keys of this room in words people read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STAGES: dict[str, Any] = {
    "new": pgettext_lazy("inquiry", "New"), "contacted": _("Contacted"),
    "benefits": _("Benefits"), "screened": _("Screened"), "scheduled": _("Scheduled"),
    "admitted": _("Admitted"), "lost": pgettext_lazy("inquiry", "Lost"),
    "referred_out": _("Referred out"),
}  # fmt: skip
CHANNELS: dict[str, Any] = {
    "phone": _("Phone"), "walk_in": _("Walk-in"), "web": _("Web"), "email": _("E-mail"),
    "text": _("Text"), "provider": _("Doctor or therapist"), "hospital": _("Hospital or detox"),
    "court": _("Court or probation"), "employer": _("Employer or school"),
    "friend": _("Family, friend or alumni"), "event": _("Event"), "other": _("Other"),
}  # fmt: skip
LOST: dict[str, Any] = {
    "no_answer": _("Could not be reached"), "not_now": _("Not now"),
    "elsewhere": _("Went elsewhere"), "cost": _("Cost"), "not_covered": _("Not covered"),
    "hours": _("No fitting hours"), "distance": _("Too far"), "fit": _("Needs something else"),
    "double": _("Entered twice"), "other": _("Other"),
}  # fmt: skip
WAYS: dict[str, Any] = {
    "call": _("Call"), "text": _("Text"), "email": _("E-mail"), "in_person": _("In person"),
    "letter": _("Letter"),
}  # fmt: skip
OUTCOMES: dict[str, Any] = {
    "reached": _("Talked"), "message": _("Left a message"), "no_answer": _("No answer"),
    "called_us": _("They reached us"),
}  # fmt: skip
PARTNERS: dict[str, Any] = {
    "hospital": _("Hospital"), "detox": _("Withdrawal management (detox)"),
    "residential": _("Residential treatment"), "physician": _("Doctor"),
    "therapist": _("Therapist"), "court": _("Court or probation"), "school": _("School"),
    "employer": _("Employer"), "sober_living": _("Sober living"), "mutual_help": _("Mutual help"),
    "public": _("Public program"), "other": _("Other"),
}  # fmt: skip
REFERRAL_WAYS: dict[str, Any] = {
    "together": _("They call, we stand by"), "call": _("We call the place"),
    "send": _("We send a letter or fax"), "paper": _("They go with a paper of their own"),
}  # fmt: skip
REFERRAL_OUTCOMES: dict[str, Any] = {
    "arrived": _("Arrived there"), "not_arrived": _("Did not arrive"),
    "declined": _("The place could not take them"), "came_back": _("Came back to us"),
    "withdrawn": _("Called off"),
}  # fmt: skip
MISSING: dict[str, Any] = {
    "person": _("The person has no record yet."),
    "in_care": _("This person is in care here already."),
    "birth": _("The birth date is not known."),
    "age": _("This person is under 18; our groups are for adults."),
    "safety": _("The safety questions have not been asked."),
    "unanswered": _("Some safety questions are not answered."),
    "emergency": _("A safety answer is an emergency: do what it says, then ask again."),
    "medical": _("A safety answer asks for medical care first; ask again after it."),
    "today": _("A safety answer asks for a clinician's look first."),
    "concern": _("A safety answer waits for a clinician's evaluation."),
    "benefits": _(
        "The payer has not said whether they are covered, and they do not pay themselves."
    ),
    "stale": _("The benefits were last checked in an earlier month."),
    "lapse": _("The payer says they are not covered now."),
    "consent": _("The consent to treatment is not signed."),
    "consent_day": _("A signature cannot be of a day to come."),
    "agreement": _("The program agreement is not signed."),
}  # fmt: skip
AUTHORIZATION: dict[str, Any] = {
    "not_needed": _("Not needed"), "unknown": _("Not known"), "needed": _("Needed"),
    "requested": _("Requested"), "granted": _("Granted"), "denied": _("Denied"),
    "at_risk": _("At risk"),
}  # fmt: skip
LEVEL_WORDS: dict[str, Any] = {
    "2.1": _("2.1 Intensive outpatient"), "2.5": _("2.5 High-intensity outpatient"),
    "1": _("1 Outpatient"),
}  # fmt: skip
HEADS: dict[str, Any] = {
    "opened": _("Inquiry"), "changed": _("Facts"), "stage": _("Stage"), "owner": _("Owner"),
    "next": _("Plan"), "lost": STAGES["lost"], "reopened": _("Open again"),
    "undone": _("Undone"), "safety": _("Safety questions"), "benefits": _("Benefits"),
    "card": _("Insurance card"), "referred": _("Referred out"), "outcome": _("Referral"),
    "told": _("Word to the referrer"), "registered": _("Registered"),
    "admitted": _("Admitted"),
}  # fmt: skip
"""Heads of the lines in an inquiry's story."""
