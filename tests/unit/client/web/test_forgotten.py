"""Nothing in this process holds a key of a profile once its pages are locked, or could not be opened (row T08)."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path

import pytest

from securecall_client.errors import ProfileError, SecureCallError
from securecall_client.file_lock import lock_file
from securecall_client.opening import open_session
from securecall_client.profile import Lock, Profile, Turn
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.web import desk as desks
from securecall_keys.secret import Secret
from tests.pages import Visitor, visiting
from tests.simulator.people import LOCK, Person, Spoken, Stage

SOON = 60.0


def digests(person: Person) -> set[bytes]:
    """What the keys of somebody's device come to; the keys are not held."""
    device = Profile(person.home).unlock(LOCK)
    return {sha256(one.expose()).digest() for one in vars(device).values() if isinstance(one, Secret)}


def held(keys: set[bytes]) -> list[str]:
    """What holds bytes that begin with one of the keys, or are in an object that does."""
    return [
        type(one).__name__
        for one in gc.get_objects()
        for part in gc.get_referents(one)
        if isinstance(part, bytes) and len(part) in (32, 64) and sha256(part[:32]).digest() in keys
    ]


async def wrong_words(visitor: Visitor, _: pytest.MonkeyPatch) -> None:
    """Somebody guesses, after it was open."""
    await visitor.program.desk.unlock(LOCK)
    await visitor.program.desk.lock()
    with pytest.raises(SecureCallError):
        await visitor.program.desk.unlock(Lock.from_key(b"x" * 32))


async def damaged(visitor: Visitor, _: pytest.MonkeyPatch) -> None:
    """The replica is no database."""
    visitor.program.desk.profile.replica.write_bytes(b"x" * 4096)
    with pytest.raises(ProfileError):
        await visitor.program.desk.unlock(LOCK)


async def busy(visitor: Visitor, patch: pytest.MonkeyPatch) -> None:
    """Another program is at work."""
    patch.setattr(desks, "PATIENCE", 0.1)
    keeper = lock_file(Path(visitor.program.desk.profile.home) / "lock", None)
    with keeper, pytest.raises(SecureCallError, match="at work on this profile"):
        await visitor.program.desk.unlock(LOCK)


async def locked_meanwhile(visitor: Visitor, patch: pytest.MonkeyPatch) -> None:
    """Somebody locks as it opens."""
    begun = asyncio.Event()

    async def take(_: Turn) -> None:
        begun.set()
        await asyncio.Event().wait()

    patch.setattr(Turn, "take", take)
    opening = asyncio.create_task(visitor.program.desk.unlock(LOCK))
    await begun.wait()
    await visitor.program.desk.lock()
    await asyncio.gather(opening, return_exceptions=True)


async def by_hand(visitor: Visitor, _: pytest.MonkeyPatch) -> None:
    """After pages were looked at and something was done, and refused."""
    await visitor.program.desk.unlock(LOCK)
    for path in ("/", "/people", "/keys"):
        await visitor.page(path)
    await visitor.refused("/calls/new", title="", starts="never")
    await visitor.program.desk.lock()


async def by_itself(visitor: Visitor, patch: pytest.MonkeyPatch) -> None:
    """A session fails that was open."""
    desk = visitor.program.desk
    await desk.unlock(LOCK)

    def fail(_: Session) -> None:
        raise RuntimeError("something broke")

    patch.setattr(Session, "stop", fail)
    await desk.lock()


WAYS: dict[str, Callable[[Visitor, pytest.MonkeyPatch], Awaitable[None]]] = {
    one.__name__: one for one in (wrong_words, damaged, busy, locked_meanwhile, by_hand, by_itself)
}


@pytest.mark.parametrize("way", WAYS)
async def test_t08_nothing_holds_a_key_any_more(stage: Stage, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = digests(stage["Ann"])
    async with asyncio.timeout(SOON), visiting(stage["Ann"], unlocked=False) as visitor:
        await WAYS[way](visitor, monkeypatch)
        assert visitor.program.desk.state == "locked"
        assert held(keys) == []


async def test_t08_the_search_finds_the_keys_of_an_open_session(stage: Stage) -> None:
    keys = digests(stage["Ann"])
    async with open_session(Settings(stage["Ann"].home), LOCK, Spoken(), stage["Ann"].hostile.connect):
        assert len(held(keys)) >= len(keys)
