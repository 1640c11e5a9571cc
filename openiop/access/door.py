"""The door: permission, scope, consent and audit in one place.

`@opens(act)` stands on every view; `opened_for_job` opens for jobs; `@writes(act)` stands on every
action. Whoever comes in gets a `Permit`, bound to one transaction and its row-level security; what
was done leaves audit rows in that same transaction. A refusal rolls the work back and is written
in a transaction of its own.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from openiop.access.backend.base import is_writing, writing
from openiop.access.models import Link
from openiop.kernel.acts import ACTS, Act, Role
from openiop.kernel.permits import Event, NotPermitted, Permit, Refused

Action = TypeVar("Action", bound=Callable[..., Any])

RETRIED = {"40P01", "40001"}  # deadlock, serialization: the loser simply tries again
TRIES = 4

# What is bound now (organization, clinics, blocked, emergency): only tests nest doors, and the
# inner one gives it back.
_scope: ContextVar[tuple[str, list[int], list[int], list[int]] | None] = ContextVar(
    "scope", default=None
)

# The consent hook: each entry answers "may this permit open this record?". Care at the record's
# own clinics needs none; the room that keeps consents adds its check here.
CONSENT_CHECKS: list[Callable[[Permit, int], bool]] = []


@dataclass(frozen=True)
class Origin:
    """Where a request came from, for the audit: nothing of it names a person."""

    request_id: str = ""
    address: str = ""
    filters: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordRef:
    """A record one was admitted to: its id, number and home clinic."""

    id: int
    number: str
    clinic: int


# --- binding -----------------------------------------------------------------------------------


def _one(sql: str, params: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def _bind_user(user: int, act: Act, now: datetime) -> Permit:
    row = _one(
        "SELECT organization, staff, roles::text, clinics, blocked, emergency, timezone"
        " FROM door.bind(%s, %s, %s)",
        [user, [role.value for role in act.roles], now],
    )
    if row is None:
        raise NotPermitted("account", "This account is not in use.", "Ask your administrator.")
    organization, staff, roles, clinics, blocked, emergency, zone = row
    _scope.set((str(organization), clinics, blocked, emergency))
    return Permit(
        act, organization, frozenset(clinics), _roles(roles), f"user:{user}", now,
        user=user, staff=staff, emergency=frozenset(emergency), timezone=zone,
    )  # fmt: skip


def _roles(text: str) -> Mapping[int, frozenset[Role]]:
    return {int(clinic): frozenset(map(Role, names)) for clinic, names in json.loads(text).items()}


def _bind_system(organization: int, act: Act, actor: str, now: datetime) -> Permit:
    clinics = _one("SELECT door.bind_system(%s)", [organization])[0]
    _scope.set((str(organization), clinics, [], []))
    return Permit(act, organization, frozenset(clinics), {}, actor, now)


def _bind_link(token: str, act: Act, now: datetime) -> tuple[Permit, Any]:
    digest = hashlib.sha256(token.encode()).digest()
    row = _one(
        "SELECT link, organization, clinic, record, target FROM door.bind_link(%s, %s, %s)",
        [digest, act.name, now],
    )
    if row is None:
        raise Http404("This link is not in use.")
    link, organization, clinic, record, target = row
    _scope.set((str(organization), [clinic], [], []))
    permit = Permit(act, organization, frozenset([clinic]), {}, f"link:{link}", now)
    return permit, (record, target)


def _bind_public(host: str, act: Act, now: datetime) -> Permit:
    row = _one("SELECT organization, timezone FROM door.bind_public(%s)", [host])
    if row is None:
        raise Http404("No organization has a site here.")
    organization, zone = row
    _scope.set((str(organization), [], [], []))
    return Permit(act, organization, frozenset(), {}, "public", now, timezone=zone)


# --- opening -----------------------------------------------------------------------------------


@contextmanager
def _opened(bind: Callable[[], Permit], origin: Origin) -> Iterator[Permit]:
    """One transaction, bound by `bind`; its audit rows go in as one statement at the end."""
    nested = connection.in_atomic_block
    outer = _scope.get() if nested else None
    try:
        with transaction.atomic():
            permit = bind()
            yield permit
            _write_events(permit, permit.trail, origin)
    finally:
        _scope.set(outer)
        if nested and not connection.needs_rollback:  # only tests nest: give the outer permit back
            _one("SELECT door.set(%s, %s, %s, %s)", list(outer or ("", [], [], [])))


Opened = AbstractContextManager[Permit]


def opened_for(
    user: int, act: str, *, now: datetime | None = None, origin: Origin = Origin()
) -> Opened:
    """Context manager: a permit for a signed-in user outside a request (simulation, tests)."""
    return _opened(lambda: _checked(_bind_user(user, ACTS[act], now or timezone.now())), origin)


def opened_for_job(
    act: str, organization: int, *, now: datetime | None = None, actor: str | None = None
) -> Opened:
    """Context manager: a permit for a named job or command, in all clinics of an organization."""
    name = actor or f"job:{act}"
    return _opened(
        lambda: _bind_system(organization, ACTS[act], name, now or timezone.now()), Origin()
    )


def opened_for_public(
    act: str, *, host: str = "", now: datetime | None = None, origin: Origin = Origin()
) -> Opened:
    """Context manager: a stranger's permit at the site of a host, bound to none of the clinics;
    `everywhere` opens them for one query where the act allows."""
    return _opened(lambda: _bind_public(host, ACTS[act], now or timezone.now()), origin)


def _checked(permit: Permit) -> Permit:
    if not permit.clinics:
        raise NotPermitted(
            "role",
            f"You cannot {permit.act.about}.",
            f"Ask your administrator: it takes the role {_role_names(permit.act)}.",
        )
    return permit


def _role_names(act: Act) -> str:
    return " or ".join(sorted(role.label.lower() for role in act.roles)) or "of a job"


# --- audit -------------------------------------------------------------------------------------


_EVENTS = """
  INSERT INTO access_auditevent (organization_id, at, written_at, "user", actor, request_id,
         address, act, kind, outcome, record, "table", "row", fields, count, reason, xid)
  SELECT %s::bigint, %s::timestamptz, %s::timestamptz, %s::bigint, %s::text, %s::text, %s::text,
         act, kind, outcome, record, "table", "row", fields, count, reason, 0
    FROM jsonb_to_recordset(%s::jsonb) AS event(
         act text, kind text, outcome text, record bigint, "table" text, "row" bigint,
         fields text[], count int, reason text)"""


def _write_events(permit: Permit, events: Iterable[Event], origin: Origin) -> None:
    """All of them in one statement, which is the same for one and for a hundred."""
    if permit.act.public:  # what a stranger read leaves no trace; what one left or booked does
        events = [event for event in events if event.kind != "read"]
        if not events:
            return
    rows = list(events) or [Event(permit.act.name, permit.act.kind.value)]
    told = json.dumps([_told(event, origin) for event in rows])
    who = (permit.organization, permit.now, permit.now, permit.user, permit.actor)
    with writing(), connection.cursor() as cursor:
        cursor.execute(_EVENTS, [*who, origin.request_id, origin.address, told])
    permit.trail.clear()


def _told(event: Event, origin: Origin) -> dict[str, Any]:
    listed = event.record is None and event.kind == "read"
    return {
        **vars(event),
        "fields": event.fields or (origin.filters if listed else ()),
        "reason": event.reason[:500],
    }


def _write_refusal(user: int, act: Act, no: Exception, origin: Origin) -> None:
    """A refusal, in its own transaction: the refused work is already rolled back."""
    reason = getattr(no, "code", "not found")
    event = Event(act.name, act.kind.value, outcome="refused", reason=reason)

    def bind() -> Permit:
        return _bind_user(user, act, timezone.now())

    try:
        with _opened(bind, origin) as permit:
            permit.trail.append(event)
    except NotPermitted:
        return  # the account belongs to no organization any more: there is no book to write in


# --- views -------------------------------------------------------------------------------------


def opens(
    act_name: str,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Put a view behind the door: `view(request, permit, …)` runs and renders in one transaction.

    Nobody signed in: the sign-in page. No role: 403 with whom to ask. An action's refusal: 422 with
    its sentence. An unknown or foreign object: 404. All three are audited.
    """

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.door = act_name  # type: ignore[attr-defined]
            act = ACTS[act_name]
            if act.public:
                return _in_public(request, act, view, args, kwargs)
            if not request.user.is_authenticated:
                return sign_in(request)
            return _through(request, act, view, args, kwargs)

        run.act = act_name  # type: ignore[attr-defined]
        return run

    return wrap


