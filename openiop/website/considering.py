"""What to think about before choosing a program: nothing is counted, nothing leaves the page."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Thought(NamedTuple):
    """Something that may be true of somebody, and what it can mean."""

    key: str
    true_of_me: Promise
    means: Promise


# Each of these comes first: it calls for a person, before any program.
STOPS = (
    Thought(
        "withdrawal", _("I drink every day, or I take benzodiazepines (Xanax, Ativan) every day"),
        _("Do not stop all at once on your own: it can cause seizures. Call us or a doctor first."
          " If you shake, sweat, see things or have a seizure, call 911."),
    ),
    Thought(
        "suicide", _("I think about ending my life"),
        _("You are not alone with this. Call or text 988 now, day or night. If you may act on it,"
          " call 911 or go to an emergency room."),
    ),
    Thought(
        "pregnancy", _("I am pregnant, or I may be"),
        _("Do not stop opioids, alcohol or medicines on your own: it can harm you and the baby."
          " Call us or your doctor first. You get care sooner, and you are welcome."),
    ),
    Thought(
        "psychosis", _("I see or hear things that others do not, or I feel watched"),
        _("Talk to a doctor today, or call or text 988. A group may be too much right now. It can"
          " be right for you later."),
    ),
)  # fmt: skip
CONSIDER = (
    Thought(
        "home", _("I have a place to sleep that is safe enough"),
        _("That is what an IOP builds on: you learn here and try it at home."),
    ),
    Thought(
        "unsafe", _("Where I live, people use around me"),
        _("Many come to us from sober living. Ask us for places near you."),
    ),
    Thought(
        "weekly", _("I see a counselor now and then, and it is not enough"),
        _("An IOP gives you nine hours or more a week. You may keep your counselor."),
    ),
    Thought(
        "after", _("I am coming out of a hospital or a stay"),
        _("An IOP is often the next step. Try to start within a week: that is when it helps"
          " most."),
    ),
    Thought(
        "work", _("I have work, school or kids"),
        _("Look at evening and video groups. Ask us about leave from work and about rides."),
    ),
    Thought(
        "groups", _("I am afraid of groups"),
        _("Most people are. You can pass for as long as you like, and you have one-to-one talks"
          " too."),
    ),
    Thought(
        "once", _("I have tried before"),
        _("Then you know more than before. Tell us what helped and what did not."),
    ),
    Thought(
        "sure", _("I am not sure that I want to stop"),
        _("You do not have to be sure. You can come to find out."),
    ),
)  # fmt: skip
