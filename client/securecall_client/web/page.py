"""What a page is: a path, an act that gives what it shows, and a template; what is done on it leads to a page again.

A page only reads (row L02: no state changes by GET) and asks no server, so that it stands at once; what is done goes
through the acts of `securecall_client.acts` like a command. No page knows the protocol.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from securecall_client.session import Session
from securecall_client.web.desk import Desk
from securecall_client.web.form import Form, read_form
from securecall_client.web.language import Language


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a page or to do something: who asks, in which language, at which profile."""

    request: web.Request
    desk: Desk
    language: Language

    @property
    def session(self) -> Session:
        """The open session. Raises: LockedError."""
        return self.desk.session

    @property
    def names(self) -> Mapping[str, str]:
        """The parts of the path that stand in braces, by their names there."""
        return self.request.match_info

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the question mark of the path."""
        return self.request.query

    async def form(self) -> Form:
        """What was typed."""
        return await read_form(self.request)

    async def long_form(self, most: int) -> Form:
        """As `form`, read once, where all of it may hold ``most`` bytes instead of `FORM_BYTES`."""
        return await read_form(self.request.clone(client_max_size=most))

    def say(self, text: str, **values: object) -> str:
        """A sentence in the person's language."""
        return self.language.say(text, **values)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its ``template``, its ``title``, and what the template shows.

    The title is in the person's language, and no word of it is a person's: a browser keeps it in its history (row L09).
    """

    template: str
    title: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """Something was done: the page ``to`` go to, and what is ``said`` of it, in the person's language."""

    to: str
    said: str = ""


Show = Callable[[Visit], Awaitable[Shown]]
Do = Callable[[Visit], Awaitable[Done | web.StreamResponse]]
Give = Callable[[Visit], Awaitable[Shown | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page at ``path`` (aiohttp's form: ``/call/{call}``). ``locked`` pages need no open profile."""

    path: str
    show: Show
    locked: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """What a form at ``path`` does; ``commands`` names what it is on the command line, for the table of both.

    One ``apart`` is not held for as long as it takes: it takes its turns at the open session by itself (`Desk.at`).
    """

    path: str
    do: Do
    locked: bool
    commands: tuple[str, ...]
    apart: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page that it asks for by itself, such as a picture; ``give`` takes its turns at the session."""

    path: str
    give: Give


class Pages:
    """The pages, their pieces, and deeds of one module."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.pieces: list[Piece] = []
        self.deeds: list[Deed] = []
        self.shows: dict[str, tuple[str, ...]] = {}

    def page(self, path: str, *, commands: tuple[str, ...] = (), locked: bool = False) -> Callable[[Show], Show]:
        """Add a page; ``commands`` names what shows the same on the command line."""

        def add(show: Show) -> Show:
            self.pages.append(Page(path, show, locked))
            self.shows[path] = commands
            return show

        return add

    def piece(self, path: str) -> Callable[[Give], Give]:
        """Add a part that a page asks for by itself; what is `Shown` is a template without the frame."""

        def add(give: Give) -> Give:
            self.pieces.append(Piece(path, give))
            return give

        return add

    def deed(
        self, path: str, *, commands: tuple[str, ...] = (), locked: bool = False, apart: bool = False
    ) -> Callable[[Do], Do]:
        """Add what a form does."""

        def add(do: Do) -> Do:
            self.deeds.append(Deed(path, do, locked, commands, apart))
            return do

        return add
