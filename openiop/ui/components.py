"""Every component with its examples: what `/ui/` shows is what the tests read."""

from typing import Any, NamedTuple

from openiop.ui.examples import EXAMPLES, Contexts


class Component(NamedTuple):
    """A template, what it is for, and the contexts that show it."""

    name: str
    template: str
    examples: Contexts
    about: str


COMPONENTS = [
    Component(name, f"ui/components/{name}.html", contexts, about)
    for name, (about, contexts) in EXAMPLES.items()
]


def preview_context() -> dict[str, Any]:
    """The context of `ui/preview.html`."""
    return {"components": COMPONENTS, "title": "Components"}
