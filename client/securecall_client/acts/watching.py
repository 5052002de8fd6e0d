"""Watching a call live: what is added is fetched, verified and told, one event after the other."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from securecall.errors import Problem
from securecall_client.acts.calls import code_of, the_call
from securecall_client.acts.exercises import answer_line, template_of
from securecall_client.errors import OfflineError
from securecall_client.refusals import refused
from securecall_client.results.exercises import AnswerLine
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.state import State

Event = dict[str, object]
PAUSES = (0.2, 0.5, 1, 2, 5, 10)
"""Seconds between tries to get the line back."""


async def watch(session: Session, call: str) -> AsyncIterator[Event]:
    """Events of a call from now on, until cancelled; first how it stands. Other commands may run meanwhile.

    Raises: NotFoundError, ProofError.
    """
    view = await the_call(session, call)
    if not view.is_in():
        raise refused(Problem.NOT_A_MEMBER)
    space = view.space
    yield {"event": "started", "call": space.hex(), "title": view.state.title, "seq": view.chain.next_seq - 1}
    before, roster = view.state, set(view.chain.roster.members)
    tries = 0
    while True:
        try:
            async for news in _line(session, space):
                tries = 0
                if news:
                    yield news
                view = await session.synced(space)
                await session.answer_questions()
                for event in _events(before, roster, view):
                    yield event
                before, roster = view.state, set(view.chain.roster.members)
                if not view.is_in():
                    yield {"event": "removed", "title": view.state.title}
                    return
        except OfflineError:
            pass
        if not tries:
            yield {"event": "line_lost", "message": "The line to the server was lost. Trying again."}
        session.reached = False
        while not session.reached:
            async with session.resting():
                await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1
            await session.reach()


async def _line(session: Session, space: bytes) -> AsyncIterator[Event | None]:
    """Something whenever there may be news: first that the line is up, then once a hint.

    The server's first hint says where the space is; nothing that is added after it is missed.
    """
    hints = session.transport.live([space])
    news: Event | None = {"event": "connected"}
    try:
        while True:
            async with session.resting():
                hint = await anext(hints, None)
            if hint is None:
                return
            yield news
            news = None
    finally:
        await hints.aclose()


def _events(before: State, roster: set[bytes], view: SpaceView) -> Iterator[Event]:
    """What is in ``view`` and was not in the state before."""
    state, members = view.state, set(view.chain.roster.members)
    for member in sorted(members - roster):
        yield {"event": "joined", "member": member.hex(), "name": state.name(member), "epoch": view.chain.epoch}
    for member in sorted(roster - members):
        yield {"event": "left", "member": member.hex(), "name": state.name(member), "epoch": view.chain.epoch}
    for document in state.documents.keys() - before.documents.keys():
        origin, body = state.documents[document]
        yield {
            "event": "document",
            "document": document.hex(),
            "name": body.name,
            "size": body.size,
            "author": state.name(origin.author),
        }
    for exercise in state.exercises.keys() - before.exercises.keys():
        title = template_of(state.exercises[exercise][1]).title
        yield {"event": "exercise", "exercise": exercise.hex(), "title": title}
    for line in _answers(before, view):
        yield {"event": "answer", **_plain(line)}
    for seq in state.roll_calls[len(before.roll_calls) :]:
        code = code_of(view)
        yield {"event": "roll_call", "seq": seq, "code": code.code}
    if state.closed is not None and before.closed is None:
        yield {"event": "closed", "seq": state.closed}


def _answers(before: State, view: SpaceView) -> Iterator[AnswerLine]:
    for key, given in view.state.answers.items():
        for origin, answer in given[len(before.answers.get(key, ())) :]:
            yield answer_line(view, origin, answer)
    for key, entered in view.state.answers_for.items():
        for origin, answer_for in entered[len(before.answers_for.get(key, ())) :]:
            yield answer_line(view, origin, answer_for)


def _plain(line: AnswerLine) -> Event:
    return {
        "answer": line.answer,
        "member": line.member,
        "name": line.name,
        "org": line.org,
        "rows": line.rows,
        "state": line.state,
        "on_behalf": line.on_behalf,
    }
