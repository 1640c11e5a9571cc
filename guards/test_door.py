"""Every address stands behind the door, and a stranger sees nothing there."""

import ast
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, resolve, reverse

from guards.sources import functions, modules, where
from openiop.access.middleware import WITHOUT_DOOR
from openiop.kernel.acts import ACTS

# What a stranger may see: ways to sign in, to ask for a new password, and whether the house stands.
FOR_STRANGERS = {
    "healthz", "account_login", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_inactive",
    "account_signup", "account_email_verification_sent", "account_confirm_email",
    "mfa_login_webauthn", "set_language",
}  # fmt: skip
NO_ID = "00000000-0000-4000-8000-000000000000"
SAMPLES = ("1", "00000018", "2026-11-23", "x", "role", NO_ID)
NAMED = {act.name: act for act in ACTS}
DOOR = {"opens", "opens_link", "writes", "opened_for", "opened_for_job"}


def addresses(
    patterns: list[Any], names: tuple[str, ...] = (), wanted: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Any, frozenset[str]]]:
    """Every address: its full name, its view and the parts it wants."""
    for each in patterns:
        parts = wanted | set(each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            inner = (*names, each.namespace) if each.namespace else names
            yield from addresses(each.url_patterns, inner, parts)
        else:
            yield ":".join((*names, each.name or "")), each.callback, parts


ALL = list(addresses(get_resolver().url_patterns))


def paths(name: str, wanted: frozenset[str]) -> list[str]:
    """An address of the view with invented ids that fit it, in a list; empty when none fits."""
    for tried in product(SAMPLES, repeat=len(wanted)):
        try:
            return [reverse(name, kwargs=dict(zip(sorted(wanted), tried, strict=True)))]
        except NoReverseMatch:
            continue
    return []


def is_beside_the_door(view: Any) -> bool:
    return getattr(view, "__module__", "").startswith(WITHOUT_DOOR)


@pytest.mark.parametrize(("name", "view"), [(name, view) for name, view, _ in ALL])
def test_each_view_opens_a_door_or_is_a_listed_exception(name: str, view: Any) -> None:
    assert is_beside_the_door(view) or view.act in NAMED, f"{name} has no @opens"


def test_each_address_has_a_name_so_that_this_guard_reaches_it() -> None:
    nameless = [view.__qualname__ for name, view, _ in ALL if not name.split(":")[-1]]
    assert nameless == []


def test_a_stranger_is_sent_to_sign_in_or_refused_everywhere(network: Any) -> None:
    seen, unreached = [], []
    for name, _, wanted in ALL:
        found = paths(name, wanted)
        unreached += [] if found else [name]
        seen += [told for path in found if (told := _told_a_stranger(name, path))]
    assert unreached == []
    assert seen == []


def _told_a_stranger(name: str, path: str) -> str:
    """What a stranger wrongly got, or ""."""
    view = resolve(path).func
    public = name in FOR_STRANGERS or getattr(NAMED.get(getattr(view, "act", "")), "public", False)
    answer = Client().get(path)
    if answer.status_code == 302 and not is_beside_the_door(view):
        sent = answer["Location"]
        return "" if sent.startswith("/accounts/login/") else f"{path} sends to {sent}"
    refuses = answer.status_code in (301, 302, 401, 403, 404, 405, 410)
    return "" if public or refuses else f"{path} answers {answer.status_code}"


def test_a_strangers_post_changes_nothing_either(network: Any) -> None:
    answers = {
        path: Client().post(path).status_code
        for name, view, wanted in ALL
        if not is_beside_the_door(view)
        and not getattr(NAMED.get(getattr(view, "act", "")), "public", False)
        for path in paths(name, wanted)
    }
    assert {path: code for path, code in answers.items() if code not in (302, 404, 405)} == {}


def test_each_act_named_at_a_door_is_declared() -> None:
    unknown = [
        where(path, call)
        for path in modules()
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) in DOOR
        for argument in call.args[:2]
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and argument.value not in NAMED
    ]
    assert unknown == []


def test_each_act_entails_only_declared_acts() -> None:
    unknown = [(act.name, name) for act in ACTS for name in act.entails if NAMED.get(name) is None]
    assert unknown == []


def test_each_view_takes_the_permit_that_its_door_gives() -> None:
    without = [
        where(path, one)
        for path in modules()
        for one in functions(path)
        if _decorated(one, "opens")
        and [each.arg for each in one.args.args[:2]] != ["request", "permit"]
    ]
    assert without == []


def _decorated(one: Any, by: str) -> bool:
    return any(
        isinstance(each, ast.Call) and getattr(each.func, "id", "") == by
        for each in one.decorator_list
    )


@pytest.mark.parametrize(("name", "wanted"), [(name, wanted) for name, _, wanted in ALL])
def test_each_address_leads_to_its_own_view(name: str, wanted: frozenset[str]) -> None:
    """No room stands in front of another's page."""
    for path in paths(name, wanted):
        assert resolve(path.partition("?")[0]).view_name == name
