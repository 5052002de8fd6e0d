"""Rules 1 to 6 of a chain, each broken alone: bytes, space, order, `seen`, author, due rotation (S02, S06, S11)."""

import pytest

from securecall import caps
from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.entry_rules import space_id
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.records import Record
from securecall.state import ALLIES, ENTRY, EVERYONE, NOWHERE
from securecall.wire import Signed, decode, encode
from tests.world import (
    Person,
    Space,
    change_body,
    found,
    make_device,
    make_people,
    make_person,
    open_call,
    refuse,
    refuse_entry,
    refuse_record,
    replay,
    seed,
    sign_anything,
    sign_body,
)

AMINA, BEN, CHI, *_ = make_people(5)
STRANGER = make_person("stranger")
ROTATE = e.Rotate()


@pytest.fixture
def space() -> Space:
    made = found(AMINA)
    made.welcome(BEN)
    made.write(BEN, b"hello")
    return made


def test_an_honest_chain_is_accepted_by_a_fresh_replica(space: Space) -> None:
    assert replay(space).head == space.chain.head


def test_an_item_over_its_cap_is_refused_before_anything_else(space: Space) -> None:
    assert refuse(space, ENTRY, bytes(caps.ENTRY_BYTES + 1)) is Problem.TOO_LARGE
    assert refuse(space, ALLIES, bytes(caps.RECORD_BYTES + 1)) is Problem.TOO_LARGE


def test_S16_a_bad_signature_is_refused_before_decoding(space: Space) -> None:
    item = encode(Signed(b"\xc1", AMINA.device.id, bytes(64)))
    assert refuse(space, ENTRY, item) is Problem.BAD_SIGNATURE
    assert refuse(space, ALLIES, item) is Problem.BAD_SIGNATURE


def test_S13_a_record_is_no_entry_and_an_entry_no_record(space: Space) -> None:
    assert refuse(space, ENTRY, space.places[-1].item) is Problem.BAD_SIGNATURE
    assert refuse(space, ALLIES, space.places[0].item) is Problem.BAD_SIGNATURE


@pytest.mark.parametrize("kind", [3, 255, -1])
def test_S11_there_are_three_classes(space: Space, kind: int) -> None:
    assert refuse(space, kind, space.places[-1].item) is Problem.MALFORMED


def test_identities_do_not_travel_with_records(space: Space) -> None:
    item = space.seal(BEN, space.header(BEN))
    assert refuse(space, ALLIES, item, BEN.items) is Problem.MALFORMED


def test_a_record_begins_no_chain(space: Space) -> None:
    chain = SpaceChain(space.id)
    with pytest.raises(InvalidError) as caught:
        chain.append(ALLIES, space.places[-1].item)
    assert caught.value.problem is Problem.MALFORMED


def test_nothing_follows_destroy(space: Space) -> None:
    record, rotate = space.seal(BEN, space.header(BEN)), space.draft(AMINA, ROTATE)
    space.destroy(AMINA)
    assert refuse(space, ALLIES, record) is Problem.DESTROYED
    assert refuse(space, ENTRY, rotate.item) is Problem.DESTROYED
    with pytest.raises(InvalidError) as caught:
        space.chain.append_absent(EVERYONE, seed("absent"))
    assert caught.value.problem is Problem.DESTROYED


def test_S30_items_of_another_space_are_refused(space: Space) -> None:
    other = found(AMINA)
    assert refuse_entry(space, AMINA, ROTATE, space=other.id) is Problem.WRONG_SPACE
    assert refuse_record(space, BEN, space=other.id) is Problem.WRONG_SPACE


def test_G05_a_twin_space_does_not_pass_for_the_one_invited_to(space: Space) -> None:
    twin = found(AMINA)
    chain = SpaceChain(space.id)
    with pytest.raises(InvalidError) as caught:
        chain.append(ENTRY, twin.places[0].item, twin.places[0].identities)
    assert caught.value.problem is Problem.WRONG_SPACE


def test_an_item_names_the_device_that_signed_it(space: Space) -> None:
    own = change_body(space.body(AMINA, ROTATE), device=BEN.device.id)
    assert refuse(space, ENTRY, sign_body(AMINA.device, own)) is Problem.BAD_DEVICE
    assert refuse_record(space, AMINA, device=BEN.device.id) is Problem.BAD_DEVICE


def test_S02_M01_nobody_signs_an_entry_in_another_s_name(space: Space) -> None:
    """Whole and honest but for its signer, who might be anyone, the server too."""
    honest = decode(space.draft(AMINA, ROTATE).item, Signed, caps.ENTRY_BYTES)
    forged = sign_anything(seed("a thief's signing key"), Label.ENTRY, honest.payload)
    assert refuse(space, ENTRY, forged) is Problem.BAD_DEVICE
    body = space.body(AMINA, e.Relabel([AMINA.member]))
    assert refuse(space, ENTRY, sign_body(BEN.device, body)) is Problem.BAD_DEVICE


