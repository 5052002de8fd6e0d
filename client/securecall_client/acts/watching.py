"""Watching a call live: what is added is fetched, verified and told, one event after the other."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from secrets import SystemRandom

from securecall.errors import Problem
from securecall.sentences import sentence
from securecall_client.acts.calls import code_of
from securecall_client.acts.exercises import answer_line
from securecall_client.acts.named import the_call
from securecall_client.acts.news import news
from securecall_client.acts.presence import Company, Event
from securecall_client.acts.taking_part import counting, places_of
from securecall_client.afterwards import see_to_others
from securecall_client.clock import Monotonic, Ticker
from securecall_client.errors import OfflineError
from securecall_client.live import Live, live
from securecall_client.refusals import refused
from securecall_client.results.exercises import AnswerLine
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.answers import all_given
from securecall_client.work.state import Sealing, State

PAUSES = (0.2, 0.5, 1, 2, 5, 10)
"""Seconds between tries to get the line back."""
SPREAD = 0.05
"""Seconds a device of the space over which those who watch spread out a rotation that is due."""


async def watch(session: Session, call: str, ticker: Ticker | None = None) -> AsyncGenerator[Event, None]:
    """Events of a call from now on, until cancelled; first how it stands. Other commands may run meanwhile.

    Raises: NotFoundError, ProofError.
    """
    view = await the_call(session, call)
    if not view.is_in():
        raise refused(Problem.NOT_A_MEMBER)
    space, ticker = view.space, ticker or Monotonic()
    yield {"event": "started", "call": space.hex(), "title": view.state.title, "seq": view.chain.next_seq - 1}
    company, before, roster = Company(session), view.state, set(view.chain.roster.members)
    tries = 0
    while True:
        try:
            async with live(session, space, ticker) as line, aclosing(_line(line, company)) as lines:
                async for news in lines:
                    if news is not None:
                        tries = 0
                        yield news
                        continue
                    view = await _look(session, space, ticker)
                    for event in _events(before, roster, view):
                        yield event
                    before, roster = view.state, set(view.chain.roster.members)
                    if not view.is_in():
                        yield {"event": "removed", "title": view.state.title}
                        return
            session.line.lost(OfflineError("The line to the server was lost."))
        except OfflineError as error:
            session.line.lost(error)
        if not tries:
            yield {"event": "line_lost", "message": sentence("The line to the server was lost. Trying again.")}
        tries = await _get_back(session, tries)


async def _look(session: Session, space: bytes, ticker: Ticker) -> SpaceView:
    """The call as it is now, once what it calls for is done."""
    view = await session.synced(space)
    if view.chain.roster.due:
        await _after_a_while(session, space, ticker)
    await see_to_others(session)
    return await session.view(space)


async def _get_back(session: Session, tries: int) -> int:
    """Wait until the server is reached again; ``tries`` is how often that was tried before, and then in all."""
    while not session.reached:
        async with session.resting():
            await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
        tries += 1
        await session.reach()
    return tries


async def _line(line: Live, company: Company) -> AsyncGenerator[Event | None, None]:
    """What happens while the line is up: first that it is, then who comes and goes; None when a sync is called for.

    The server's first hint says where the space is; nothing that is added after it is missed.
    """
    news: Event | None = {"event": "connected"}
    while True:
        what, events = await line.next(), await company.events(line)
        for event in events:
            yield event
        if what == "end":
            return
        if what == "place":
            if news is not None:
                yield news
                news = None
            yield None
            await line.settle()


async def _after_a_while(session: Session, space: bytes, ticker: Ticker) -> None:
    """Everybody who watches sees at once that a rotation is due, and one is enough: wait a little, each differently."""
    devices = len((await session.view(space)).chain.roster.recipients())
    async with session.resting():
        await ticker.until(ticker.now() + SystemRandom().uniform(0, SPREAD * devices))
    await session.synced(space)


def _events(before: State, roster: set[bytes], view: SpaceView) -> Iterator[Event]:
    """What is in ``view`` and was not in the state before."""
    state, members = view.state, set(view.chain.roster.members)
    for member in sorted(members - roster):
        yield {"event": "joined", "member": member.hex(), "name": state.name(member), "epoch": view.chain.epoch}
    for member in sorted(roster - members):
        yield {"event": "left", "member": member.hex(), "name": state.name(member), "epoch": view.chain.epoch}
    yield from _documents(before, state)
    for exercise in state.exercises.keys() - before.exercises.keys():
        title = template.parse(state.exercises[exercise][1].template).title
        yield {"event": "exercise", "exercise": exercise.hex(), "title": title}
    yield from _sealed(before, state)
    for line, stands in _answers(before, view):
        yield {"event": "answer" if stands else "answer_withdrawn", **_plain(line)}
    yield from news(before, view)
    for seq in sorted(state.roll_calls.keys() - before.roll_calls.keys()):
        code = code_of(view)
        yield {"event": "roll_call", "seq": seq, "code": code.code}
    for exercise in state.closed_exercises.keys() - before.closed_exercises.keys():
        yield {"event": "exercise_closed", "exercise": exercise.hex()}
    if state.closed is not None and before.closed is None:
        yield {"event": "closed", "seq": state.closed}


def _documents(before: State, state: State) -> Iterator[Event]:
    for document, versions in state.documents.items():
        known = before.documents.get(document, ())
        for version in versions[len(known) :]:
            yield {
                "event": "document" if version.number == 1 else "version",
                "document": document.hex(),
                "name": version.body.name,
                "size": version.body.size,
                "author": state.name(version.origin.author),
                "version": version.number,
            }
        if known and versions[-1].withdrawn and not known[-1].withdrawn:
            yield {"event": "withdrawn", "document": document.hex(), "name": versions[-1].body.name}


def _sealed(before: State, state: State) -> Iterator[Event]:
    """Who has sent what cannot be read as yet, and that it can be from now on."""
    for exercise, sealing in state.sealed.items():
        known = before.sealed.get(exercise, Sealing())
        for origin, _ in sealing.answers[len(known.answers) :]:
            if origin.seq not in sealing.opened:
                name, org = state.name(origin.author), state.org(origin.author)
                yield {"event": "sealed_answer", "exercise": exercise.hex(), "name": name, "org": org}
        if sealing.asked is not None and known.asked is None:
            yield {"event": "asked_to_reveal", "exercise": exercise.hex(), "name": state.name(sealing.asked.author)}
        if sealing.revealed is not None and known.revealed is None:
            yield {"event": "revealed", "exercise": exercise.hex()}


def _answers(before: State, view: SpaceView) -> Iterator[tuple[AnswerLine, bool]]:
    """New answers, and whether each is one, or takes those before it back; a sealed one once it is opened."""
    known = {origin.seq for origin, _ in all_given(before)}
    new = [(origin, answer) for origin, answer in all_given(view.state) if origin.seq not in known]
    counted = {exercise: places_of(counting(view, exercise)) for exercise in {answer.exercise for _, answer in new}}
    for origin, answer in new:
        yield answer_line(view, origin, answer, counted[answer.exercise]), bool(answer.questions)


def _plain(line: AnswerLine) -> Event:
    return {
        "answer": line.answer,
        "member": line.member,
        "name": line.name,
        "org": line.org,
        "rows": line.rows,
        "state": line.state,
        "on_behalf": line.on_behalf,
        "by_page": line.by_page,
    }
