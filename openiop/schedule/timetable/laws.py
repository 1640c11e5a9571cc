"""The hard rules of a timetable, by name."""

from enum import StrEnum


class Rule(StrEnum):
    """What no timetable may break; the value is its name in files, `words` says it."""

    UNKNOWN = "unknown"
    NO_FACILITATOR = "no_facilitator"
    NO_PLACE = "no_place"
    ROOM_ELSEWHERE = "room_elsewhere"
    ROOM_TAKEN = "room_taken"
    ROOM_SMALL = "room_small"
    STEP_FREE = "step_free"
    CLOSED = "closed"
    STAFF_TAKEN = "staff_taken"
    OFF_HOURS = "off_hours"
    CREDENTIAL = "credential"
    LANGUAGE = "language"
    INTERN_ALONE = "intern_alone"
    TRAUMA_LEAD = "trauma_lead"
    ALONE_IN_BUILDING = "alone_in_building"
    REST = "rest"
    DAY_HOURS = "day_hours"
    WEEK_HOURS = "week_hours"
    LEGAL_CAP = "legal_cap"
    HOUSE_CAP = "house_cap"
    TRAUMA_CAP = "trauma_cap"
    FACILITATOR_RATIO = "facilitator_ratio"
    TOO_SMALL = "too_small"
    SHORT_WEEK = "short_week"
    MOVED_UNASKED = "moved_unasked"
    ENDED_UNASKED = "ended_unasked"
    SEAT_ELSEWHERE = "seat_elsewhere"
    SEAT_MODE = "seat_mode"
    SEAT_DAYPART = "seat_daypart"
    SEAT_PROGRAM = "seat_program"
    SEAT_FOCUS = "seat_focus"
    SEAT_LANGUAGE = "seat_language"
    COMMITMENT = "commitment"
    SEATED_TWICE = "seated_twice"
    CASELOAD = "caseload"
    ONE_TO_ONES = "one_to_ones"
    ONE_TO_ONE_SHORT = "one_to_one_short"
    ONE_TO_ONE_ROOM = "one_to_one_room"

    @property
    def words(self) -> str:
        """The rule in a few words."""
        return TITLES[self]


TITLES = {
    Rule.UNKNOWN: "Only clinics, rooms, colleagues and people that are known",
    Rule.NO_FACILITATOR: "Each group has a facilitator, and a co-facilitator is somebody else",
    Rule.NO_PLACE: "A group that meets in person has a room, a virtual one has none",
    Rule.ROOM_ELSEWHERE: "A room of the group's own clinic",
    Rule.ROOM_TAKEN: "One group in a room at a time",
    Rule.ROOM_SMALL: "The room holds everybody",
    Rule.STEP_FREE: "People who need it are in a step-free room",
    Rule.CLOSED: "Within the clinic's opening hours",
    Rule.STAFF_TAKEN: "A colleague is in one place at a time",
    Rule.OFF_HOURS: "Within the colleague's working hours at that clinic",
    Rule.CREDENTIAL: "The facilitator's credentials carry every block in that state",
    Rule.LANGUAGE: "The facilitator speaks the group's language",
    Rule.INTERN_ALONE: "A supervisor is on site while an intern of level I or II works",
    Rule.TRAUMA_LEAD: "No intern leads a trauma group",
    Rule.ALONE_IN_BUILDING: "A second colleague is there while patients are in the building",
    Rule.REST: "Enough rest between one day's last group and the next day's first",
    Rule.DAY_HOURS: "No more group hours a day than a facilitator can hold",
    Rule.WEEK_HOURS: "No more group hours a week than a facilitator can hold",
    Rule.LEGAL_CAP: "The law's limit of people in a group",
    Rule.HOUSE_CAP: "The house's own limit of people in a group",
    Rule.TRAUMA_CAP: "Trauma groups stay small",
    Rule.FACILITATOR_RATIO: "A second facilitator where a group is too large for one",
    Rule.TOO_SMALL: "A new group begins with enough people",
    Rule.SHORT_WEEK: "Enough countable hours a week",
    Rule.MOVED_UNASKED: "Nobody who has a seat is moved unasked",
    Rule.ENDED_UNASKED: "No group that people sit in is ended",
    Rule.SEAT_ELSEWHERE: "People are seated where they can come",
    Rule.SEAT_MODE: "People who asked for a room sit in a room, those for video at home",
    Rule.SEAT_DAYPART: "People are seated at the time of day they asked for",
    Rule.SEAT_PROGRAM: "People are seated in their own program",
    Rule.SEAT_FOCUS: "Women's, men's and trauma groups are for whom they are for",
    Rule.SEAT_LANGUAGE: "People are seated in a group in their language",
    Rule.COMMITMENT: "Not during people's work, court or childcare hours",
    Rule.SEATED_TWICE: "Everybody is seated once",
    Rule.CASELOAD: "Counselors have room for the people who join",
    Rule.ONE_TO_ONES: "Each counselor has enough time for one-to-ones",
    Rule.ONE_TO_ONE_SHORT: "Time for one-to-ones holds at least one of them",
    Rule.ONE_TO_ONE_ROOM: "A room for each one-to-one",
}
