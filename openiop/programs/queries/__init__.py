"""Every read about programs, tracks, episodes, enrollments and waiting lists."""

from openiop.programs.queries.courses import (
    Course,
    CourseCount,
    course_counts,
    courses,
    offers_answered,
)
from openiop.programs.queries.enrollments import (
    EnrollmentFacts,
    current_enrollments,
    enrollment,
    enrollments_of,
    expected_completions,
    expected_ends,
    track_enrollments,
)
from openiop.programs.queries.episodes import (
    EpisodeFacts,
    episodes,
    episodes_during,
    episodes_of,
)
from openiop.programs.queries.tracks import (
    Application,
    BlockFacts,
    ProgramFacts,
    StaffFacts,
    TrackFacts,
    locked_track,
    programs,
    staffing,
    track,
    tracks,
)
from openiop.programs.queries.waiting import (
    Waiting,
    expired_offers,
    waiting_at,
    waiting_counts,
    waiting_entry,
    waiting_lists,
)

__all__ = [
    "Application",
    "BlockFacts",
    "Course",
    "CourseCount",
    "EnrollmentFacts",
    "EpisodeFacts",
    "ProgramFacts",
    "StaffFacts",
    "TrackFacts",
    "Waiting",
    "course_counts",
    "courses",
    "current_enrollments",
    "enrollment",
    "enrollments_of",
    "episodes",
    "episodes_during",
    "episodes_of",
    "expected_completions",
    "expected_ends",
    "expired_offers",
    "locked_track",
    "offers_answered",
    "programs",
    "staffing",
    "track",
    "track_enrollments",
    "tracks",
    "waiting_at",
    "waiting_counts",
    "waiting_entry",
    "waiting_lists",
]
