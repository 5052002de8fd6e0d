"""Members come and go: invitations, admissions, removals, roles, last owners, claims (S01, S02, R05, G02 to G04)."""

from itertools import pairwise

import msgspec
import pytest

from securecall import entries as e
from securecall.errors import Problem
from securecall.identity import AddDevice, IdentityEntry, begin
from securecall.joins import JoinRequest
from securecall.labels import Label
from securecall.state import ENTRY
from securecall_keys.device import sign
from securecall_keys.invitation import InvitationKeys
from securecall_keys.secret import Secret
from tests.world import (
    END,
    Person,
    Space,
    found,
    make_people,
    make_person,
    open_call,
    refuse,
    refuse_entry,
    seed,
    sign_body,
)

AMINA, BEN, CHI, DIA, EVE = make_people(5)


@pytest.fixture
def call() -> Space:
    return open_call(AMINA, (BEN, "chair"), (CHI, "member"))


def admit(space: Space, person: Person, **fields: object) -> e.Admit:
    """An admission of ``person``, some of its fields forged."""
    via = fields.pop("via", e.Joining(b""))
    good = space.admission(person, "member", via)  # type: ignore[arg-type]  # a forger's
    return e.Admit([msgspec.structs.replace(good, **fields)])


def test_G03_an_invitation_serves_once(call: Space) -> None:
    keys = call.invite(AMINA)
    call.admit(AMINA, DIA, "member", keys)
    again = e.Joining(keys.join("member", EVE.member, EVE.head))
    assert refuse_entry(call, AMINA, admit(call, EVE, via=again), EVE) is Problem.BAD_INVITE


def test_R05_an_invitation_does_not_bring_back_who_was_removed(call: Space) -> None:
    keys = call.invite(AMINA)
    call.admit(AMINA, DIA, "member", keys)
    call.remove(AMINA, DIA)
    assert refuse_entry(call, AMINA, admit(call, DIA, via=keys)) is Problem.BAD_INVITE
    call.welcome(DIA)


def test_G03_an_invitation_key_is_never_invited_again(call: Space) -> None:
    keys = call.invite(AMINA)
    invitee = e.Invitee(keys.public, "member", END, b"")
    assert refuse_entry(call, AMINA, e.Invite([invitee])) is Problem.DUPLICATE
    call.enter(AMINA, e.RevokeInvite([keys.public]))
    assert refuse_entry(call, AMINA, e.Invite([invitee])) is Problem.DUPLICATE
    other = e.Invitee(InvitationKeys(call.id, Secret(seed("twice"))).public, "member", END, b"")
    assert refuse_entry(call, AMINA, e.Invite([other, other])) is Problem.DUPLICATE


def test_a_revoked_invitation_admits_nobody(call: Space) -> None:
    keys = call.invite(AMINA)
    call.enter(AMINA, e.RevokeInvite([keys.public]))
    assert refuse_entry(call, AMINA, admit(call, DIA, via=keys), DIA) is Problem.BAD_INVITE
    assert refuse_entry(call, AMINA, e.RevokeInvite([keys.public])) is Problem.BAD_INVITE


def test_invitations_are_revoked_in_order_and_once(call: Space) -> None:
    keys = sorted([call.invite(AMINA).public, call.invite(AMINA).public])
    assert refuse_entry(call, AMINA, e.RevokeInvite(keys[::-1])) is Problem.MALFORMED
    assert refuse_entry(call, AMINA, e.RevokeInvite([keys[0], keys[0]])) is Problem.MALFORMED
    call.enter(AMINA, e.RevokeInvite(keys))
    assert not list(call.chain.invitations.keys())


@pytest.mark.parametrize("gone", ["removed", "lowered"])
def test_S01_an_invitation_falls_with_its_author_s_right(call: Space, gone: str) -> None:
    keys = call.invite(BEN)
    if gone == "removed":
        call.remove(AMINA, BEN)
    else:
        call.set_role(AMINA, BEN, "member")
    assert refuse_entry(call, AMINA, admit(call, DIA, via=keys), DIA) is Problem.BAD_INVITE


def test_an_owner_s_invitation_of_a_chair_falls_when_the_owner_is_lowered_to_chair(call: Space) -> None:
    call.welcome(DIA, "owner")
    chair, member = call.invite(DIA, "chair"), call.invite(DIA, "member")
    call.set_role(AMINA, DIA, "chair")
    asked = admit(call, EVE, via=e.Joining(chair.join("chair", EVE.member, EVE.head)), role="chair")
    assert refuse_entry(call, AMINA, asked, EVE) is Problem.BAD_INVITE
    call.admit(AMINA, EVE, "member", member)


