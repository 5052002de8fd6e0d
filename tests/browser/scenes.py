"""What pages look like when things have happened: scenes of the call, each with somebody's pages and addresses in it.

Together they hold every page there is, in every state that a page has for its own.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import pytest

from securecall_client.acts import calls, devices, exercises
from securecall_client.errors import SecureCallError
from tests.answers import a_row, answer_of
from tests.browser.walk import dress, walk
from tests.pages import Visitor, visiting
from tests.replies import ROW, reply_text
from tests.simulator.people import CALL, TITLE, Stage, invite, member_of, open_call, the_exercise
from tests.simulator.server import Server

Scene = tuple[Visitor, Mapping[str, str]]
"""A visitor of somebody's pages, and addresses there, by what each shows."""
TABS = ("", "/exercises", "/documents", "/talk", "/outcomes", "/people")
_CODE = re.compile(r'id="page-code"[^>]*>([^<]+)<')


class Play(Protocol):
    """How a scene comes about on a stage."""

    __name__: str

    def __call__(self, stage: Stage) -> AbstractAsyncContextManager[Scene]:
        """The scene, as long as the block lasts."""
        ...


def tabs_of(call: bytes) -> dict[str, str]:
    """The parts of a call."""
    return {f"call{tab}": f"/call/{call.hex()}{tab}" for tab in TABS}


async def _member(visitor: Visitor, name: str, stage: Stage) -> str:
    async with visitor.program.desk.at(reading=True) as session:
        return member_of(await session.view(stage.coalition), name).hex()


@asynccontextmanager
async def secretariat(stage: Stage) -> AsyncIterator[Scene]:
    """All that links lead to, and all that is shown once after something was done, in a call with everything in it."""
    await dress(stage)
    async with visiting(stage["Sec"]) as sec:
        call, cem = f"/call/{stage.call.hex()}", await _member(sec, "Cem", stage)
        await sec.do(f"{call}/people/{cem}/remove", typed="Cem", where="call")
        sheet = await sec.do("/sheet/make")
        once = {"sheet": sheet, "sheet put away": f"{sheet}/away"}
        linked = await walk(sec)
        once["invitation"] = await sec.do("/people/invite", role="member", org="Harbour Watch", label="Hal", days="1")
        once["to add"] = await sec.do("/keys/add", name="old laptop")
        once["looked at"] = await sec.do("/line/doctor")
        once["text to follow"] = await sec.do("/line/text")
        once["healed"] = await sec.do("/line/heal")
        guest = await sec.do(f"{call}/guest-page", org="World body", until="2027-06-01T18:00")
        [code] = _CODE.findall(await sec.page(guest))
        text = reply_text("ab" * 16, code, {await _exercise(sec, stage): {"rows": [ROW]}})
        once["guest's page"], once["came back"] = guest, await sec.do(f"{call}/guest-page/take", reply=text)
        once["removed"] = await sec.do(f"/people/{cem}/remove", typed="Cem")
        yield sec, {**linked, **once, "no such page": "/call/" + "0" * 64 + "/exercises"}


async def _exercise(visitor: Visitor, stage: Stage) -> str:
    async with visitor.program.desk.at(reading=True) as session:
        return (await exercises.list_exercises(session, stage.call.hex())).exercises[0].exercise


@asynccontextmanager
async def guest(stage: Stage) -> AsyncIterator[Scene]:
    """All that a guest can go to."""
    await dress(stage)
    async with visiting(stage["Gil"]) as gil:
        yield gil, await walk(gil)


@asynccontextmanager
async def alone(stage: Stage) -> AsyncIterator[Scene]:
    """A coalition that has just begun, and a call in which nobody has done anything."""
    fresh = Stage(stage.root / "fresh", Server())
    fresh.coalition = await fresh["Sec"].found(fresh.setup)
    async with fresh["Sec"].open() as session:
        call = await open_call(session)
    names = {path: path for path in ("/", "/people", "/secretariat", "/alarms", "/keys", "/keys/access", "/line")}
    async with visiting(fresh["Sec"]) as sec:
        await sec.do("/sheet/make")
        async with sec.program.desk.at(reading=True) as session:
            sheet = next(one.device for one in (await devices.list_devices(session)).devices if not one.this)
        gone = await sec.do(f"/keys/{sheet}/remove", typed=sheet[:8])
        yield sec, {**names, **tabs_of(call), "device removed": gone}


@asynccontextmanager
async def first_steps(stage: Stage) -> AsyncIterator[Scene]:
    """Somebody who is not in."""
    async with visiting(stage["Dora"]) as dora:
        yield dora, {path: path for path in ("/begin", "/begin/found", "/begin/join", "/begin/link")}


@asynccontextmanager
async def waiting(stage: Stage) -> AsyncIterator[Scene]:
    """Somebody who asked to be let in."""
    async with stage["Sec"].open() as session:
        text = await invite(session, "Dora")
    assert await stage["Dora"].join(text) == "waiting"
    async with visiting(stage["Dora"]) as dora:
        yield dora, {"waiting": "/begin"}


@asynccontextmanager
async def asked(stage: Stage) -> AsyncIterator[Scene]:
    """Whoever lets people in, with somebody who asks; one invitation has been used, one taken back."""
    async with waiting(stage), visiting(stage["Sec"]) as sec:
        async with sec.program.desk.at() as session:
            await session.reach()
        while not sec.program.desk.asking:
            sec.program.desk.stir()
            async with sec.program.desk.at():
                pass
        yield sec, {path: path for path in ("/people", "/secretariat", "/begin", "/sheet")}


