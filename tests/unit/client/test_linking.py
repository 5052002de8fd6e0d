"""Linking over a server that lies, and texts that are used twice, late, or by others (rows S03, S07, M10, N02)."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from securecall.caps import IDENTITY_BYTES, LINKING_SECONDS
from securecall.entries import Seen
from securecall.errors import Problem
from securecall.identity import Announcement, DeviceKind
from securecall.labels import Label
from securecall.wire import Signed, decode
from securecall_client.acts import arriving, devices, linking
from securecall_client.acts.devices import member_in
from securecall_client.errors import LinkingError, ProfileError, ProofError, RefusedError
from securecall_client.profile import Profile
from securecall_client.refusals import refused
from securecall_client.replica import Replica
from securecall_client.settings import Settings
from securecall_client.spaces import NOT_IN_YET
from securecall_client.transport import Credentials, Mail, Way
from securecall_keys.device import DeviceKeys
from securecall_keys.linking import LinkedSpace, LinkingAnswer, LinkingKeys, read_linking
from tests.simulator.linking import Meanwhile, link, show, take
from tests.simulator.people import ADDRESS, LOCK, Person, Stage, check_plain, proven
from tests.simulator.server import Sight, Space

pytestmark = pytest.mark.slow

OLD, NEW = "Ann", "Ann's laptop"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "POLL", 0.01)


def change_mail(person: Person, lie: Callable[[Mail], Mail]) -> None:
    """Let somebody find something else in the mailbox than was left there."""
    person.hostile.lies["mail"] = cast("Callable[[object], object]", lie)


async def count(stage: Stage) -> int:
    """How many devices Ann has, as the secretariat sees it."""
    async with stage["Sec"].open() as session:
        return len((await devices.list_devices(session, "Ann")).devices)


def taking(stage: Stage, *, patience: float = 20) -> Meanwhile:
    """The new computer takes the text, and does not get through."""

    async def then(text: str) -> None:
        with pytest.raises((LinkingError, ProofError)) as caught:
            await take(stage[NEW], text, patience=patience)
        check_plain(caught.value)

    return then


async def test_s03_m10_a_server_that_swaps_the_announcement_is_found_out_and_adds_nothing(stage: Stage) -> None:
    async with stage[OLD].open() as session:
        member = session.member
    mallory = DeviceKeys.generate()
    forged = LinkingKeys.fresh("http://127.0.0.1:8700", member, bytes(32))
    change_mail(
        stage[OLD],
        lambda mail: Mail(mail.request and forged.request(mallory.announce(member, "computer")), mail.answer),
    )
    with proven("another device"):
        await show(stage[OLD], taking(stage, patience=0.1))
    assert await count(stage) == 1


async def test_s03_an_announcement_of_an_earlier_linking_is_not_taken_again(stage: Stage) -> None:
    earlier: list[bytes] = []

    def keep(mail: Mail) -> Mail:
        earlier.extend([mail.request] if mail.request else [])
        return mail

    change_mail(stage[OLD], keep)
    device = (await link(stage, OLD, NEW)).device
    stage[OLD].hostile.be_honest()
    async with stage[OLD].open() as session:
        await devices.remove_device(session, device)

    async def nobody(_text: str) -> None: ...

    change_mail(stage[OLD], lambda mail: Mail(earlier[0], mail.answer))
    with proven("another device"):
        await show(stage[OLD], nobody)
    assert await count(stage) == 1


@pytest.mark.parametrize("request_", [b"garbage", b""])
async def test_s03_garbage_in_the_mailbox_adds_nothing(request_: bytes, stage: Stage) -> None:
    async def nobody(_text: str) -> None: ...

    change_mail(stage[OLD], lambda mail: Mail(request_, mail.answer))
    with proven("another device"):
        await show(stage[OLD], nobody)
    assert await count(stage) == 1


async def test_m10_a_device_announced_with_anothers_keys_or_as_a_sheet_is_not_added(stage: Stage) -> None:
    """Whoever holds the text may announce only keys that are their own."""
    async with stage["Bob"].open() as session:
        bobs = session.device
    kinds: list[tuple[DeviceKeys, DeviceKind]] = [(bobs, "computer"), (DeviceKeys.generate(), "sheet")]
    for device, kind in kinds:

        async def then(text: str, device: DeviceKeys = device, kind: DeviceKind = kind) -> None:
            keys = LinkingKeys(read_linking(text))
            line = stage[NEW].hostile.connect(keys.text.address, Way(stage[NEW].say))
            line.use(Credentials(keys.public, keys.sign_login, stage.server.public))
            await line.put_mail(keys.public, keys.request(device.announce(keys.text.member, kind)))

        with pytest.raises(RefusedError) as caught:
            await show(stage[OLD], then)
        check_plain(caught.value)
        assert await count(stage) == 1


async def test_s03_what_the_server_reads_in_the_mailbox_names_no_space_and_opens_for_nobody(stage: Stage) -> None:
    await link(stage, OLD, NEW)
    [box] = stage.server.mailboxes.values()
    assert box.answer is not None
    assert box.request is not None
    for secret in (stage.coalition, stage.call, stage.server.public):
        assert secret not in box.answer
        assert secret not in box.request


async def test_s07_other_pins_than_the_old_computer_sent_are_not_taken(stage: Stage) -> None:
    async def then(text: str) -> None:
        told = read_linking(text)
        forged = LinkingAnswer(stage.server.public, stage.coalition, [])
        with_another = LinkingKeys.fresh(told.address, told.member, told.identity)
        change_mail(
            stage[NEW],
            lambda mail: Mail(mail.request, mail.answer and with_another.seal_answer(forged, bytes(32))),
        )
        with proven("something else"):
            await take(stage[NEW], text)

    await show(stage[OLD], then)
    with pytest.raises(ProfileError):
        async with stage[NEW].open():
            pass


async def test_s07_a_server_rolled_back_behind_the_pins_is_refused_by_the_new_computer(stage: Stage) -> None:
    length = len(stage.server.spaces[stage.coalition].places)
    stage[NEW].hostile.roll_back(stage.coalition, length)

    async def then(text: str) -> None:
        with proven("older state"):
            await take(stage[NEW], text)

    await show(stage[OLD], then)
    stage[NEW].hostile.be_honest()
    await link(stage, OLD, NEW)
    assert await stage[NEW].answer(stage.call) == "server"


async def test_s07_an_answer_that_names_another_history_stops_the_new_computer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = linking.linking_answer

    async def lie(session: object) -> LinkingAnswer:
        answer = await honest(session)  # type: ignore[arg-type]  # handed on as it came
        spaces = [LinkedSpace(s.space, s.parent, Seen(s.at.seq, bytes(32)), s.time) for s in answer.spaces]
        return LinkingAnswer(answer.server, answer.home, spaces)

    monkeypatch.setattr(linking, "linking_answer", lie)
    await show(stage[OLD], taking(stage))


async def test_s03_another_server_than_the_old_computer_knows_is_refused(stage: Stage) -> None:
    twin = stage.server.copy("twin")

    async def then(text: str) -> None:
        keys = LinkingKeys(read_linking(text))
        twin.mailboxes, stage[NEW].hostile.server = stage.server.mailboxes, twin
        assert keys.public in twin.mailboxes
        with pytest.raises(ProofError, match="not the server") as caught:
            await take(stage[NEW], text)
        assert "remove it again" in (caught.value.hint or "")

    await show(stage[OLD], then)
    async with Replica.open(Profile(stage[NEW].home).replica) as replica:
        assert await replica.meta("server") is None, "nothing was taken over"


async def test_s03_a_server_that_shows_other_devices_than_the_text_names_is_refused(stage: Stage) -> None:
    """The text names a head of one's identity, which has to be among those that the server shows."""
    await link(stage, OLD, NEW)
    new = stage[NEW]
    device = Profile(new.home).unlock(LOCK)
    async with stage[OLD].open() as session:
        mine = member_in(await session.view(session.home), session.member).identity
    for identity in (None, *mine.heads):
        await arriving.arrive(Settings(new.home), device, new.say, new.hostile.connect, stage.coalition, identity)
    with proven("other devices"):
        await arriving.arrive(Settings(new.home), device, new.say, new.hostile.connect, stage.coalition, bytes(32))