def test_G02_G04_a_join_request_is_for_one_space_role_member_and_identity(call: Space) -> None:
    keys, other = call.invite(AMINA), found(AMINA)
    eve = make_person("eve with news")
    first = eve.head
    eve.add_device()
    foreign = InvitationKeys(other.id, Secret(seed("invitation", call.invited)[:16]))
    requests = {
        "another member": keys.join("member", EVE.member, eve.head),
        "another role": keys.join("chair", eve.member, eve.head),
        "an older head": keys.join("member", eve.member, first),
        "another space's keys": foreign.join("member", eve.member, eve.head),
        "no invitation": InvitationKeys(call.id, Secret(seed("never"))).join("member", eve.member, eve.head),
    }
    for name, request in requests.items():
        assert refuse_entry(call, AMINA, admit(call, eve, via=e.Joining(request)), eve) is Problem.BAD_INVITE, name
    mangled = e.Joining(keys.join("member", eve.member, eve.head)[:-1])
    assert refuse_entry(call, AMINA, admit(call, eve, via=mangled), eve) is Problem.MALFORMED
    wrong = AMINA.device.sign(Label.JOIN, JoinRequest(call.id, "member", eve.member, eve.head))
    assert refuse_entry(call, AMINA, admit(call, eve, via=e.Joining(wrong)), eve) is Problem.BAD_INVITE
    call.admit(AMINA, eve, "member", keys)


def test_G02_the_key_of_an_invitation_asks_for_its_own_space_alone(call: Space) -> None:
    keys, other = call.invite(AMINA), found(AMINA)
    elsewhere = sign(keys._signing, Label.JOIN, JoinRequest(other.id, "member", DIA.member, DIA.head))
    assert refuse_entry(call, AMINA, admit(call, DIA, via=e.Joining(elsewhere)), DIA) is Problem.BAD_INVITE


def test_G04_who_was_invited_as_a_member_is_not_admitted_as_the_chair_they_ask_to_be(call: Space) -> None:
    asked = e.Joining(call.invite(AMINA, "member").join("chair", DIA.member, DIA.head))
    assert refuse_entry(call, AMINA, admit(call, DIA, via=asked, role="chair"), DIA) is Problem.BAD_INVITE


def test_S28_roles_are_named_in_ascending_order(call: Space) -> None:
    roles = [e.NewRole(member, "chair", None) for member in sorted((BEN.member, CHI.member), reverse=True)]
    assert refuse_entry(call, AMINA, e.SetRole(roles)) is Problem.MALFORMED


def test_G04_nobody_is_admitted_to_another_role_than_invited(call: Space) -> None:
    keys = call.invite(AMINA, "member")
    asked = e.Joining(keys.join("member", DIA.member, DIA.head))
    assert refuse_entry(call, AMINA, admit(call, DIA, via=asked, role="chair"), DIA) is Problem.BAD_INVITE


def test_nobody_is_admitted_twice(call: Space) -> None:
    keys = call.invite(AMINA)
    assert refuse_entry(call, AMINA, admit(call, CHI, via=keys)) is Problem.BAD_TARGET
    both = admit(call, DIA, via=keys).admissions * 2
    assert refuse_entry(call, AMINA, e.Admit(both), DIA) is Problem.MALFORMED


@pytest.mark.parametrize("descending", [False, True])
def test_several_people_come_in_one_entry_in_ascending_order(call: Space, descending: bool) -> None:
    pairs = sorted([DIA, EVE], key=lambda person: person.member, reverse=descending)
    admissions = [call.admission(person, "member", call.invite(AMINA)) for person in pairs]
    if descending:
        assert refuse_entry(call, AMINA, e.Admit(admissions), DIA, EVE) is Problem.MALFORMED
    else:
        call.enter(AMINA, e.Admit(admissions), DIA, EVE)
        assert {DIA.member, EVE.member} <= call.chain.roster.members.keys()


def test_a_guest_s_stay_has_an_end_and_nobody_else_s(call: Space) -> None:
    guest, member = call.invite(AMINA, "guest"), call.invite(AMINA)
    endless = admit(call, DIA, via=e.Joining(guest.join("guest", DIA.member, DIA.head)), role="guest", ends=None)
    assert refuse_entry(call, AMINA, endless, DIA) is Problem.BAD_TARGET
    assert refuse_entry(call, AMINA, admit(call, DIA, via=member, ends=END), DIA) is Problem.BAD_TARGET
    for new in (e.NewRole(CHI.member, "guest", None), e.NewRole(CHI.member, "owner", END)):
        change = e.SetRole([new])
        assert refuse_entry(call, AMINA, change) is Problem.BAD_TARGET


