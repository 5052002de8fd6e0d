"""An answer on its way back to a client, and what can befall it as bytes: cut, changed, replaced, never ending."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from tests.hostile.script import Rule
from tests.simulator.hostile import flipped

PAGE = b"<!doctype html><title>Hotel</title><p>Welcome! Log in to our Wi-Fi.</p>"
JSON, PROBLEM = "application/json", "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, media type and body; ``flaw`` is what the connection does instead of ending well."""

    status: int
    kind: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    flaw: Literal["", "close", "reset", "short", "endless"] = ""
    missing: int = 0
    """Bytes that are announced and never sent."""


def _truncate(answer: Answer, rule: Rule) -> Answer:
    return replace(answer, body=answer.body[: rule.at])


def _corrupt(answer: Answer, rule: Rule) -> Answer:
    return replace(answer, body=flipped(answer.body, rule.at)) if answer.body else answer


def _status(_answer: Answer, rule: Rule) -> Answer:
    problem = {"type": "about:blank", "title": rule.value, "status": rule.status, "code": rule.code}
    return Answer(rule.status, PROBLEM, msgspec.json.encode(problem))


def _page(_answer: Answer, _rule: Rule) -> Answer:
    return Answer(200, "text/html", PAGE)


def _redirect(_answer: Answer, rule: Rule) -> Answer:
    return Answer(302, "text/plain", b"", (("Location", rule.value),))


def _length(answer: Answer, rule: Rule) -> Answer:
    return replace(answer, flaw="short", missing=rule.at)


def _endless(answer: Answer, _rule: Rule) -> Answer:
    return replace(answer, flaw="endless")


def _compress(answer: Answer, _rule: Rule) -> Answer:
    return replace(answer, body=gzip.compress(answer.body), headers=(("Content-Encoding", "gzip"),))


def _version(answer: Answer, _rule: Rule) -> Answer:
    return replace(answer, kind=JSON, body=b'{"version": 2, "answer": ' + (answer.body or b"null") + b"}")


CHANGES: dict[str, Callable[[Answer, Rule], Answer]] = {
    "truncate": _truncate,
    "corrupt": _corrupt,
    "status": _status,
    "page": _page,
    "redirect": _redirect,
    "length": _length,
    "endless": _endless,
    "compress": _compress,
    "version": _version,
}
"""By what a rule does; each gets the answer so far."""
