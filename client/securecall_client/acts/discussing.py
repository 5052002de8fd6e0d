"""The discussion in a call or a pair: threads on things, also once the call is closed (protocol 8.3.2)."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from msgspec.structs import replace
from nacl.utils import random

from securecall.rights import Circle
from securecall.sentences import Sentence, sentence
from securecall_client import clock, parts
from securecall_client.acts.mapping import map_exercise
from securecall_client.acts.named import the_space
from securecall_client.acts.rights import need_no_guest, need_standing
from securecall_client.acts.typed import long_text
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.results.discussion import Discussion, MessageLine, Said, Thread, ThreadLine
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.find import find
from securecall_client.work.fold_parts import circle_of
from securecall_client.work.map_findings import Map
from securecall_client.work.state import Messages
from securecall_client.work.things import findings, read_thing, same, things, told, typed_as

_THREAD_NAME: Final = 16
"""Digits of a thread's name: so many that two things of a call never share one by chance."""


async def list_threads(session: Session, space: str, *, look: bool = True) -> Discussion:
    """What is talked about in a call or pair; with ``look`` all of it counts as read from now on.

    Raises: NotFoundError, ProofError.
    """
    view = await _space(session, space)
    threads: dict[tuple[parts.On, Circle], list[Messages]] = {}
    for versions in view.state.messages.values():
        threads.setdefault((same(versions[0][1].on), versions[0][0].circle), []).append(versions)
    lines = [
        ThreadLine(
            on=typed_as(said[0][0][1].on),
            about=_about(view, said[0][0][1].on),
            circle=circle,
            messages=len(said),
            latest=clock.iso(max(origin.minute for versions in said for origin, _ in versions) * 60),
        )
        for (_, circle), said in threads.items()
    ]
    lines.sort(key=lambda line: line.latest, reverse=True)
    if look:
        await _look(session, view)
    return Discussion(space=view.space.hex(), title=view.state.title, threads=lines)


async def show_thread(session: Session, space: str, on: str, *, look: bool = True) -> Thread:
    """What is said about a thing, to all circles that one is in; ``look`` as in `list_threads`.

    Raises: NotFoundError, ProofError.
    """
    view = await _space(session, space)
    thing = await _thing(session, view, on)
    said = [versions for versions in view.state.messages.values() if same(versions[0][1].on) == same(thing)]
    if look:
        await _look(session, view)
    return Thread(
        space=view.space.hex(),
        title=view.state.title,
        on=typed_as(thing),
        about=_about(view, thing),
        circle=circle_of(view.state, thing),
        messages=[message_line(view, versions) for versions in said],
    )


async def unread(session: Session, view: SpaceView) -> int:
    """How many messages of others came to a space since one last looked into its discussion here."""
    return len(await unread_messages(session, view))


async def unread_messages(session: Session, view: SpaceView) -> set[str]:
    """Those messages."""
    looked = await session.replica.number(_looked(view.space)) or 0
    return {
        message.hex()
        for message, versions in view.state.messages.items()
        if versions[-1][0].seq >= looked and versions[0][0].author != session.member and versions[-1][1].text
    }


def thread_name(on: str) -> str:
    """A short name of the thread about a thing (as it is typed), in which no word of anybody's stands."""
    return sha256(on.encode()).hexdigest()[:_THREAD_NAME]


async def find_thread(session: Session, space: str, thread: str) -> str:
    """The thing, as it is typed, that `thread_name` made ``thread`` of, whether or not it was talked about.

    Raises: NotFoundError, ProofError.
    """
    view = await _space(session, space)
    for on in things(view.state):
        if thread_name(typed_as(on)) == thread:
            return typed_as(on)
    for exercise, drawn in (await _maps(session, view)).items():
        for finding in findings(drawn):
            on = parts.OnFinding(exercise, *finding)
            if thread_name(typed_as(on)) == thread:
                return typed_as(on)
    raise NotFoundError("What this was about is not here any more.")


