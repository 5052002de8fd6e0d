"""Results about who presents in a call, and what."""

from typing import Literal

from securecall.rights import Circle
from securecall_client.results.common import Result, Saved

ScreenKind = Literal["document", "map", "agenda", ""]


class Presented(Result, frozen=True, kw_only=True):
    """Who presents in a call and what is on everyone's screen; `presenter` is null while nobody does.

    `thing` is as it is typed, `kind` what it is, `id` that of the document or exercise and `about` its name; all are
    empty while nothing is shown. `circle` says who can see it; `saved` is null if it was only asked.
    """

    call: str
    title: str
    presenter: str | None
    name: str
    thing: str
    kind: ScreenKind
    id: str
    about: str
    circle: Circle
    saved: Saved | None
