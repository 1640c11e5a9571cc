"""What an import did, line by line where it could not."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Problem:
    """One thing that was left out: in which file, on which line, at which field, and why."""

    file: str
    line: int | None
    path: str
    message: str


@dataclass
class Report:
    """Counts by type of what was created, found here already, and left for later; and problems."""

    created: Counter[str] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    errors: list[Problem] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when everything was loaded, 1 when something was refused."""
        return 1 if self.errors else 0

    def count(self, kind: str, created: bool) -> None:
        (self.created if created else self.matched)[kind] += 1

    def as_json(self) -> dict[str, Any]:
        """The documented shape; counts in alphabetical order, problems as they came."""
        return {
            "created": dict(sorted(self.created.items())),
            "matched": dict(sorted(self.matched.items())),
            "left": dict(sorted(self.left.items())),
            "errors": [asdict(problem) for problem in self.errors],
        }