def test_guests_come_to_calls_alone() -> None:
    space = found(AMINA)
    space.welcome(BEN)
    key = InvitationKeys(space.id, Secret(seed("guest"))).public
    assert refuse_entry(space, AMINA, e.Invite([e.Invitee(key, "guest", END, b"")])) is Problem.BAD_TARGET
    lowered = e.SetRole([e.NewRole(BEN.member, "guest", END)])
    assert refuse_entry(space, AMINA, lowered) is Problem.BAD_TARGET


def test_an_invitation_s_key_is_judged(call: Space) -> None:
    low = e.Invitee(bytes(32), "member", END, b"")
    assert refuse_entry(call, AMINA, e.Invite([low])) is Problem.BAD_KEY


def test_S01_an_admission_brings_the_very_identity_it_names(call: Space) -> None:
    keys = call.invite(AMINA)
    change = admit(call, DIA, via=keys)
    assert refuse_entry(call, AMINA, change) is Problem.BAD_IDENTITY
    assert refuse_entry(call, AMINA, change, EVE) is Problem.BAD_IDENTITY
    assert refuse_entry(call, AMINA, change, DIA, EVE) is Problem.BAD_IDENTITY
    assert refuse_entry(call, AMINA, change, DIA, DIA) is Problem.BAD_IDENTITY
    assert refuse_entry(call, AMINA, admit(call, DIA, via=keys, identity=seed("head")), DIA) is Problem.BAD_IDENTITY


def test_M10_a_key_of_another_member_is_refused(call: Space) -> None:
    thief = make_person("thief")
    announced = CHI.device.announce(bytes(32), "computer")
    item = forge_first(thief, announced)
    keys = call.invite(AMINA)
    body = call.body(AMINA, admit(call, thief, via=keys))
    assert refuse(call, ENTRY, sign_body(AMINA.device, body), [item]) is Problem.BAD_IDENTITY


def forge_first(thief: Person, announcement: bytes) -> bytes:
    """An identity's entry 0, signed by the thief over another's announcement."""
    entry = IdentityEntry(bytes(32), 0, bytes(32), thief.device.id, 1, AddDevice(announcement))
    return thief.device.sign(Label.IDENTITY, entry)


def test_M10_two_members_share_no_key(call: Space) -> None:
    """The same machine cannot be two people: its keys are known already, also of somebody who left."""
    twin = make_person("twin")
    twin.items = [DIA.device.begin_identity(99)]
    twin.identity = begin(twin.items[0])
    twin.member, twin.devices = twin.identity.member, DIA.devices
    assert twin.member != DIA.member
    call.welcome(DIA)
    for _ in range(2):
        keys = call.invite(AMINA)
        assert refuse_entry(call, AMINA, admit(call, twin, via=keys), twin) is Problem.BAD_KEY
        if DIA.member in call.chain.roster.members:
            call.remove(AMINA, DIA)


def test_removal_needs_somebody_there_named_once_and_not_oneself(call: Space) -> None:
    assert refuse_entry(call, AMINA, e.Remove([DIA.member])) is Problem.BAD_TARGET
    assert refuse_entry(call, AMINA, e.Remove([AMINA.member])) is Problem.BAD_TARGET
    assert refuse_entry(call, AMINA, e.Remove([CHI.member, CHI.member])) is Problem.MALFORMED
    pair = sorted([BEN.member, CHI.member], reverse=True)
    assert refuse_entry(call, AMINA, e.Remove(pair)) is Problem.MALFORMED


def test_R01_a_removal_without_a_new_epoch_is_refused(call: Space) -> None:
    assert refuse_entry(call, AMINA, e.Remove([CHI.member])) is Problem.BAD_EPOCH


def test_a_role_must_change_and_its_author_stays_in(call: Space) -> None:
    call.welcome(DIA, "owner")
    same, out = e.NewRole(CHI.member, "member", None), e.NewRole(AMINA.member, "guest", END)
    for role in (same, out, e.NewRole(EVE.member, "chair", None)):
        assert refuse_entry(call, AMINA, e.SetRole([role])) is Problem.BAD_TARGET
    call.set_role(AMINA, AMINA, "member")
    assert call.chain.roster.members[AMINA.member].role == "member"


