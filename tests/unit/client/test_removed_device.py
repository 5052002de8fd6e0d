"""A computer that was removed learns of it and wipes; no server can bring it to that by itself (rows T07, R08, S03)."""

from collections.abc import Callable, Sequence

import pytest

from securecall.identity import RemoveDevice, begin
from securecall_client import own_devices
from securecall_client.acts import devices, exercises, linking, status
from securecall_client.errors import RefusedError, RemovedError
from securecall_client.removal import is_removed
from securecall_client.session import Session
from securecall_keys.device import DeviceKeys
from tests.simulator.linking import link
from tests.simulator.people import Person, Stage, check_plain, proven, the_exercise, unchanged

pytestmark = pytest.mark.slow

OLD, NEW = "Ann", "Ann's laptop"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "POLL", 0.01)


@pytest.fixture
async def laptop(stage: Stage) -> bytes:
    """Ann's second computer, with an answer of Ann's on it and one of Bob's; gives the device."""
    device = bytes.fromhex((await link(stage, OLD, NEW, name="Laptop")).device)
    await stage["Bob"].answer(stage.call, "monitoring")
    await stage[NEW].answer(stage.call, "food")
    await stage.sync(NEW)
    return device


async def refused(person: Person) -> RefusedError:
    """The server does not let this computer in."""
    with pytest.raises(RefusedError) as caught:
        async with person.open():
            pass
    check_plain(caught.value, 1)
    assert caught.value.code == "unauthorized"
    return caught.value


async def held(person: Person, call: bytes) -> tuple[int, int, set[str]]:
    """What is on a computer: grants, records with their bytes, and the activities in answers that it can read."""
    async with person.open(offline=True) as session:
        rows = session.replica.database.rows
        [[grants]] = await rows("SELECT count(*) FROM grants")
        [[records]] = await rows("SELECT count(*) FROM places WHERE kind <> 0 AND item IS NOT NULL")
        shown = await exercises.show_exercise(session, call.hex(), await the_exercise(session, call))
    return grants, records, {str(row["activity"]) for line in shown.answers for row in line.rows}


async def test_t07_r08_a_removed_computer_wipes_keys_and_what_others_wrote(stage: Stage, laptop: bytes) -> None:
    grants, records, read = await held(stage[NEW], stage.call)
    assert grants
    assert records
    assert read == {"food", "monitoring"}
    async with stage[OLD].open() as session:
        await devices.remove_device(session, "Laptop")
    error = await refused(stage[NEW])
    assert "was removed" in str(error)
    assert "wiped" in (error.hint or "")
    assert await held(stage[NEW], stage.call) == (0, 0, {"food"})
    async with stage[NEW].open(offline=True) as session:
        shown = await status.status(session)
    assert (shown.alarms, [space.inside for space in shown.spaces]) == ([], [False, False])
    with unchanged(stage[NEW]):
        assert "was removed" in str(await refused(stage[NEW]))
    assert (await held(stage[OLD], stage.call))[2] >= {"monitoring"}


async def test_t07_r08_a_removal_that_home_alone_names_so_far_counts(stage: Stage, laptop: bytes) -> None:
    """The other computer was cut off before it could tell the call."""
    async with stage[OLD].open() as session:
        await own_devices.grow_identity(session, lambda _: [RemoveDevice(laptop)])
    assert "was removed" in str(await refused(stage[NEW]))
    assert await held(stage[NEW], stage.call) == (0, 0, {"food"})


async def entries(stage: Stage, *more: bytes) -> tuple[bytes, ...]:
    """Ann's identity entries as the server has them, and more."""
    async with stage[OLD].open(offline=True) as session:
        return (*stage.server.members[session.member], *more)


NOT_SHOWN: dict[str, Callable[[Sequence[bytes]], Sequence[bytes]]] = {
    "nothing": lambda _: (),
    "all there is": lambda known: known,
    "less": lambda known: known[:1],
    "what was before, twice": lambda known: [*known[:1], *known[:1]],
}


@pytest.mark.parametrize("name", NOT_SHOWN)
async def test_t07_a_server_that_says_so_and_shows_nothing_brings_nobody_to_wipe(
    stage: Stage, laptop: bytes, name: str
) -> None:
    shown = tuple(NOT_SHOWN[name](await entries(stage)))
    stage[NEW].hostile.refuse("login", RemovedError("The server does not let this device in.", shown))
    with unchanged(stage[NEW]):
        assert "removed, or never finished" in str(await refused(stage[NEW]))
    stage[NEW].hostile.be_honest()
    assert await stage[NEW].answers(stage.call) == ["food", "monitoring"]


async def test_t07_whose_place_among_the_devices_is_not_shown_is_not_removed(stage: Stage, laptop: bytes) -> None:
    """A computer may know an identity from before it was added."""
    first, *rest = await entries(stage)
    assert not is_removed(begin(first), [first], laptop)
    assert not is_removed(begin(first), [first, *rest], laptop)


def by_a_stranger(session: Session, number: int, head: bytes, device: bytes) -> bytes:
    return DeviceKeys.generate().extend_identity(session.member, number, head, 1, RemoveDevice(device))


def by_another_member(session: Session, number: int, head: bytes, device: bytes) -> bytes:
    return session.device.extend_identity(session.member, number, head, 1, RemoveDevice(device))


def upon_another_head(session: Session, number: int, _head: bytes, device: bytes) -> bytes:
    return session.device.extend_identity(session.member, number, bytes(32), 1, RemoveDevice(device))


def with_a_bit_turned(session: Session, number: int, head: bytes, device: bytes) -> bytes:
    good = bytearray(session.device.extend_identity(session.member, number, head, 1, RemoveDevice(device)))
    good[-1] ^= 1
    return bytes(good)


def of_no_form(*_: object) -> bytes:
    return b"garbage"


FORGED: dict[str, tuple[Callable[[Session, int, bytes, bytes], bytes], str]] = {
    "by a stranger": (by_a_stranger, OLD),
    "by another member": (by_another_member, "Bob"),
    "upon another head": (upon_another_head, OLD),
    "with a bit turned": (with_a_bit_turned, OLD),
    "of no form": (of_no_form, OLD),
}


@pytest.mark.parametrize("name", FORGED)
async def test_t07_s03_a_forged_removal_is_proof_and_wipes_nothing(stage: Stage, laptop: bytes, name: str) -> None:
    forge, signer = FORGED[name]
    async with stage[OLD].open(offline=True) as session:
        identity = (await session.view(session.home)).chain.roster.known[session.member]
    async with stage[signer].open(offline=True) as session:
        forged = forge(session, identity.number + 1, identity.head, laptop)
    shown = await entries(stage, forged)
    stage[NEW].hostile.refuse("login", RemovedError("The server does not let this device in.", shown))
    with unchanged(stage[NEW]), proven("signed"):
        async with stage[NEW].open():
            pass
    stage[NEW].hostile.be_honest()
    assert await stage[NEW].answers(stage.call) == ["food", "monitoring"]
