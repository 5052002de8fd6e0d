"""Results about who presents in a call, and what."""

from typing import Literal

from securecall.rights import Circle
from securecall_client.results.agenda import AgendaLine
from securecall_client.results.common import Result, Saved
from securecall_client.work.map_findings import Map

ScreenKind = Literal["document", "map", "agenda", ""]


class Presented(Result, frozen=True, kw_only=True):
    """Who presents in a call and what is on everyone's screen; `presenter` is null while nobody does.

    `thing` is as it is typed, `kind` what it is, `id` that of the document or exercise and `about` its name; all are
    empty while nothing is shown. `page` is that of a document at which whoever presents is, else 0. `circle` says who
    can see it; `saved` is null if it was only asked.
    """

    call: str
    title: str
    presenter: str | None
    name: str
    thing: str
    kind: ScreenKind
    id: str
    about: str
    page: int
    circle: Circle
    saved: Saved | None


class Count(Result, frozen=True, kw_only=True):
    """How many answers to an exercise there are; of one that is sealed as yet, how many were sent."""

    exercise: str
    title: str
    answers: int
    sealed: bool


class ForEveryone(Result, frozen=True, kw_only=True):
    """What is for everyone in a call, and nothing else: safe to be seen by whoever hears the call.

    `code` is the roster code once a roll call was held, else empty. `presented` names people as guests do. `counts` are
    of the open exercises; `drawn` is the map that is presented, and `sealed` whether there is none before the reveal.
    """

    call: str
    title: str
    code: str
    agenda: AgendaLine | None
    presented: Presented
    counts: list[Count]
    drawn: Map | None
    sealed: bool
