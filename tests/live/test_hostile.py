"""Unmodified commands in processes of their own, over real sockets, before a server that lies to them.

Every row of the table is one lie and one command: its exit code (3 with proof alone), its words, the profile as it
was but for the alarm, nothing in the folder that files come to, and the truth afterwards.
"""

import asyncio
import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

import pytest

from securecall.state import ALLIES
from securecall_client.acts import calls
from securecall_client.acts.watching import watch
from securecall_client.profile import Profile
from tests.line.command import Outcome
from tests.live.hostile import CALL, PLAN, Scene, set_up, standing
from tests.live.process import ServerProcess
from tests.simulator.people import replica_lines, the_exercise

pytestmark = pytest.mark.slow

SHOW, GET, SYNC = ("call", "show", CALL), ("doc", "get", CALL, PLAN), ("sync",)
ITEMS = 'path = "CALL/items"\n'
HELLO = 'client = ""\npath = "/v1/hello"\nnth = [1]\n'
CHUNK = r"path = 'CALL/blobs/(\w+)/"


@dataclass(frozen=True)
class Lie:
    """What the server does to Ann, by rules; what she types, and what that comes to. NEWS and LAST are new places."""

    rules: tuple[str, ...]
    words: tuple[str, ...]
    code: str
    told: str
    exit_code: int = 3