async def test_s03_a_computer_that_the_space_does_not_name_has_not_arrived(stage: Stage) -> None:
    """The server lets it in; what counts is whether the member's own chain has it."""
    new = stage[NEW]
    device = await arriving.prepare(Settings(new.home), LOCK)
    async with stage[OLD].open() as session:
        member, answer = session.member, await linking.linking_answer(session)
    stage.server.devices[device.id] = member, announced(device.announce(member, "computer")).login
    await arriving.take_over(Settings(new.home), device, ADDRESS, member, answer)
    for identity in (None, bytes(32)):
        with pytest.raises(LinkingError, match="not added") as caught:
            await arriving.arrive(Settings(new.home), device, new.say, new.hostile.connect, answer.home, identity)
        check_plain(caught.value, 1)
    with pytest.raises(ProfileError) as refused:
        async with new.open():
            pass
    assert refused.value.code == "not-joined"
    with pytest.raises(ProfileError) as refused:
        await new.join(None)
    assert refused.value.code == "joined-already"


def announced(item: bytes) -> Announcement:
    """What a signed announcement says."""
    return decode(decode(item, Signed, IDENTITY_BYTES).payload, Announcement, IDENTITY_BYTES)


async def test_m12_nobody_shows_a_text_for_more_devices_than_they_may_have(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_text: str) -> None: ...

    monkeypatch.setattr(linking, "DEVICES_PER_MEMBER", 1)
    with pytest.raises(RefusedError) as caught:
        await show(stage[OLD], nobody)
    check_plain(caught.value, 1)
    assert caught.value.code == Problem.CAP
    assert "open_mailbox" not in stage[OLD].hostile.requests