def _through(
    request: HttpRequest, act: Act, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
) -> HttpResponseBase:
    user, origin = int(request.user.pk or 0), origin_of(request)
    try:
        with opened_for(user, act.name, origin=origin) as permit, shown(request, permit):
            return rendered(view(request, permit, *args, **kwargs))
    except Http404 as no:
        _write_refusal(user, act, no, origin)
        raise
    except Refused as no:
        _write_refusal(user, act, no, origin)
        return refused(request, no)


def _in_public(
    request: HttpRequest, act: Act, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
) -> HttpResponseBase:
    """For anyone, signed in or not: nothing of the request but its id is kept."""
    host, known = request.get_host().partition(":")[0], Origin(getattr(request, "request_id", ""))
    try:
        with opened_for_public(act.name, host=host, origin=known) as permit:
            timezone.activate(permit.timezone)
            return rendered(view(request, permit, *args, **kwargs))
    except Refused as no:
        return refused(request, no)


@contextmanager
def shown(request: HttpRequest, permit: Permit) -> Iterator[None]:
    """Pages see the permit while its transaction is open; an error page shown later has none."""
    request.permit = permit  # type: ignore[attr-defined]
    timezone.activate(permit.timezone)
    try:
        yield
    finally:
        request.permit = None  # type: ignore[attr-defined]