def test_M02_a_record_signed_again_by_another_member_is_refused(space: Space) -> None:
    signed = decode(space.seal(BEN, space.header(BEN)), Signed, caps.RECORD_BYTES)
    stolen = sign_anything(seed("a thief's signing key"), Label.RECORD, signed.payload)
    assert refuse(space, ALLIES, stolen) is Problem.BAD_DEVICE


@pytest.mark.parametrize("number", [0, 1, 2, 4])
def test_S11_an_entry_has_the_next_number(space: Space, number: int) -> None:
    assert refuse_entry(space, AMINA, ROTATE, number=number) is Problem.STALE


def test_M08_an_entry_made_before_the_latest_is_refused(space: Space) -> None:
    space.welcome(CHI, "owner")
    mine, theirs = space.draft(AMINA, ROTATE), space.draft(CHI, e.Remove([AMINA.member]))
    space.take(mine)
    assert refuse(space, ENTRY, theirs.item) is Problem.STALE
    space.take(space.draft(CHI, e.Remove([AMINA.member])))
    assert AMINA.member not in space.chain.roster.members


def test_S11_the_previous_digest_must_fit(space: Space) -> None:
    assert refuse_entry(space, AMINA, ROTATE, previous=seed("other")) is Problem.STALE


def test_S06_a_record_of_an_older_or_later_epoch_is_refused(space: Space) -> None:
    late = space.seal(BEN, space.header(BEN))
    space.rotate(AMINA)
    assert refuse(space, ALLIES, late) is Problem.BAD_EPOCH
    assert refuse_record(space, BEN, epoch=2) is Problem.BAD_EPOCH


def test_S08_an_item_made_upon_another_history_is_refused(space: Space) -> None:
    fork = e.Seen(space.chain.next_seq - 1, seed("fork"))
    ahead = e.Seen(space.chain.next_seq, space.chain.head)
    for seen in (fork, ahead):
        assert refuse_entry(space, AMINA, ROTATE, seen=seen) is Problem.BAD_SEEN
        assert refuse_record(space, BEN, seen=seen) is Problem.BAD_SEEN


def test_an_entry_has_seen_the_one_it_follows(space: Space) -> None:
    before = e.Seen(space.chain.latest_seq - 1, space.chain.heads[space.chain.latest_seq - 1])
    assert refuse_entry(space, AMINA, ROTATE, seen=before) is Problem.BAD_SEEN


def test_a_record_may_have_been_written_upon_an_older_place(space: Space) -> None:
    space.write(BEN, seen=e.Seen(0, space.chain.heads[0]))


def test_S02_who_is_not_in_the_space_signs_nothing(space: Space) -> None:
    assert refuse_entry(space, STRANGER, ROTATE) is Problem.NOT_A_MEMBER
    assert refuse_record(space, STRANGER) is Problem.NOT_A_MEMBER


def test_R01_who_was_removed_signs_nothing_more(space: Space) -> None:
    space.remove(AMINA, BEN)
    assert refuse_entry(space, BEN, ROTATE) is Problem.NOT_A_MEMBER
    assert refuse_record(space, BEN) is Problem.NOT_A_MEMBER


def test_S03_a_device_that_the_chain_has_not_named_signs_nothing(space: Space) -> None:
    ben = make_person(BEN.name)
    ben.add_device()
    ghost = make_device("ghost")
    for device in (ben.devices[1], ghost):
        assert refuse_entry(space, ben, ROTATE, device=device) is Problem.BAD_DEVICE


def test_S29_a_sheet_signs_only_devices() -> None:
    amina = make_person("amina with a sheet")
    sheet = amina.add_device("sheet")
    space = found(amina)
    assert refuse_entry(space, amina, ROTATE, device=sheet) is Problem.BAD_DEVICE
    item = sheet.sign(Label.RECORD, Record(space.header(amina, device=sheet), b""))
    assert refuse(space, ALLIES, item) is Problem.BAD_DEVICE
    amina.add_device(by=sheet)
    space.name_devices(amina, amina, device=sheet)
    assert amina.devices[2].id in space.chain.roster.recipients()


def test_an_entry_0_comes_once_and_first(space: Space) -> None:
    assert refuse(space, ENTRY, space.places[0].item, space.places[0].identities) is Problem.WRONG_SPACE
    again = e.Create("coalition", None, seed("server"), AMINA.head, [])
    assert refuse_entry(space, AMINA, again) is Problem.STALE
    with pytest.raises(InvalidError) as caught:
        space.draft(AMINA, again)
    assert caught.value.problem is Problem.STALE


def open_with(body: e.EntryBody) -> Problem:
    """The problem for which a chain refuses an entry 0 whose id is that of this very body."""
    item = sign_body(AMINA.device, body)
    chain = SpaceChain(space_id(decode(item, Signed, len(item)).payload))
    with pytest.raises(InvalidError) as caught:
        chain.append(ENTRY, item, AMINA.items)
    assert chain.heads == []
    return caught.value.problem


