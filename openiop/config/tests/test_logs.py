"""Log lines carry a request id and facts, and never a name, a path or what somebody typed."""

import json
import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from openiop.config.logs import KEYS, Lines, RequestLog, request_id

NAME = "Zebedee Quill"


def record(name: str, message: str, *values: Any, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.INFO, "/rooms/desk.py", 7, message, values, None)
    made.__dict__.update(extra)
    return made


def line(made: logging.LogRecord) -> dict[str, Any]:
    return dict(json.loads(Lines().format(made)))


class Kept(logging.Handler):
    """Keeps the formatted lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(Lines())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Any:
    handler, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


def test_our_own_message_is_written_before_its_values_go_in() -> None:
    assert line(record("openiop.desk", "seated %s", NAME))["event"] == "seated %s"


def test_another_librarys_message_is_left_out() -> None:
    found = line(record("django.request", f"Not Found: /people/?q={NAME}"))
    assert sorted(found) == ["level", "logger", "time", "where"]
    assert found["where"] == "desk:7"


def test_only_listed_facts_without_spaces_are_kept() -> None:
    found = line(
        record("openiop.x", "done", status=200, route="desk:today", user=4, patient=NAME, task=NAME)
    )
    assert {key: found[key] for key in found if key in (*KEYS, "patient")} == {
        "status": 200,
        "route": "desk:today",
        "user": 4,
    }


def test_an_exception_is_its_type_and_its_place() -> None:
    def failing(person: str) -> None:
        try:
            int(person)
        except ValueError as error:
            raise KeyError(person) from error

    made = record("django.request", "Internal Server Error")
    try:
        failing(NAME)
    except KeyError as error:
        made.exc_info = (KeyError, error, error.__traceback__)
    found = line(made)
    assert found["error"] == "KeyError < ValueError"
    assert [each.split()[-1] for each in found["at"]] == [
        "test_an_exception_is_its_type_and_its_place",
        "failing",
    ]
    assert NAME.split()[0] not in json.dumps(found)


@given(planted=st.text(alphabet=st.characters(categories=["L"]), min_size=12))
def test_a_planted_name_is_in_no_line(planted: str) -> None:
    name = f"{planted} {planted}"
    made = record(
        "django.db", f"lost {name}", name, **dict.fromkeys(KEYS, name), args=(name,), sql=name
    )
    assert planted not in json.dumps(line(made), ensure_ascii=False)


def answer(request: HttpRequest) -> HttpResponse:
    logging.getLogger("openiop.desk").info("looked")
    logging.getLogger("django.request").warning("Not Found: %s", request.get_full_path())
    return HttpResponse(request_id.get())


def test_every_line_of_a_request_has_its_id_and_the_answer_too(kept: list[str]) -> None:
    request = RequestFactory().get("/people/", {"q": NAME})
    response = RequestLog(answer)(request)
    assert isinstance(response, HttpResponse)
    found = [json.loads(each) for each in kept]
    assert [each.get("event") for each in found] == ["looked", None, "answered"]
    assert {each["request"] for each in found} == {response["X-Request-ID"]}
    assert response.content.decode() == response["X-Request-ID"]
    assert ("Zebedee" in "".join(kept)) is False
    assert request_id.get() == ""


def test_the_line_of_a_request_tells_route_method_status_and_time(kept: list[str]) -> None:
    RequestLog(answer)(RequestFactory().post("/people/"))
    found = json.loads(kept[-1])
    assert (found["route"], found["method"], found["status"]) == ("none", "POST", 200)
    assert found["ms"] >= 0
    assert "user" not in found


@pytest.mark.parametrize(
    ("given_id", "kept_id"),
    [("0123456789abcdef", True), (NAME, False), ("0123456789abcde\n", False), ("f" * 99, False)],
)
def test_a_given_id_is_kept_only_if_it_can_be_no_name(given_id: str, kept_id: bool) -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": given_id})
    assert (RequestLog(answer)(request)["X-Request-ID"] == given_id) is kept_id