def rendered(response: HttpResponseBase) -> HttpResponseBase:
    """The response with its template rendered, while the transaction is open."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


def opens_link(act_name: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., Any]]:
    """Put a view behind a secret link: `view(request, permit, record, target, …)`; the address
    carries `token`. An expired, revoked or unknown link is 404."""

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
        @wraps(view)
        def run(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.door = act_name  # type: ignore[attr-defined]
            found: list[Any] = []

            def bind() -> Permit:
                permit, target = _bind_link(token, ACTS[act_name], timezone.now())
                found.extend(target)
                return permit

            try:
                with _opened(bind, origin_of(request)) as permit:
                    response = view(request, permit, *found, *args, **kwargs)
                    return rendered(response)
            except Refused as no:
                return refused(request, no)

        run.act = act_name  # type: ignore[attr-defined]
        return run

    return wrap


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and back; htmx is told to load it as a whole page."""
    if request.headers.get("HX-Request"):
        shown = urlsplit(request.headers.get("HX-Current-URL", "/"))
        back = redirect_to_login(shown._replace(scheme="", netloc="").geturl())
        return HttpResponseClientRedirect(back.url)
    return redirect_to_login(request.get_full_path())


def refused(request: HttpRequest, no: Refused) -> HttpResponseBase:
    """The sentence of a refusal as a page, or as a fragment for htmx: 403 for acts, else 422."""
    fragment = bool(request.headers.get("HX-Request"))
    template = "ui/refused_fragment.html" if fragment else "ui/refused.html"
    status = 403 if isinstance(no, NotPermitted) else 422
    return render(request, template, {"refused": no}, status=status)


def origin_of(request: HttpRequest) -> Origin:
    """What the audit keeps of a request: id, address, names of filters; never their values."""
    return Origin(
        getattr(request, "request_id", ""),
        request.META.get("REMOTE_ADDR", "") or "",
        tuple(sorted(request.GET)),
    )


def stream(
    request: HttpRequest, act: str, rows: Callable[[Permit], Iterable[bytes]], **response: Any
) -> StreamingHttpResponse:
    """A long answer under a door of its own, open until the last byte is sent."""
    user, origin = int(request.user.pk or 0), origin_of(request)

    def body() -> Iterator[bytes]:
        with opened_for(user, act, origin=origin) as permit:
            yield from rows(permit)

    return StreamingHttpResponse(body(), **response)


# --- inside ------------------------------------------------------------------------------------


