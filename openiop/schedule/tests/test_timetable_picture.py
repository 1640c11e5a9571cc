"""What a timetable changes, in words and drawn."""

from dataclasses import replace

from openiop.schedule.tests.timetable_world import MORNING_TRACK, make_facts, make_timetable
from openiop.schedule.timetable.differences import counted, differences, kept_hours
from openiop.schedule.timetable.facts import Hours, Timetable, Visits, as_it_is
from openiop.schedule.timetable.picture import Box, boxes, weeks


def test_as_it_is_nothing_differs() -> None:
    facts = make_facts()
    found = differences(facts, as_it_is(facts))
    assert counted(found) == {"same": len(facts.today)}
    assert kept_hours(facts, as_it_is(facts)) == []


def test_each_change_has_its_name() -> None:
    facts = make_facts()
    moved = replace(MORNING_TRACK, room=2, lead=2)
    found = differences(facts, make_timetable(moved))
    what = {one.group.name: one.what for one in found if one.was and one.track}
    assert what[MORNING_TRACK.name] == ("room", "staff")
    none = differences(facts, Timetable())
    assert counted(none) == {"ended": len(facts.today)}


def test_hours_that_follow_on_each_other_are_one_stretch() -> None:
    facts = make_facts()
    found = replace(as_it_is(facts), visits=(Visits(1, 1, 1, 600, 660), Visits(1, 1, 1, 660, 720)))
    (kept,) = [one for one in kept_hours(facts, found) if one.staff == 1]
    assert (kept.before, kept.after, kept.hours) == (0, 120, (Hours(1, 600, 720),))


def test_both_weeks_are_drawn_with_signs() -> None:
    facts = make_facts()
    before, after = boxes(differences(facts, Timetable()))
    assert (len(before) > 0, after, {one.kind for one in before}) == (True, [], {"ended"})
    new = Box("Late", Hours(0, 1020, 1200), "new")
    picture = weeks([], [new, replace(new, name="Other", kind="same")], "The week")
    assert picture.count("<title>+ Late</title>") == 1
    assert picture.count('<rect class="mark"') == 1
    assert "0 meetings a week today, 2 planned." in picture
    assert weeks([], [], "The week") == '<p class="soft">No groups.</p>'