async def test_n02_a_text_that_ends_while_one_answers_is_not_blamed_on_another_computer(stage: Stage) -> None:
    told: list[str] = []
    stage[NEW].hostile.refuse("put_mail", refused("not-found"))

    async def then(text: str) -> None:
        with pytest.raises(LinkingError) as caught:
            await take(stage[NEW], text)
        told.append(str(caught.value))
        stage[OLD].hostile.refuse("mail", refused("not-found"))

    with pytest.raises(LinkingError, match="has ended") as caught:
        await show(stage[OLD], then)
    assert told == [str(caught.value)]
    assert await count(stage) == 1


async def test_m10_a_device_that_announces_anothers_keys_as_its_own_is_not_added(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        bobs = session.device
    mallory = DeviceKeys.generate()

    async def then(text: str) -> None:
        keys = LinkingKeys(read_linking(text))
        line = stage[NEW].hostile.connect(keys.text.address, Way(stage[NEW].say))
        line.use(Credentials(keys.public, keys.sign_login, stage.server.public))
        theirs = announced(bobs.announce(keys.text.member, "computer"))
        await line.put_mail(keys.public, keys.request(mallory.sign(Label.ANNOUNCEMENT, theirs)))

    with pytest.raises(RefusedError, match="no keys of its own") as caught:
        await show(stage[OLD], then)
    check_plain(caught.value)
    assert await count(stage) == 1


async def test_s09_a_space_that_was_shown_and_is_denied_again_is_not_passed_off_as_one_to_wait_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call was hidden from the old computer, so that the new one is not in it yet."""
    await stage.sync(OLD)
    stage[OLD].hostile.tell(stage.call, lambda _: [])
    await link(stage, OLD, NEW)
    assert NOT_IN_YET in stage[NEW].say.lines
    with monkeypatch.context() as lying:
        lying.setattr(Space, "sight_of", lambda space, _: Sight(len(space.places) - 1, "member", 0, None))
        async with stage[NEW].open() as session:
            assert (await session.synced(stage.call)).chain.next_seq == stage.places
    stage[NEW].say.lines.clear()
    async with stage[NEW].open() as session:
        with pytest.raises(RefusedError) as caught:
            await session.synced(stage.call)
    check_plain(caught.value, 1)
    assert NOT_IN_YET not in stage[NEW].say.lines


async def test_n02_a_text_is_good_for_one_computer(stage: Stage) -> None:
    texts: list[str] = []

    async def then(text: str) -> None:
        texts.append(text)
        await take(stage[NEW], text)
        with pytest.raises(LinkingError) as caught:
            await take(stage["Mallory"], text)
        check_plain(caught.value, 1)
        assert "before" in str(caught.value)

    await show(stage[OLD], then)
    with pytest.raises(LinkingError):
        await take(stage["Mallory"], texts[0])
    assert await count(stage) == 2


async def test_n02_a_text_is_dead_after_ten_minutes_and_once_another_is_shown(stage: Stage) -> None:
    texts: list[str] = []

    async def wait(text: str) -> None:
        texts.append(text)

    with pytest.raises(LinkingError) as caught:
        await show(stage[OLD], wait, patience=0.05)
    check_plain(caught.value, 1)

    async def late(text: str) -> None:
        with pytest.raises(LinkingError):
            await take(stage[NEW], texts[0])
        stage.server.ahead += LINKING_SECONDS * 1_000
        with pytest.raises(LinkingError) as caught:
            await take(stage[NEW], text)
        check_plain(caught.value, 1)

    with pytest.raises(LinkingError):
        await show(stage[OLD], late)
    assert await count(stage) == 1
    assert not Profile(stage[NEW].home).exists()


@pytest.mark.parametrize("text", ["", "abc", "ss4wq5du-obztulzp", "hello, this is no text"])
async def test_a_mangled_text_is_told_so_and_makes_nothing(text: str, stage: Stage) -> None:
    with pytest.raises(LinkingError) as caught:
        await take(stage[NEW], text)
    check_plain(caught.value, 1)
    assert not stage[NEW].home.exists()


async def test_a_profile_that_is_there_is_never_linked_over(stage: Stage) -> None:
    before = Profile(stage["Bob"].home).keystore.read_bytes()

    async def then(text: str) -> None:
        with pytest.raises(ProfileError) as caught:
            await take(stage["Bob"], text)
        check_plain(caught.value)

    with pytest.raises(LinkingError):
        await show(stage[OLD], then, patience=0.3)
    assert Profile(stage["Bob"].home).keystore.read_bytes() == before
    assert await count(stage) == 1


async def test_a_linking_that_was_cut_goes_on_with_a_new_text_and_the_same_device(stage: Stage) -> None:
    stage[NEW].hostile.lose_replies("mail")

    async def then(text: str) -> None:
        with pytest.raises(LinkingError):
            await take(stage[NEW], text, patience=0.3)

    added = await show(stage[OLD], then)
    stage[NEW].hostile.be_honest()
    again = await link(stage, OLD, NEW)
    assert again.device == added.device == Profile(stage[NEW].home).unlock(LOCK).id.hex()
    assert await stage[NEW].answer(stage.call) == "server"
    assert await count(stage) == 2


async def test_a_line_that_breaks_while_one_waits_does_no_harm(stage: Stage) -> None:
    async def then(text: str) -> None:
        stage[OLD].hostile.cut = True
        other = asyncio.create_task(take(stage[NEW], text))
        while "mail" not in stage[NEW].hostile.requests:  # noqa: ASYNC110  what happens is on the other computer
            await asyncio.sleep(0)
        stage[OLD].hostile.cut = False
        await other

    await show(stage[OLD], then)
    assert await stage[NEW].answer(stage.call) == "server"