def test_M07_the_last_owner_stays() -> None:
    space = found(AMINA)
    space.welcome(BEN)
    lowered = e.SetRole([e.NewRole(AMINA.member, "member", None)])
    for change in (lowered, e.Leave(), e.Devices(AMINA.member, AMINA.head, [AMINA.device.id])):
        assert refuse_entry(space, AMINA, change) is Problem.LAST_OWNER
    space.welcome(CHI, "owner")
    space.leave(AMINA)
    assert [owner.member for owner in space.chain.roster.owners()] == [CHI.member]


def test_M07_the_last_owner_s_last_device_stays() -> None:
    amina = make_person("amina of two machines")
    second = amina.add_device()
    space = found(amina)
    both = sorted(device.id for device in amina.devices)
    assert refuse_entry(space, amina, e.Devices(amina.member, amina.head, both)) is Problem.LAST_OWNER
    space.name_devices(amina, amina, second)
    space.rotate(amina)
    amina.remove_device(amina.device, second)
    change = e.Devices(amina.member, amina.head, [second.id])
    assert refuse_entry(space, amina, change, amina) is Problem.LAST_OWNER


def test_M07_a_sheet_is_not_enough_of_an_owner() -> None:
    """A sheet cannot rotate: with it alone, a rotation that is due would never come."""
    amina = make_person("amina with a sheet")
    sheet = amina.add_device("sheet")
    space = found(amina)
    amina.remove_device(amina.device, sheet)
    change = e.Devices(amina.member, amina.head, [])
    assert refuse_entry(space, amina, change, amina, device=sheet) is Problem.LAST_OWNER
    new = amina.add_device(by=sheet)
    space.name_devices(amina, amina, device=sheet)
    space.enter(amina, e.Rotate(), device=new)
    assert not space.chain.roster.due


def test_a_claim_needs_more_than_half_of_all_but_guests(call: Space) -> None:
    call.welcome(DIA, "guest")
    call.welcome(EVE)
    call.claim(BEN, CHI)
    assert refuse_entry(call, BEN, e.Claim(CHI.member)) is Problem.DUPLICATE
    call.claim(CHI, CHI)
    assert call.chain.roster.members[CHI.member].role == "member"
    call.claim(EVE, CHI)
    assert call.chain.roster.members[CHI.member].role == "owner"
    assert not call.chain.roster.claims


def test_claims_for_different_people_do_not_add_up(call: Space) -> None:
    call.claim(BEN, BEN)
    call.claim(CHI, CHI)
    assert [owner.member for owner in call.chain.roster.owners()] == [AMINA.member]


def test_an_owner_s_entry_ends_all_claims_and_a_record_does_not(call: Space) -> None:
    """A record's bytes may be absent for some; whom the roster makes owner must not hang on them."""
    call.claim(BEN, CHI)
    call.write(CHI)
    call.write(AMINA)
    assert call.chain.roster.claims
    call.enter(AMINA, e.Relabel([AMINA.member]))
    assert not call.chain.roster.claims
    call.claim(BEN, CHI)


def test_a_claimant_who_leaves_takes_their_claim_along() -> None:
    call = open_call(AMINA, (BEN, "chair"), (CHI, "member"), (DIA, "member"))
    call.claim(CHI, DIA)
    call.leave(CHI)
    call.rotate(BEN)
    assert not call.chain.roster.claims


def test_relabel_names_people_once_and_in_order(call: Space) -> None:
    two = sorted([BEN.member, CHI.member])
    call.enter(AMINA, e.Relabel(two))
    assert refuse_entry(call, AMINA, e.Relabel(two[::-1])) is Problem.MALFORMED
    assert refuse_entry(call, AMINA, e.Relabel([DIA.member])) is Problem.BAD_TARGET


def test_the_server_that_signs_is_the_one_named_last(call: Space) -> None:
    before = call.chain.server
    call.enter(AMINA, e.Server(seed("new server")))
    assert call.chain.server == seed("new server") != before
    assert [seq for seq, _ in call.chain.servers] == [0, call.chain.next_seq - 1]


def test_rosters_follow_places_and_the_newest_is_last(call: Space) -> None:
    seqs = [seq for seq, _ in call.chain.rosters]
    assert all(a < b for a, b in pairwise(seqs))
    place = e.Seen(0, call.chain.heads[0])
    assert call.chain.roster_at(place).members.keys() == {AMINA.member}
