"""Results about who presents in a call, and what."""

from typing import Literal

from securecall.rights import Circle
from securecall_client.results.agenda import AgendaLine
from securecall_client.results.common import Result, Saved
from securecall_client.results.discussion import MessageLine
from securecall_client.results.exercises import ExerciseAnswers
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


class Here(Result, frozen=True, kw_only=True):
    """How many of those who are in the call now guests call so."""

    name: str
    people: int


class ForEveryone(Result, frozen=True, kw_only=True):
    """What is for everyone in a call, and nothing else: safe to be seen by whoever hears the call.

    People are called what guests call them. `code` is the roster code once a roll call was held, else empty. `version`
    is that of the document that is presented, else 0. `exercises` are the open ones; `drawn` is the map that is
    presented and `mark` another number whenever it is another one, `sealed` whether there is none before the reveal.
    `messages` are the last ones about the call itself.
    """

    call: str
    title: str
    code: str
    agenda: AgendaLine | None
    presented: Presented
    version: int
    exercises: list[ExerciseAnswers]
    drawn: Map | None
    mark: int
    sealed: bool
    messages: list[MessageLine]
    here: list[Here]