def first_body(**fields: object) -> e.EntryBody:
    create = e.Create("coalition", None, seed("server"), AMINA.head, [])
    start = e.Start(0, seed("commit"), [])
    line = e.GrantLine(AMINA.device.id, "seed", seed("grant"))
    body = e.EntryBody(bytes(32), 0, bytes(32), NOWHERE, AMINA.member, AMINA.device.id, 1, create, start, [line])
    return change_body(body, **fields)


FIRST: dict[str, tuple[dict[str, object], Problem]] = {
    "names a space": ({"space": seed("x")}, Problem.WRONG_SPACE),
    "number 1": ({"number": 1}, Problem.STALE),
    "previous": ({"previous": seed("x")}, Problem.STALE),
    "seen": ({"seen": e.Seen(0, seed("x"))}, Problem.STALE),
    "no create": ({"change": ROTATE}, Problem.STALE),
    "destroy": ({"change": e.Destroy(), "start": None, "grants": []}, Problem.STALE),
    "another's identity": ({"author": BEN.member}, Problem.BAD_IDENTITY),
    "another head": (
        {"change": e.Create("coalition", None, seed("server"), seed("x"), [])},
        Problem.BAD_IDENTITY,
    ),
    "its device barred": (
        {"change": e.Create("coalition", None, seed("server"), AMINA.head, [AMINA.device.id])},
        Problem.BAD_DEVICE,
    ),
    "a call without a parent": (
        {"change": e.Create("call", None, seed("server"), AMINA.head, [])},
        Problem.BAD_PARENT,
    ),
    "a coalition with a parent": (
        {"change": e.Create("coalition", e.Parent(seed("p"), NOWHERE), seed("server"), AMINA.head, [])},
        Problem.BAD_PARENT,
    ),
    "no epoch": ({"start": None}, Problem.BAD_EPOCH),
    "epoch 1": ({"start": e.Start(1, seed("commit"), [])}, Problem.BAD_EPOCH),
    "a link": ({"start": e.Start(0, seed("commit"), [e.Link(0, b"")])}, Problem.BAD_EPOCH),
    "S05 no grant": ({"grants": []}, Problem.BAD_GRANTS),
}


@pytest.mark.parametrize("case", FIRST)
def test_S05_an_entry_0_is_judged_like_any_other(case: str) -> None:
    fields, problem = FIRST[case]
    assert open_with(first_body(**fields)) is problem


def test_an_entry_0_by_a_sheet_is_refused() -> None:
    amina = make_person("amina with a sheet at hand")
    sheet = amina.add_device("sheet")
    create = e.Create("coalition", None, seed("server"), amina.head, [])
    body = first_body(author=amina.member, device=sheet.id, change=create)
    item = sign_body(sheet, body)
    chain = SpaceChain(space_id(decode(item, Signed, len(item)).payload))
    with pytest.raises(InvalidError) as caught:
        chain.append(ENTRY, item, amina.items)
    assert caught.value.problem is Problem.BAD_DEVICE


DUE: dict[str, e.Change] = {
    "invite": e.Invite([e.Invitee(make_device("i").id, "member", 1, b"")]),
    "revoke": e.RevokeInvite([seed("i")]),
    "admit": e.Admit([e.Admission(CHI.member, CHI.head, [], "member", None, e.Joining(b""))]),
    "raise": e.SetRole([e.NewRole(BEN.member, "chair", None)]),
    "devices": e.Devices(AMINA.member, AMINA.head, []),
    "relabel": e.Relabel([AMINA.member]),
    "leave": e.Leave(),
    "claim": e.Claim(BEN.member),
    "server": e.Server(seed("server")),
}


@pytest.mark.parametrize("case", DUE)
def test_S10_while_a_rotation_is_due_nothing_else_follows(case: str) -> None:
    space = open_call(AMINA, (BEN, "member"), (CHI, "member"))
    space.leave(CHI)
    assert refuse_entry(space, AMINA, DUE[case], CHI) is Problem.ROTATION_DUE
    assert refuse_record(space, BEN) is Problem.ROTATION_DUE


@pytest.mark.parametrize("by", [AMINA, BEN], ids=["owner", "member"])
def test_S10_whoever_may_rotate_ends_what_is_due(by: Person) -> None:
    space = open_call(AMINA, (BEN, "member"), (CHI, "member"))
    space.leave(CHI)
    space.rotate(by)
    space.write(BEN)
    assert not space.chain.roster.due


def test_S10_a_removal_or_an_end_may_stand_for_the_rotation() -> None:
    space = open_call(AMINA, (BEN, "member"), (CHI, "member"))
    space.leave(CHI)
    space.remove(AMINA, BEN)
    assert not space.chain.roster.due
    other = open_call(AMINA, (BEN, "member"), (CHI, "member"))
    other.leave(CHI)
    other.destroy(AMINA)


def test_a_step_is_taken_over_at_its_own_place_alone(space: Space) -> None:
    step = space.chain.check(ALLIES, space.seal(BEN, space.header(BEN)))
    space.write(AMINA)
    with pytest.raises(RuntimeError):
        space.chain.commit(step)
