"""When an epoch starts, and who exactly is granted its keys: validity, not audit (S04, S05, R01, R06, R07)."""

from collections.abc import Callable

import pytest

from securecall import caps
from securecall import entries as e
from securecall.errors import Problem
from securecall.labels import Label
from securecall.rights import Role
from securecall.state import ENTRY
from securecall.wire import read
from tests.world import (
    Space,
    change_body,
    found,
    make_device,
    make_people,
    make_person,
    open_call,
    refuse,
    seed,
    sign_body,
)

AMINA, BEN, CHI, DIA, EVE = make_people(5)


@pytest.fixture
def call() -> Space:
    return open_call(AMINA, (BEN, "chair"), (CHI, "member"), (DIA, "guest"))


def honest(space: Space, change: e.Change, *identities: bytes) -> e.EntryBody:
    """The body of an honest entry, to be spoilt."""
    draft = space.draft(AMINA, change, identities=identities)
    return read(draft.item, Label.ENTRY, e.Entry, caps.ENTRY_BYTES).value.body


def problem_of(space: Space, body: e.EntryBody, *identities: bytes) -> Problem:
    return refuse(space, ENTRY, sign_body(AMINA.device, body), identities)


def other_kind(line: e.GrantLine) -> e.GrantLine:
    return e.GrantLine(line.device, "seed" if line.kind == "everyone" else "everyone", line.digest)


STRANGER = e.GrantLine(make_device("stranger").id, "seed", seed("grant"))
SPOILT: dict[str, Callable[[list[e.GrantLine]], list[e.GrantLine]]] = {
    "R01 one missing": lambda lines: lines[1:],
    "all missing": lambda _: [],
    "one too many": lambda lines: sorted([*lines, STRANGER], key=lambda line: line.device),
    "twice": lambda lines: [lines[0], *lines],
    "out of order": lambda lines: lines[::-1],
    "G06 another kind": lambda lines: [other_kind(line) for line in lines],
}


@pytest.mark.parametrize("case", SPOILT)
def test_S04_grants_are_exactly_those_the_roster_calls_for(call: Space, case: str) -> None:
    body = honest(call, e.Rotate())
    spoilt = change_body(body, grants=SPOILT[case](body.grants))
    assert problem_of(call, spoilt) is Problem.BAD_GRANTS


def test_R01_the_removed_are_not_granted_the_new_epoch(call: Space) -> None:
    before = honest(call, e.Rotate()).grants
    body = honest(call, e.Remove([CHI.member]))
    assert len(body.grants) == len(before) - 1
    assert problem_of(call, change_body(body, grants=before)) is Problem.BAD_GRANTS


def test_an_admission_grants_the_running_epoch_to_the_new_devices_alone(call: Space) -> None:
    keys = call.invite(AMINA)
    change = e.Admit([call.admission(EVE, "member", keys)])
    call.meet(EVE)
    body = honest(call, change, *EVE.items)
    assert [(line.device, line.kind) for line in body.grants] == [(EVE.device.id, "seed")]
    assert body.start is None
    assert problem_of(call, change_body(body, grants=[]), *EVE.items) is Problem.BAD_GRANTS
    start = e.Start(call.chain.epoch + 1, seed("c"), [e.Link(call.chain.epoch, b"")])
    assert problem_of(call, change_body(body, start=start), *EVE.items) is Problem.BAD_EPOCH


def test_G06_a_guest_s_admission_starts_an_epoch(call: Space) -> None:
    keys = call.invite(AMINA, "guest")
    call.meet(EVE)
    change = e.Admit([call.admission(EVE, "guest", keys)])
    body = honest(call, change, *EVE.items)
    assert body.start is not None
    kinds = {line.device: line.kind for line in body.grants}
    assert kinds[EVE.device.id] == "everyone"
    assert kinds[CHI.device.id] == "seed"
    assert problem_of(call, change_body(body, start=None), *EVE.items) is Problem.BAD_EPOCH


def test_lowering_to_guest_starts_an_epoch_and_raising_grants_the_seed(call: Space) -> None:
    step = call.set_role(AMINA, CHI, "guest")
    assert isinstance(step.body, e.Entry)
    assert step.body.body.start is not None
    assert call.chain.roster.members[CHI.member].since == call.chain.epoch
    step = call.set_role(AMINA, CHI, "member")
    assert isinstance(step.body, e.Entry)
    assert step.body.body.start is None
    assert [(line.device, line.kind) for line in step.body.body.grants] == [(CHI.device.id, "seed")]
    assert call.chain.roster.members[CHI.member].since == 0


