"""Pages of one session: overview, changes with preview and undo, help at 16:30, the call list."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openiop.access.models import AuditEvent
from openiop.config.network_for_tests import NORTH
from openiop.messaging.actions import add_contact, add_contact_point
from openiop.messaging.models import OutboxMessage
from openiop.schedule.queries.sessions import SessionFacts, track_sessions
from openiop.schedule.tests.world import as_job, make_enrolled, make_track

WRITE = "schedule.session.write"
KINDS = ["move", "cancel", "staff", "room", "virtual", "merge", "help", "calls"]


@pytest.fixture
def tomorrow() -> date:
    """Pages live now; the track begins tomorrow and meets each day."""
    return timezone.now().astimezone(ZoneInfo("America/Chicago")).date() + timedelta(days=1)


def daily_track(tomorrow: date, people: int = 2, **plan: Any) -> tuple[int, list[int]]:
    track = make_track(
        now=timezone.now(), start_on=tomorrow, weeks=1, weekdays=(0, 1, 2, 3, 4, 5, 6), **plan
    )
    return track, make_enrolled(track, people, start_on=tomorrow)


def sessions(track: int) -> list[SessionFacts]:
    with as_job("schedule.read", timezone.now()) as permit:
        return track_sessions(permit, track, date(2020, 1, 1))


def text(answer: Any) -> str:
    return str(answer.content.decode())


def reachable(record: int) -> None:
    with as_job("messaging.contact.write") as permit:
        contact = add_contact(permit, record=record, clinic=NORTH, name="", relationship="self")
        add_contact_point(
            permit, contact=contact, kind="phone", value="+13125550199", safe_to_text=True
        )


def test_a_session_shows_what_it_is_and_who_is_expected(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow)
    page = text(signed_in("alice").get(f"/desk/sessions/{sessions(track)[0].id}/"))
    for words in ("Evening A", "Maple", "180 countable minutes", "2 of 11 expected",
                  "Alice Adams", "writes the notes", "does not count"):  # fmt: skip
        assert words in page


def test_a_session_takes_as_many_statements_for_one_person_as_for_three(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow, 1)
    client, url = signed_in("alice"), f"/desk/sessions/{sessions(track)[0].id}/"
    client.get(url)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    one = statements()
    make_enrolled(track, 2, start_on=tomorrow)
    assert statements() == one


@pytest.mark.parametrize("kind", ["", *(f"{kind}/" for kind in KINDS)])
def test_another_clinics_session_is_not_there_on_any_page(
    network: Any, signed_in: Any, tomorrow: date, kind: str
) -> None:
    track, _people = daily_track(tomorrow, 0)
    url = f"/desk/sessions/{sessions(track)[0].id}/{kind}"
    assert signed_in("charlie").get(url).status_code == 404
    assert signed_in("alice").get(url).status_code == 200


def test_who_may_not_change_sees_no_menu_and_is_refused(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow, 0)
    session = sessions(track)[0].id
    nurse = signed_in("nora")
    assert "Move the session" not in text(nurse.get(f"/desk/sessions/{session}/"))
    assert nurse.get(f"/desk/sessions/{session}/move/").status_code == 403


def test_a_move_is_previewed_confirmed_told_and_undone(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, (texted, _called) = daily_track(tomorrow)
    reachable(texted)
    first = sessions(track)[0]
    client, url = signed_in("alice"), f"/desk/sessions/{first.id}/move/"
    assert "Whom it affects" in text(client.get(url))
    facts = {"on": tomorrow.isoformat(), "starts": "19:00"}
    preview = text(client.post(url, facts))
    assert 'name="confirmed" value="1"' in preview
    assert sessions(track)[0] == first
    done = client.post(url, facts | {"confirmed": "1", "tell": "on"}, follow=True)
    assert "1 texted, 1 to call." in text(done)
    assert sessions(track)[0].starts_at == first.starts_at + timedelta(hours=1)
    undo = text(done).split('action="/desk/changes/')[1].split('"')[0]
    back = client.post(f"/desk/changes/{undo}", follow=True)
    assert "Undone: everything is as it was." in text(back)
    assert sessions(track)[0] == first
    with as_job(WRITE):
        assert OutboxMessage.objects.count() == 2


def test_the_preview_of_all_later_ones_counts_them(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow)
    url = f"/desk/sessions/{sessions(track)[2].id}/virtual/"
    client = signed_in("alice")
    assert "One session, Alice Adams" in text(client.post(url, {}))
    assert "5 sessions, Alice Adams" in text(client.post(url, {"later": "on"}))
    client.post(url, {"later": "on", "confirmed": "1"})
    assert [each.mode for each in sessions(track)] == ["in_person"] * 2 + ["virtual"] * 5


def test_a_clash_is_shown_in_the_form_with_free_choices_and_is_audited(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow)
    daily_track(tomorrow, 0, name="Afternoon", starts=_clock(14))
    url = f"/desk/sessions/{sessions(track)[0].id}/move/"
    facts = {"on": tomorrow.isoformat(), "starts": "15:00", "confirmed": "1"}
    answer = signed_in("alice").post(url, facts)
    assert answer.status_code == 422
    for words in ("Maple has Afternoon", "Birch is free then", "everything is free."):
        assert words in text(answer)
    with as_job("access.audit.seal"):
        last = AuditEvent.objects.filter(outcome="refused").values_list("act", "reason").last()
    assert last == (WRITE, "clash")


def _clock(hour: int) -> Any:
    from datetime import time

    return time(hour)


def test_each_other_change_is_done_from_its_page(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow)
    other, _others = daily_track(tomorrow, 1, name="Evening B", room=2, staff=((2, "lead"),))
    client = signed_in("alice")
    found, hosts = sessions(track), sessions(other)
    asked = {
        "cancel": (found[0], {"reason": "Snow"}),
        "staff": (found[1], {"lead": "4", "co": "1"}),
        "virtual": (found[2], {}),
        "merge": (found[3], {"into": str(hosts[3].id)}),
    }
    for kind, (session, facts) in asked.items():
        answer = client.post(f"/desk/sessions/{session.id}/{kind}/", facts | {"confirmed": "1"})
        assert answer.status_code == 302, (kind, text(answer))
    after = sessions(track)
    assert (after[0].status, after[0].status_reason) == ("cancelled", "Snow")
    assert [holder.name for holder in after[1].staff] == ["Dana Diaz", "Alice Adams"]
    assert after[2].mode == "virtual"
    assert after[3].merged_into == hosts[3].id
    room = client.post(
        f"/desk/sessions/{found[2].id}/room/", {"room": "1", "confirmed": "1"}, follow=True
    )
    assert "Other room" in text(room)
    assert "the session people go to" in text(client.get(f"/desk/sessions/{found[3].id}/"))


def test_a_preview_says_what_was_chosen_in_words(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow, 0)
    url = f"/desk/sessions/{sessions(track)[0].id}/room/"
    assert "<dd>Birch (18)</dd>" in text(signed_in("alice").post(url, {"room": "2"}))


def test_help_offers_substitutes_groups_video_and_cancelling(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow)
    daily_track(tomorrow, 1, name="Evening B", room=2, staff=((2, "lead"),))
    page = text(signed_in("alice").get(f"/desk/sessions/{sessions(track)[0].id}/help/"))
    for words in ("0 can be texted, 2 must be called.", "Dana Diaz", "Free and qualified",
                  "Busy</span> Evening B", "3 people would sit there.", "Hold it by video",
                  "Cancel the session"):  # fmt: skip
        assert words in page


def test_a_substitute_is_chosen_with_a_confirmation(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, _people = daily_track(tomorrow)
    session = sessions(track)[0].id
    client, url = signed_in("alice"), f"/desk/sessions/{session}/help/"
    facts = {"do": "substitute", "staff": "4"}
    assert "Let the substitute hold it" in text(client.post(url, facts))
    assert "Dana Diaz" in text(client.post(url, facts | {"confirmed": "1"}, follow=True))
    assert [holder.part for holder in sessions(track)[0].staff] == ["substitute"]


def test_called_off_from_a_phone_the_others_are_on_the_call_list(
    network: Any, signed_in: Any, tomorrow: date
) -> None:
    track, (texted, _called) = daily_track(tomorrow)
    reachable(texted)
    session = sessions(track)[0].id
    client = signed_in("alice")
    facts = {"do": "cancel", "reason": "Nobody can hold it", "confirmed": "1"}
    done = client.post(f"/desk/sessions/{session}/help/", facts, follow=True)
    assert "1 texted, 1 to call." in text(done)
    page = text(client.get(f"/desk/sessions/{session}/calls/"))
    assert page.count("does not take place") == 1
    task = page.split('name="task" value="')[1].split('"')[0]
    client.post(f"/desk/sessions/{session}/calls/", {"task": task})
    assert "Nobody is left to call" in text(client.get(f"/desk/sessions/{session}/calls/"))


def test_help_without_a_choice_says_so(network: Any, signed_in: Any, tomorrow: date) -> None:
    track, _people = daily_track(tomorrow, 0)
    url = f"/desk/sessions/{sessions(track)[0].id}/help/"
    answer = signed_in("alice").post(url, {"do": "substitute"})
    assert answer.status_code == 422
    assert "Choose one of the ways." in text(answer)


def test_names_are_hidden_on_a_shared_screen(network: Any, signed_in: Any, tomorrow: date) -> None:
    track, _people = daily_track(tomorrow, 1)
    client = signed_in("alice")
    session = client.session
    session["shared_screen"] = True
    session.save()
    page = text(client.get(f"/desk/sessions/{sessions(track)[0].id}/"))
    assert "Person" not in page.split("<tbody>")[1].split("</tbody>")[0]