def admit(permit: Permit, number: str, *, act: str | None = None) -> RecordRef:
    """Open one record by its number, or Http404: unknown, another clinic's, or blocked look alike.

    Row-level security decides who sees it: care at one of the permit's clinics, a clinic the record
    is open at, or a broken glass. Every `CONSENT_CHECKS` entry must agree as well.
    """
    row = _one("SELECT id, number, clinic_id FROM access_record WHERE number = %s", [number])
    if row is None:
        raise Http404("No such record.")
    record = RecordRef(*row)
    if not all(check(permit, record.id) for check in CONSENT_CHECKS):
        raise Http404("No such record.")
    basis = "emergency" if record.id in permit.emergency else ""
    permit.note(act or permit.act.name, record=record.id, reason=basis)
    return record


def writes(
    act_name: str, *, explain: Callable[..., Refused] | None = None
) -> Callable[[Action], Action]:
    """Put an action behind the door: one transaction, the audit row inside it.

    The permit must cover the act. A deadlock is tried again. `Refused` undoes everything written;
    then `explain(refused, permit, …)` may put it in more words, with what it reads: a violated
    constraint lets nobody read before that.
    """

    def wrap(action: Action) -> Action:
        def once(permit: Permit, *args: Any, **kwargs: Any) -> Any:
            if is_writing():
                with transaction.atomic() if explain else nullcontext():
                    return _noted(permit, act_name, action, args, kwargs)
            for attempt in range(TRIES):
                kept = len(permit.trail)
                try:
                    with transaction.atomic(), writing():
                        return _noted(permit, act_name, action, args, kwargs)
                except Refused:
                    del permit.trail[kept:]
                    raise
                except OperationalError as error:
                    del permit.trail[kept:]
                    if sqlstate(error) not in RETRIED or attempt == TRIES - 1:
                        raise
            raise AssertionError("unreachable")

        @wraps(action)
        def run(permit: Permit, *args: Any, **kwargs: Any) -> Any:
            permit.require(act_name)
            try:
                return once(permit, *args, **kwargs)
            except Refused as no:
                if explain is None:
                    raise
                raise explain(no, permit, *args, **kwargs) from no.__cause__

        run.act = act_name  # type: ignore[attr-defined]
        return cast(Action, run)

    return wrap


def _noted(permit: Permit, act: str, action: Action, args: Any, kwargs: Any) -> Any:
    """Run the action; if it noted nothing of its own, note the act."""
    before = len(permit.trail)
    result = action(permit, *args, **kwargs)
    if len(permit.trail) == before:
        permit.note(act)
    return result


def sqlstate(error: BaseException) -> str:
    """The five-character SQLSTATE behind a Django database error, or ""."""
    return getattr(error.__cause__, "sqlstate", "") or ""


@contextmanager
def refusing(sentences: Mapping[str, Refused]) -> Iterator[None]:
    """Turn a violated constraint, by its name, into its sentence."""
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if name in sentences:
            raise sentences[name] from error
        raise


@contextmanager
def everywhere(permit: Permit, act: str) -> Iterator[Permit]:
    """For one query, all clinics of the organization, by the permit given; the act must allow."""
    permit.require(act)
    if not ACTS[act].everywhere:
        raise NotPermitted("everywhere", f"{act} may not look beyond the own clinics.", "")
    (wide,) = _one(
        "SELECT set_config('iop.clinics', (SELECT coalesce(array_agg(id), '{}') FROM access_clinic"
        " WHERE organization_id = %s)::text, true)::bigint[]", [permit.organization],
    )  # fmt: skip
    try:
        yield replace(permit, clinics=frozenset(wide))
    finally:
        if not connection.needs_rollback:
            here = "{" + ",".join(map(str, sorted(permit.clinics))) + "}"
            _one("SELECT set_config('iop.clinics', %s, true)", [here])


def make_link(
    permit: Permit, act: str, *, clinic: int, expires_at: datetime,
    record: int | None = None, target: int | None = None,
) -> tuple[str, Link]:  # fmt: skip
    """A new secret link; the token is returned once and kept only as a hash. Needs an open
    `@writes`."""
    token = secrets.token_urlsafe(24)
    link = Link.objects.create(
        organization_id=permit.organization, clinic_id=clinic, record_id=record, act=act,
        target=target, token_hash=hashlib.sha256(token.encode()).digest(),
        created_at=permit.now, expires_at=expires_at,
    )  # fmt: skip
    return token, link