@pytest.mark.parametrize("role", ["owner", "chair"])
def test_a_raise_among_allies_grants_nothing(call: Space, role: Role) -> None:
    step = call.set_role(AMINA, CHI, role)
    assert isinstance(step.body, e.Entry)
    assert step.body.body.grants == []


WITHOUT: dict[str, e.Change] = {
    "invite": e.Invite([e.Invitee(make_device("invitee").id, "member", 1, b"")]),
    "relabel": e.Relabel([AMINA.member]),
    "server": e.Server(seed("server")),
    "claim": e.Claim(BEN.member),
    "devices": e.Devices(AMINA.member, AMINA.head, []),
    "destroy": e.Destroy(),
    "raise": e.SetRole([e.NewRole(CHI.member, "chair", None)]),
}


@pytest.mark.parametrize("case", WITHOUT)
def test_other_changes_start_no_epoch_and_grant_nothing(call: Space, case: str) -> None:
    body = call.body(AMINA, WITHOUT[case])
    start = e.Start(call.chain.epoch + 1, seed("commit"), [e.Link(call.chain.epoch, b"")])
    lines = [e.GrantLine(AMINA.device.id, "seed", seed("grant"))]
    assert problem_of(call, change_body(body, start=start)) is Problem.BAD_EPOCH
    assert problem_of(call, change_body(body, grants=lines)) is Problem.BAD_GRANTS
    call.chain.check(ENTRY, sign_body(AMINA.device, body))


def starts(call: Space) -> dict[str, e.Start | None]:
    """Starts that an honest client never makes, after two epochs."""
    epoch, commit = call.chain.epoch, seed("commit")
    link = [e.Link(n, b"") for n in range(epoch + 2)]
    return {
        "none": None,
        "the running epoch": e.Start(epoch, commit, [link[epoch]]),
        "one skipped": e.Start(epoch + 2, commit, [link[epoch + 1]]),
        "no link": e.Start(epoch + 1, commit, []),
        "no link to the last": e.Start(epoch + 1, commit, [link[0]]),
        "a link to itself": e.Start(epoch + 1, commit, [link[epoch + 1], link[epoch]]),
        "links ascending": e.Start(epoch + 1, commit, [link[epoch], link[0], link[1]]),
        "a link twice": e.Start(epoch + 1, commit, [link[epoch], link[epoch]]),
        "R06 S06 the keys of the last epoch": e.Start(epoch + 1, call.chain.commits[epoch], [link[epoch]]),
        "R06 S06 the keys of the first epoch": e.Start(epoch + 1, call.chain.commits[0], [link[epoch]]),
    }


@pytest.mark.parametrize("case", range(10))
def test_S06_an_epoch_follows_the_last_with_new_keys_and_a_link(call: Space, case: int) -> None:
    call.rotate(AMINA)
    name, start = list(starts(call).items())[case]
    body = honest(call, e.Rotate())
    assert problem_of(call, change_body(body, start=start)) is Problem.BAD_EPOCH, name


def test_more_links_than_one_are_accepted(call: Space) -> None:
    call.rotate(AMINA)
    body = honest(call, e.Rotate())
    assert body.start is not None
    last = call.chain.epoch
    more = e.Start(last + 1, body.start.commit, [*body.start.links, e.Link(0, b"garbage")])
    call.chain.check(ENTRY, sign_body(AMINA.device, change_body(body, start=more)))


def test_M08_of_two_racing_rotations_one_is_made_anew(call: Space) -> None:
    first, second = call.draft(AMINA, e.Rotate()), call.draft(BEN, e.Rotate())
    call.take(first)
    assert refuse(call, ENTRY, second.item) is Problem.STALE
    call.rotate(BEN)
    assert call.chain.epoch == 3
    assert len(set(call.chain.commits.values())) == 4


def test_R06_every_attempt_has_a_seed_of_its_own(call: Space) -> None:
    first, second = honest(call, e.Rotate()), honest(call, e.Rotate())
    assert first.start is not None
    assert second.start is not None
    assert first.start.commit != second.start.commit


def test_a_guest_leaves_the_allies_seal_empty(call: Space) -> None:
    step = call.enter(DIA, e.Relabel([DIA.member]))
    assert isinstance(step.body, e.Entry)
    assert step.body.sealed.allies == b""


def test_the_recipients_of_a_new_space_are_all_its_founder_s_devices() -> None:
    amina = make_person("amina of three machines")
    sheet, third = amina.add_device("sheet"), amina.add_device()
    space = found(amina)
    assert space.chain.roster.recipients().keys() == {amina.device.id, sheet.id, third.id}
    for device in (sheet, third):
        assert space.ring(device).holds(0)