LIES: dict[str, Lie] = {
    "s07-rolls-back": Lie((ITEMS + 'does = "cut"\nat = 4',), SHOW, "proof", "older state"),
    "s11-leaves-a-record-out": Lie((ITEMS + 'does = "delete"\nat = NEWS',), SHOW, "proof", "breaks the rules"),
    "s18-withholds-a-record": Lie((ITEMS + 'does = "stub"\nat = LAST',), SHOW, "proof", "withholds"),
    "s16-turns-a-bit-over": Lie((ITEMS + 'does = "flip"\nat = NEWS',), SHOW, "proof", "breaks the rules"),
    "s02-mints-a-record": Lie((ITEMS + 'does = "mint"\nat = 2\nvalue = "MINT"',), SHOW, "proof", "breaks the rules"),
    "s14-replays-a-page": Lie((ITEMS + 'does = "replay"',), SHOW, "proof", "breaks the rules"),
    "s27-signs-for-less": Lie((ITEMS + 'does = "restate"\nfields = {seq = 2}',), SHOW, "proof", "another history"),
    "s01-is-another-server": Lie((HELLO + 'does = "impostor"',), SHOW, "proof", "not the server"),
    "s15-cuts-a-chunk": Lie((CHUNK + "1'\ndoes = 'truncate'\nat = -1",), GET, "proof", "record pins"),
    "s15-swaps-two-chunks": Lie(
        tuple(rf"{CHUNK}{at}'{chr(10)}does = 'instead'{chr(10)}ask = 'CALL/blobs/\1/{1 - at}'" for at in (0, 1)),
        GET, "proof", "record pins",
    ),
    "s38-gives-a-chunk-without-end": Lie((CHUNK + "0'\ndoes = 'endless'",), GET, "offline", "more than it should", 1),
    "s40-denies-a-chunk": Lie(
        (CHUNK + "1'\ndoes = 'status'\nstatus = 404\ncode = 'not-found'\nvalue = 'Call this number'",), GET,
        "not-found", "does not give the file", 1,
    ),
    "s40-speaks-another-version": Lie((ITEMS + 'does = "version"',), GET, "offline", "not a SecureCall server", 1),
    "s40-shows-a-sign-in-page": Lie((HELLO + 'does = "page"',), SYNC, "offline", "perhaps a Wi-Fi sign-in page", 1),
    "s37-sends-elsewhere": Lie(
        (HELLO + 'does = "redirect"\nvalue = "http://127.0.0.1:9"',), SYNC, "offline", "perhaps a Wi-Fi sign-in page", 1
    ),
    "s40-makes-an-error-up": Lie(
        (ITEMS + "does = 'status'\nstatus = 418\ncode = 'call-us'\nvalue = 'Call this number'",), SYNC, "call-us",
        "The server refused this", 1,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Set up once; every test leaves it so that the next finds the truth."""
    root = tmp_path_factory.mktemp("hostile")
    with standing(root) as (server, url, script):
        yield asyncio.run(set_up(root, server, url, script))


def profile(scene: Scene) -> dict[str, object]:
    """All of Ann's profile but alarms."""
    home = scene.ann.home
    names = sorted(path.name for path in home.iterdir() if not path.name.startswith("replica.sqlite"))
    files = {name: (home / name).read_bytes() for name in names if (home / name).is_file()}
    return {"replica": replica_lines(Profile(home)), "names": names, **files}


async def filled(scene: Scene, lie: Lie, last: int) -> list[str]:
    """The rules with the place of what is new, and an old record in base64."""
    async with scene.sec.open(offline=True) as session:
        places = await session.replica.places(scene.call, 0)
    old = next(place.item for place in reversed(places[:-1]) if place.kind == ALLIES and place.item)
    values = {"LAST": str(last), "NEWS": str(last - 1), "MINT": b64encode(old).decode()}
    return [reduce(lambda rule, name: rule.replace(name, values[name]), values, rule) for rule in lie.rules]


def check_failed(outcome: Outcome, lie: Lie) -> None:
    """The exit code, and one document with a code, a sentence and no word of the server's."""
    assert outcome.code == lie.exit_code, outcome
    error = outcome.json["error"]
    assert (error["code"], lie.told in error["message"]) == (lie.code, True), error
    assert set(outcome.json) == {"error"}
    assert error["hint"] or lie.exit_code != 3
    assert "Call this" not in outcome.out + outcome.err


@pytest.mark.parametrize("name", LIES)
async def test_s02_s07_s11_s14_s15_s16_s27_s37_s38_s40_a_command_meets_a_lie(
    name: str, scene: Scene, tmp_path: Path
) -> None:
    lie = LIES[name]
    # The last place alone could be left out, and nobody would know: so there are two.
    last = await scene.news("training", "food")
    scene = scene.copy(tmp_path)
    if lie.words is GET:
        await scene.truth()
    before = profile(scene)
    scene.lie(*await filled(scene, lie, last))
    check_failed(await scene.shell.run(*lie.words, "--json"), lie)
    assert profile(scene) == before
    assert list(scene.shell.files.iterdir()) == []
    await scene.news("shelter")
    assert "shelter" in await scene.truth()
    async with scene.ann.open(offline=True) as session:
        alarms = [alarm.message for alarm in await session.alarms.listing() if alarm.grade == "proof"]
    assert any(lie.told in alarm for alarm in alarms) == (lie.exit_code == 3)


async def test_s18_n02_an_answer_is_saved_here_and_stands_once_whatever_comes_back(scene: Scene) -> None:
    """A sign-in page, then a lost reply that is tried again, then one that comes twice: one answer each."""
    await scene.truth()
    before = await written(scene)
    words = ("exercise", "answer", CALL, await exercise(scene), "--file", str(rows(scene)), "--json")
    scene.lie('client = ""\npath = "/v1/hello"\ndoes = "page"')
    here = await scene.shell.run(*words)
    assert (here.code, here.json["saved"]) == (4, "here")
    scene.lie('method = "POST"\npath = "CALL/items"\ndoes = "lose"\nnth = [1]')
    assert (await scene.shell.done("sync"))["outbox"] == 0
    scene.lie('method = "POST"\npath = "CALL/items"\ndoes = "duplicate"')
    assert (await scene.shell.done(*words[:-1]))["saved"] == "server"
    await scene.truth()
    assert await written(scene) == before + 2


async def test_s39_a_grant_that_is_not_the_one_it_was_is_odd_and_names_the_server(scene: Scene) -> None:
    async with scene.sec.open() as session:
        await calls.rotate_call(session, scene.call.hex())
    scene.lie('path = "CALL/grants"\ndoes = "regrant"\nvalue = "Z2FyYmFnZQ=="')
    status = await scene.shell.done("status")
    [alarm] = [alarm for alarm in status["alarms"] if alarm["grade"] == "odd"]
    assert "the server keeps back this device's new key, or gave another" in alarm["message"]
    words = ("exercise", "answer", CALL, await exercise(scene), "--file", str(rows(scene)), "--json")
    waits = await scene.shell.run(*words)
    assert (waits.code, waits.json["error"]["code"]) == (1, "no-key")
    assert "waits on this computer" in waits.json["error"]["message"]
    await scene.news("shelter")
    assert "shelter" in await scene.truth()
    async with scene.ann.open(offline=True) as session:
        assert (await session.replica.waiting(), (await session.view(scene.call)).lacks_key()) == ([], None)


async def test_s08_a_server_on_a_copy_of_the_folder_is_found_out(scene: Scene, tmp_path: Path) -> None:
    """The folder is copied and goes on by itself: there Sec says something else, who colludes or was copied too."""
    scene.server.stop()
    shutil.copytree(scene.server.folder, tmp_path / "data")
    shutil.copytree(scene.sec.home, tmp_path / "sec")
    scene.server.start()
    twin = ServerProcess(tmp_path / "data", scene.server.setup)
    twin.start()
    try:
        await scene.news("shelter")
        await scene.truth()
        scene = scene.copy(tmp_path)
        elsewhere = f'client = ""\ndoes = "elsewhere"\nupstream = "{twin.url}"'
        scene.lie(elsewhere)
        other = replace(scene, sec=replace(scene.sec, home=tmp_path / "sec"))
        await other.news("food", "training")
        before = profile(scene)
        check_failed(await scene.shell.run(*SHOW, "--json"), Lie((), SHOW, "proof", "history"))
        assert profile(scene) == before
    finally:
        twin.kill()
    assert "shelter" in await scene.truth()


async def test_s32_s37_hints_of_places_that_are_not_there_lead_to_a_sync_and_no_further(scene: Scene) -> None:
    """Hints for this call and for a space that nobody knows; a beat or two may come, spoiled or twice."""
    await scene.truth()
    scene.lie('path = "/v1/live"\ndoes = "hint"', 'path = "/v1/live"\ndoes = "spoil"')
    seen: list[str] = []
    async with scene.ann.open() as session, asyncio.timeout(60):
        async for event in watch(session, scene.call.hex()):
            seen.append(str(event["event"]))
            if seen[-1] == "connected":
                await scene.news("food")
            elif "answer" in seen[-1]:
                break
        assert await session.alarms.listing() == []
    assert "food" in await scene.truth()


async def written(scene: Scene) -> int:
    """How many answers of Ann's stand in the call, as Sec has it."""
    async with scene.sec.open() as session:
        state = (await session.synced(scene.call)).state
    return sum(state.name(origin.author) == "Ann" for given in state.answers.values() for origin, _ in given)


def rows(scene: Scene) -> Path:
    """Rows to answer with; the folder that files come to stays empty."""
    path = scene.ann.home.parent / "rows.toml"
    path.write_text('[[rows]]\nactivity = "training"\nplace = "FR"\nstatus = "planned"\n')
    return path


async def exercise(scene: Scene) -> str:
    """The only exercise."""
    async with scene.sec.open(offline=True) as session:
        return await the_exercise(session, scene.call)