@asynccontextmanager
async def closed(stage: Stage) -> AsyncIterator[Scene]:
    """A call that is closed, with a late answer in it, and words that were typed too late."""
    await dress(stage)
    async with stage["Sec"].open() as session:
        exercise = await the_exercise(session, stage.call)
        await exercises.close_exercise(session, stage.call.hex(), exercise)
    await stage.sync("Ann", "Bob")
    async with stage["Bob"].open() as session:
        await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(a_row("shelter", "KE")))
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
    await stage.sync("Ann", "Bob", "Sec")
    at = f"/call/{stage.call.hex()}/exercise/{exercise}"
    async with visiting(stage["Sec"]) as sec:
        draft = {"row:rows:0:activity": "too late", "row:rows:0:place": "FR"}
        await sec.ask("POST", f"{at}/draft", sec.own, draft)
        yield sec, {**tabs_of(stage.call), "late": at, "map": f"{at}/map", "/": "/", "/secretariat": "/secretariat"}


@asynccontextmanager
async def destroyed(stage: Stage) -> AsyncIterator[Scene]:
    """A call that is destroyed, and a document that was withdrawn before."""
    async with visiting(stage["Sec"]) as sec:
        call = f"/call/{stage.call.hex()}"
        await sec.do(f"{call}/destroy", typed=CALL)
        yield sec, tabs_of(stage.call)


@asynccontextmanager
async def sealed(stage: Stage) -> AsyncIterator[Scene]:
    """Three sealed exercises before the owner reveals them, one after; a document that was withdrawn."""
    call, at = stage.call.hex(), f"/call/{stage.call.hex()}"
    begun = []
    async with stage["Sec"].open() as session:
        for name in ("temperature", "who-does-what", "temperature", "priorities"):
            words = ["water", "roads"] if name == "priorities" else []
            started = await exercises.start_exercise(
                session, call, name, "everyone", sealed=True, choices=words, way="points" if words else None
            )
            begun.append(started.exercise)
    gone = await stage.put_up("Sec", "gone.txt", b"quartz")
    async with visiting(stage["Ann"]) as ann:
        async with ann.program.desk.at() as session:
            await session.reach()
            await session.sync_all()
        for exercise in begun[:1] + begun[2:3]:
            await ann.do(f"{at}/exercise/{exercise}/answer", **{"one:stand": "undecided"})
    async with visiting(stage["Sec"]) as sec:
        async with sec.program.desk.at() as session:
            await session.reach()
            await session.sync_all()
        await sec.do(f"{at}/exercise/{begun[2]}/reveal")
        await sec.do(f"{at}/document/{gone}/withdraw")
        names = ("sealed", "sealed table", "revealed", "points")
        shown = {name: f"{at}/exercise/{exercise}" for name, exercise in zip(names, begun, strict=True)}
        shown |= {"withdrawn": f"{at}/document/{gone}", "all": f"{at}/exercises"}
        yield sec, {**shown, "sealed map": f"{at}/exercise/{begun[1]}/map"}


@asynccontextmanager
async def member(stage: Stage) -> AsyncIterator[Scene]:
    """Somebody who keeps nothing: their own answer, an exercise that is sealed for them, another person's page."""
    await dress(stage)
    async with stage["Sec"].open() as session:
        seal = await exercises.start_exercise(session, stage.call.hex(), "temperature", "allies", sealed=True)
    await stage.sync("Ann")
    at = f"/call/{stage.call.hex()}"
    async with visiting(stage["Ann"]) as ann:
        bob = await _member(ann, "Bob", stage)
        mine = f"{at}/exercise/{await _exercise(ann, stage)}"
        shown = {"their page": f"{at}/people/{bob}", "mine": mine, "sealed": f"{at}/exercise/{seal.exercise}"}
        yield ann, {**tabs_of(stage.call), **shown, "guest page": f"{at}/guest-page", "invite": "/people/invite"}


@asynccontextmanager
async def removed(stage: Stage) -> AsyncIterator[Scene]:
    """Somebody who was taken out of the call."""
    await stage.sync()
    async with visiting(stage["Sec"]) as sec:
        cem = await _member(sec, "Cem", stage)
        await sec.do(f"/call/{stage.call.hex()}/people/{cem}/remove", typed="Cem", where="call")
    await stage.sync("Cem")
    async with visiting(stage["Cem"]) as gone:
        left = await gone.do("/people/leave", typed=TITLE)
        yield gone, {**tabs_of(stage.call), "/": "/", "left": left}


@asynccontextmanager
async def alarm(stage: Stage) -> AsyncIterator[Scene]:
    """Somebody whose server was caught, and who has no line any more."""
    await stage.sync()
    async with visiting(stage["Ann"]) as ann:
        stage["Ann"].hostile.roll_back(stage.call, 3)
        async with ann.program.desk.at() as session:
            await session.reach()
            with pytest.raises(SecureCallError):
                await session.sync_all()
        yield ann, {"alarms": "/alarms", "/": "/", "call": f"/call/{stage.call.hex()}", "/line": "/line"}


SCENES: tuple[Play, ...] = (
    secretariat, member, guest, alone, first_steps, waiting, asked, closed, destroyed, sealed, removed, alarm,
)  # fmt: skip
