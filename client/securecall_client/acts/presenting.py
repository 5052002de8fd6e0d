"""Presenting in a call: putting a document, a map or the agenda on everyone's screen (protocol 8.3.2).

Who presents is said to everyone, guests too; what is shown, to those who have it.
"""

from typing import Final

from securecall.rights import KEEPERS, Circle
from securecall.sentences import sentence
from securecall.wire import ZERO
from securecall_client import parts
from securecall_client.acts.named import find_member, the_call
from securecall_client.acts.rights import need_open
from securecall_client.errors import NotFoundError, RefusedError, TextError
from securecall_client.results.common import Saved
from securecall_client.results.presenting import Presented, ScreenKind
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.find import find
from securecall_client.work.fold_presenting import screen_circle

PAGE_MOST: Final = 65_535
"""The largest number of a page that a record can say."""
FORMS = sentence("doc:ID, map:ID (an exercise) or agenda")


async def show_presented(session: Session, call: str) -> Presented:
    """Who presents, and what. Raises: NotFoundError, ProofError."""
    return presented(await the_call(session, call))


async def present(session: Session, call: str, thing: str) -> Presented:
    """Put a thing on everyone's screen, as whoever presents from now on.

    Raises: NotFoundError, RefusedError (neither owner nor chair, and nobody handed it to them), ClosedError.
    """
    view = await the_call(session, call)
    _need_to_present(session, view)
    shown = read_screen(view, thing)
    circle = _circle(view, shown)
    now = view.state.presenting
    if circle != "everyone" and (now is None or now[1].presenter != session.member or _for_guests(view)):
        await session.writer.write(view.space, parts.Presenting(session.member, None), "everyone")
    return await _say(session, view, parts.Presenting(session.member, shown), circle)


async def hand_over(session: Session, call: str, person: str) -> Presented:
    """Have somebody else in the call present. Raises: as `present`; RefusedError of a guest."""
    view = await the_call(session, call)
    need_open(view)
    if session.role_in(view) not in KEEPERS:
        raise _no_right(sentence("say who presents"))
    member = find_member(view, person)
    if view.chain.roster.members[member].role == "guest":
        raise RefusedError("Guests do not present. Nothing was changed.", code="no-right")
    return await _say(session, view, parts.Presenting(member, None), "everyone")


async def stop(session: Session, call: str) -> Presented:
    """Nobody presents from now on. Raises: as `present`."""
    view = await the_call(session, call)
    _need_to_present(session, view)
    if view.state.presenting is None:
        return presented(view)
    return await _say(session, view, parts.Presenting(ZERO, None), "everyone")


async def turn(session: Session, call: str, document: str, page: int) -> None:
    """Go to a page, from 1, of the document that one presents, on the screens of all who follow.

    Raises: NotFoundError, TextError (no page has that number), RefusedError (one does not present it), ClosedError.
    """
    view = await the_call(session, call)
    need_open(view)
    if not 1 <= page <= PAGE_MOST:
        raise TextError(sentence("Pages have numbers from 1 to %(most)s.", most=PAGE_MOST))
    known = view.state.presenting
    shown = known[1].shown if known is not None and known[1].presenter == session.member else None
    if known is None or not isinstance(shown, parts.OnDocument) or shown.document.hex() != document:
        raise RefusedError(
            "You do not present this document now. Its page was not turned for anybody else.", code="no-right"
        )
    if presented(view).page != page:
        await session.writer.write(view.space, parts.PageNow(shown.document, page), known[0].circle)


def may_present(session: Session, view: SpaceView) -> bool:
    """Whether one is an owner or chair, or was handed it."""
    now = view.state.presenting
    return session.role_in(view) in KEEPERS or (now is not None and now[1].presenter == session.member)


def read_screen(view: SpaceView, typed: str) -> parts.Screen:
    """What ``typed`` names, to be shown. Raises: NotFoundError."""
    what, _, rest = typed.strip().partition(":")
    state = view.state
    match what:
        case "doc":
            there = {each: seen[-1].body.name for each, seen in state.documents.items() if not seen[-1].withdrawn}
            return parts.OnDocument(find(sentence("document"), rest, there))
        case "map":
            known = {each: template.parse(body.template).title for each, (_, body) in state.exercises.items()}
            return parts.OnMap(find(sentence("exercise"), rest, known))
        case "agenda" if state.agendas and not rest:
            return parts.OnAgenda()
        case "agenda" if not rest:
            raise NotFoundError("This call has no agenda that could be shown.", hint="Put one up first.")
        case _:
            raise NotFoundError(
                sentence("Nothing that could be shown is called “%(typed)s”.", typed=typed),
                hint=sentence("Write %(forms)s.", forms=FORMS),
            )


def presented(view: SpaceView, saved: Saved | None = None) -> Presented:
    """What is presented, as it is shown; what is not here (any more) is left out."""
    now = view.state.presenting
    circle: Circle = "everyone" if now is None else now[0].circle
    kind, ident, about = _about(view, None if now is None else now[1].shown, circle)
    typed = {"document": f"doc:{ident}", "map": f"map:{ident}"}.get(kind, kind)
    return Presented(
        call=view.space.hex(),
        title=view.state.title,
        presenter=None if now is None else now[1].presenter.hex(),
        name="" if now is None else view.state.name(now[1].presenter),
        thing=typed,
        kind=kind,
        id=ident,
        about=about,
        page=_page(view, ident) if kind == "document" else 0,
        circle=circle,
        saved=saved,
    )


def _page(view: SpaceView, document: str) -> int:
    said = view.state.page_now
    return said.page if said is not None and said.document.hex() == document else 1


def _about(view: SpaceView, shown: parts.Screen | None, circle: Circle) -> tuple[ScreenKind, str, str]:
    match shown:
        case parts.OnDocument(document=document) if (versions := view.state.documents.get(document)) is not None:
            return ("", "", "") if versions[-1].withdrawn else ("document", document.hex(), versions[-1].body.name)
        case parts.OnMap(exercise=exercise) if exercise in view.state.exercises:
            return "map", exercise.hex(), template.parse(view.state.exercises[exercise][1].template).title
        case parts.OnAgenda() if circle in view.state.agendas:
            return "agenda", "", ""
        case _:
            return "", "", ""


def _need_to_present(session: Session, view: SpaceView) -> None:
    need_open(view)
    if not may_present(session, view):
        raise _no_right(sentence("put things on everyone's screen"))


def _no_right(what: str) -> RefusedError:
    return RefusedError(
        sentence(
            "Only owners and chairs of the call, and whom they hand it to, %(what)s. Nothing was changed.", what=what
        ),
        code="no-right",
    )


def _circle(view: SpaceView, shown: parts.Screen) -> Circle:
    """Who has the thing; of two agendas guests have the one that is shown to all."""
    return screen_circle(view.state, shown, "everyone") or "allies"


def _for_guests(view: SpaceView) -> bool:
    """Whether guests are shown something now, which would stay when what comes next is not for them."""
    now = view.state.presenting
    return now is not None and now[0].circle == "everyone" and now[1].shown is not None


async def _say(session: Session, view: SpaceView, body: parts.Presenting, circle: Circle) -> Presented:
    _, saved = await session.writer.write(view.space, body, circle)
    return presented(await session.view(view.space), saved)
