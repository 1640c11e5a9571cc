"""Tables that only grow: what was published, and by whom it was reviewed, stays as it was."""

import pgtrigger


def append_only(name: str) -> pgtrigger.Trigger:
    """A trigger that refuses every update and delete of a row."""
    return pgtrigger.Trigger(
        name=f"{name}_grows", when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"RAISE EXCEPTION '{name} only grows' USING ERRCODE='23514', CONSTRAINT='{name}';",
    )  # fmt: skip
