"""One applicant's bad keys keep nobody else out (row M10)."""

import pytest

from securecall.identity import AddDevice, Announcement, IdentityEntry, begin
from securecall.labels import Label
from securecall.wire import ZERO, Signed, decode
from securecall_client import clock
from securecall_client.acts import admitting
from securecall_client.acts.enrolment import Newcomer
from securecall_keys.device import DeviceKeys
from tests.simulator.people import Stage, invite, member_of


def newcomer_with(sealing: bytes) -> Newcomer:
    """A person on a new device who gives somebody else's sealing key for their own, and signs for all of it."""
    device = DeviceKeys.generate()
    honest = begin(device.begin_identity(clock.minute()))
    login = honest.devices[device.id].login
    announced = device.sign(Label.ANNOUNCEMENT, Announcement(ZERO, "computer", device.id, sealing, login))
    entry = IdentityEntry(ZERO, 0, ZERO, device.id, clock.minute(), AddDevice(announced))
    identity = device.sign(Label.IDENTITY, entry)
    assert decode(identity, Signed, len(identity)).key == device.id
    return Newcomer(device, begin(identity).member, identity)


@pytest.mark.parametrize("first", ["Eve", "Dora"])
async def test_m10_bad_keys_of_one_applicant_keep_nobody_else_out(
    first: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage["Sec"].open() as session:
        view = await session.synced(stage.coalition)
        [device] = view.chain.roster.members[member_of(view, "Sec")].devices()
        texts = {name: await invite(session, name) for name in ("Eve", "Dora")}
    for name in sorted(texts, key=lambda each: each != first):
        with monkeypatch.context() as patched:
            if name == "Eve":
                patched.setattr(Newcomer, "generate", lambda: newcomer_with(device.sealing))
            assert await stage[name].join(texts[name]) == "waiting"
    assert len(stage.server.spaces[stage.coalition].joins) == 2
    async with stage["Sec"].open() as session:
        result = await admitting.admit(session, confirmed=True)
        assert len(result.admitted) == 1
        assert [waiting.name for waiting in result.waiting] == ["Eve"]
        assert (await admitting.admit(session, confirmed=True)).admitted == []
    assert await stage["Dora"].join(None) == "joined"
