"""What is for everyone in a call, to be shown on a screen that others look at, whoever they are.

It is folded from what is sealed to everyone alone, with the keys of a guest who was there from the beginning. So what
is for allies cannot stand on it, whatever a page does with it, and people are called what guests call them. Guests let
some things pass that they cannot judge; who reads more of the call judges them here.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from msgspec.structs import replace as change

from securecall.sentences import sentence
from securecall_client import parts
from securecall_client.acts.agenda import agendas
from securecall_client.acts.calls import code_of
from securecall_client.acts.discussing import message_line
from securecall_client.acts.exercises import exercise_in
from securecall_client.acts.guests import called
from securecall_client.acts.named import the_call
from securecall_client.acts.parties import map_answers
from securecall_client.acts.presenting import presented
from securecall_client.clock import Monotonic
from securecall_client.content import Document
from securecall_client.errors import NotFoundError, OfflineError
from securecall_client.results.discussion import MessageLine
from securecall_client.results.presenting import ForEveryone, Here, Presented
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import map as mapping
from securecall_client.work import template
from securecall_client.work.lateness import phase
from securecall_client.work.map_rows import proposals
from securecall_client.work.state import Version

_MESSAGES = 3


async def for_everyone(session: Session, call: str) -> ForEveryone:
    """As it stands. Raises: NotFoundError, ProofError."""
    whole = await the_call(session, call)
    view = await _sight(session, whole)
    shown, document = _presented(whole, view)
    exercise = _on_map(view)
    sealed = exercise is not None and view.state.is_sealed(exercise)
    drawn = session.drawn_for_everyone
    return ForEveryone(
        call=view.space.hex(),
        title=view.state.call.title if view.state.call else view.state.title,
        code=code_of(view).code if view.state.roll_calls else "",
        agenda=next(iter(agendas(view)), None),
        presented=shown,
        version=0 if document is None else document.number,
        exercises=[exercise_in(session, view, each) for each in view.state.exercises if _is_open(view, each)],
        drawn=None if exercise is None or sealed else await asyncio.to_thread(drawn.map, *_answers(view, exercise)),
        mark=0 if exercise is None else drawn.mark(exercise),
        sealed=sealed,
        messages=list(_said(whole, view))[-_MESSAGES:],
        here=_here(session, view),
    )


async def picture_for_everyone(session: Session, call: str) -> str:
    """The map that is presented, as the text of an SVG file. Raises: NotFoundError (there is none), ProofError."""
    whole = await the_call(session, call)
    view = await _sight(session, whole)
    exercise = _on_map(view)
    if exercise is None or view.state.is_sealed(exercise):
        raise _not_presented()
    title = presented(view).about
    return await asyncio.to_thread(session.drawn_for_everyone.picture, *_answers(view, exercise), title)


async def document_for_everyone(session: Session, call: str, document: str, version: int) -> tuple[bytes, Document]:
    """The call, and the document that is presented, if it is that one in that version and can be fetched now.

    Raises: NotFoundError (whatever else is named: there or not), OfflineError, ProofError.
    """
    whole = await the_call(session, call)
    shown, presents = _presented(whole, await _sight(session, whole))
    if presents is None or (shown.id, presents.number) != (document, version):
        raise _not_presented()
    if not session.reached:
        raise OfflineError(sentence("%(why)s The document is only there.", why=session.line.why))
    return whole.space, presents.body


def documents_for_everyone(whole: SpaceView, view: SpaceView) -> Iterator[Version]:
    """Those that stand, in the newest version, as whoever was a guest from the beginning can open them in ``view``."""
    for document, versions in view.state.documents.items():
        known = whole.state.documents.get(document, ())
        if known and known[-1].origin == versions[-1].origin and not known[-1].withdrawn:
            yield versions[-1]


async def _sight(session: Session, whole: SpaceView) -> SpaceView:
    """The call with a guest's keys and bytes, and with names for all, whether or not a guest was told them yet."""
    view = whole.for_everyone()
    kinds = {alias.member: alias.alias for alias in await called(session, whole, whole.chain.roster.members)}
    return whole.as_guest(0, replace(view.state, kinds={**kinds, **view.state.kinds}))


def _presented(whole: SpaceView, view: SpaceView) -> tuple[Presented, Version | None]:
    """What is presented, and if it is a document that document; nothing of one that does not stand."""
    shown = presented(view)
    if shown.kind != "document":
        return shown, None
    for version in documents_for_everyone(whole, view):
        if version.body.document.hex() == shown.id:
            return shown, version
    return change(shown, thing="", kind="", id="", about="", page=0), None


def _not_presented() -> NotFoundError:
    return NotFoundError("This is not presented to everyone now.")


def _is_open(view: SpaceView, exercise: bytes) -> bool:
    return phase(view.state, exercise) == "open"


def _on_map(view: SpaceView) -> bytes | None:
    """The exercise whose map is presented, if one is."""
    match view.state.presenting:
        case (_, parts.Presenting(shown=parts.OnMap(exercise=exercise))) if exercise in view.state.exercises:
            return exercise
        case _:
            return None


def _answers(view: SpaceView, exercise: bytes) -> tuple[bytes, list[mapping.Answer], tuple[str, ...]]:
    _, body = view.state.exercises[exercise]
    return body.exercise, map_answers(view, body), proposals(template.parse(body.template))


def _said(whole: SpaceView, view: SpaceView) -> Iterator[MessageLine]:
    """What is said about the call itself, and not taken back."""
    for message, versions in view.state.messages.items():
        stands = whole.state.messages.get(message) == versions and versions[-1][1].text
        if stands and isinstance(versions[0][1].on, parts.OnSpace):
            yield message_line(view, versions)


def _here(session: Session, view: SpaceView) -> list[Here]:
    """Who is in the call now, one for each name that guests know, those first of whom there are most."""
    company = {session.member, *session.beating(view.space).company(view, Monotonic().now())}
    names = Counter(view.state.name(member) for member in company & view.chain.roster.members.keys())
    return [Here(name=name, people=people) for name, people in sorted(names.items(), key=lambda one: (-one[1], one[0]))]
