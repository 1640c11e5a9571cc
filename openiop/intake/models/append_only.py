"""Tables that only grow."""

import pgtrigger


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse every update and delete of a row."""
    refuse = f"RAISE EXCEPTION '{name} only grows' USING ERRCODE='23514', CONSTRAINT='{name}';"
    return [
        pgtrigger.Trigger(
            name=f"{name}_rows", when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete, func=refuse,
        )
    ]  # fmt: skip
