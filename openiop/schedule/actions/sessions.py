"""What can be done with sessions: lay them, move, cancel, staff, room, go virtual, merge, undo."""

from openiop.schedule.actions.laying import materialize

__all__ = ["materialize"]