async def say(session: Session, space: str, text: str, *, on: str, circle: Circle | None) -> Said:
    """Say something about a thing, to the circle that has it; about the space itself to allies, unless told.

    Raises: NotFoundError, TextError, RefusedError (a guest, a circle that the thing is not for), ProofError.
    """
    view = await _to_write(session, space)
    thing = await _thing(session, view, on)
    of = circle_of(view.state, thing)
    if of is not None and circle not in (of, None):
        raise RefusedError(
            sentence(
                "What is said about %(about)s is for %(of)s, as it is itself. Nothing was saved.",
                about=_about(view, thing),
                of=Sentence(of),
            ),
            code="other-circle",
        )
    body = parts.Message(random(16), thing, parts.NOTHING, long_text("message", text))
    return await _write(session, view, body, of or circle or "allies")


async def reply(session: Session, space: str, text: str, message: str) -> Said:
    """Answer a message, where it was said. Raises: NotFoundError, TextError, RefusedError, ProofError."""
    view = await _to_write(session, space)
    origin, answered = _the_message(view, message)[0]
    body = parts.Message(random(16), answered.on, answered.message, long_text("message", text))
    return await _write(session, view, body, origin.circle)


async def change(session: Session, space: str, text: str, message: str) -> Said:
    """Say it in other words; those before are kept. Without text one's message is taken back, and marked so.

    Raises: NotFoundError, TextError, RefusedError (it is not one's own), ProofError.
    """
    view = await _to_write(session, space)
    origin, first = _the_message(view, message)[0]
    if origin.author != session.member:
        raise RefusedError(
            sentence("%(author)s said that, and they alone change it.", author=view.state.name(origin.author)),
            code="no-right",
        )
    body = replace(first, text=long_text("message", text) if text else "")
    return await _write(session, view, body, origin.circle)


def message_line(view: SpaceView, versions: Messages) -> MessageLine:
    """A message as it is shown."""
    origin, first = versions[0]
    *earlier, newest = (body.text for _, body in versions)
    return MessageLine(
        message=first.message.hex(),
        on=typed_as(first.on),
        about=_about(view, first.on),
        circle=origin.circle,
        reply=None if first.reply == parts.NOTHING else first.reply.hex(),
        member=origin.author.hex(),
        name=view.state.name(origin.author),
        at=clock.iso(origin.minute * 60),
        text=newest,
        earlier=earlier,
    )


def messages(view: SpaceView) -> list[MessageLine]:
    """Everything said in a space, in its order."""
    return [message_line(view, versions) for versions in view.state.messages.values()]


async def _space(session: Session, typed: str) -> SpaceView:
    return await the_space(session, typed, "call", "pair")


async def _to_write(session: Session, typed: str) -> SpaceView:
    """As `_space`; a pair in which somebody else is by now is no place to go on talking in."""
    view = await _space(session, typed)
    need_standing(view)
    need_no_guest(session, view, sentence("write in its discussion"))
    others = sorted(view.state.name(member) for member in view.chain.roster.members if member != session.member)
    if view.chain.kind == "pair" and len(others) > 1:
        raise RefusedError(
            sentence("This pair is no longer between two: %(others)s can read it. Nothing was saved.", others=others),
            hint="Ask each of them who let the other in.",
            code="not-a-pair",
        )
    return view


async def _write(session: Session, view: SpaceView, body: parts.Message, circle: Circle) -> Said:
    _, saved = await session.writer.write(view.space, body, circle)
    return Said(
        message=body.message.hex(), on=typed_as(body.on), about=_about(view, body.on), circle=circle, saved=saved
    )


async def _thing(session: Session, view: SpaceView, typed: str) -> parts.On:
    return read_thing(view.state, await _maps(session, view) if typed.startswith("finding:") else {}, typed)


async def _maps(session: Session, view: SpaceView) -> Mapping[bytes, Map]:
    """Those that everybody sees: what stands in a sealed exercise is not talked about before its reveal."""
    open_ = [each for each in view.state.exercises if not view.state.is_sealed(each)]
    return {each: await map_exercise(session, view.space.hex(), each.hex()) for each in open_}


def _the_message(view: SpaceView, typed: str) -> Messages:
    messages = view.state.messages
    return messages[find(sentence("message"), typed, {each: each.hex() for each in messages})]


def _about(view: SpaceView, on: parts.On) -> str:
    return told(view.state, on, sentence("the %(kind)s", kind=Sentence(view.chain.kind)))


async def _look(session: Session, view: SpaceView) -> None:
    await session.replica.set_meta(_looked(view.space), str(view.chain.next_seq).encode())


def _looked(space: bytes) -> str:
    return f"looked {space.hex()}"
