"""The whole table of rights, every role and target, driven through real entries and records (M07, R03).

The table below is written from the protocol's table of rights and not from the code: owner (O), chair (C), member
(M) and guest (G) act upon O, C, M, G, themselves (S) or the space (-).
"""

from collections.abc import Callable
from itertools import product
from typing import get_args

import pytest

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.rights import TABLE, Action, Role, Target, may
from securecall.wire import decode, encode
from securecall_keys.invitation import InvitationKeys
from securecall_keys.secret import Secret
from tests.world import (
    END,
    Person,
    Space,
    found,
    make_blob,
    make_people,
    open_call,
    refuse_entry,
    refuse_record,
    replace_in,
    seed,
)

ROLES: tuple[Role, ...] = get_args(Role)
LETTERS: dict[str, Target] = {
    "O": "owner", "C": "chair", "M": "member", "G": "guest", "S": "self", "-": "space",
}  # fmt: skip
MAY = {
    Action.INVITE: "O:OCMG C:MG",
    Action.REVOKE_INVITE: "O:OCMG C:MG",
    Action.ADMIT: "O:OCMG C:MG",
    Action.REMOVE: "O:OCMG C:MG M:G",
    Action.SET_ROLE: "O:OCMG",
    Action.DEVICES: "O:S C:S M:S G:S",
    Action.BAR: "O:OCMGS C:MGS M:G",
    Action.ROTATE: "O:- C:- M:-",
    Action.RELABEL: "O:OCMGS C:OCMGS M:S G:S",
    Action.LEAVE: "O:S C:S M:S G:S",
    Action.CLAIM: "O:OCMS C:OCMS M:OCMS",
    Action.SERVER: "O:-",
    Action.DESTROY: "O:-",
    Action.WRITE_EVERYONE: "O:- C:- M:- G:-",
    Action.WRITE_ALLIES: "O:- C:- M:-",
    Action.DROP: "O:OCMGS C:OCMGS M:S G:S",
    Action.CREATE_TEAM: "O:-",
    Action.CREATE_CALL: "O:- C:-",
    Action.CREATE_PAIR: "O:- C:- M:-",
}


def allowed(role: Role, action: Action, target: Target) -> bool:
    """What the protocol says."""
    rows = dict(part.split(":") for part in MAY[action].split())
    letter = next(key for key, name in LETTERS.items() if name == role)
    return target in {LETTERS[key] for key in rows.get(letter, "")}


CELLS = list(product(ROLES, Action, get_args(Target)))


@pytest.mark.parametrize("role", ROLES)
def test_M07_the_table_is_the_design_s(role: Role) -> None:
    assert set(TABLE) == set(MAY) == set(Action)
    wrong = [c for c in CELLS if c[0] == role and may(*c) is not allowed(*c)]
    assert wrong == []


PEOPLE = make_people(9)
NEWCOMER = PEOPLE.pop()


class Cast:
    """A call with two people of each role: whoever acts, and somebody else of any role to act upon."""

    def __init__(self) -> None:
        self.of = {role: (PEOPLE[2 * n], PEOPLE[2 * n + 1]) for n, role in enumerate(ROLES)}
        owner = self.of["owner"][0]
        others = [(person, role) for role in ROLES for person in self.of[role] if person is not owner]
        self.space = open_call(owner, *others)

    def pair(self, role: Role, target: Target) -> tuple[Person, Person]:
        """Who acts, and upon whom."""
        by = self.of[role][0]
        return by, by if target in ("self", "space") else self.of[_role(target)][1]


@pytest.fixture(scope="module")
def cast() -> Cast:
    return Cast()


def invitation(role: Role) -> InvitationKeys:
    return InvitationKeys(bytes(32), Secret(seed("rights", role)[:16]))


def lower(role: Role) -> Role:
    return "member" if role != "member" else "chair"


Make = Callable[[Person, Target], e.Change]
CHANGES: dict[Action, tuple[Make, str]] = {
    Action.INVITE: (
        lambda _, t: e.Invite([e.Invitee(invitation(_role(t)).public, _role(t), END, b"")]),
        "OCMG",
    ),
    Action.REMOVE: (lambda on, _: e.Remove([on.member]), "OCMG"),
    Action.SET_ROLE: (
        lambda on, t: e.SetRole([e.NewRole(on.member, lower(_role(t)), None)]),
        "OCMG",
    ),
    Action.DEVICES: (lambda on, _: e.Devices(on.member, on.head, []), "OCMGS"),
    Action.BAR: (lambda on, _: e.Devices(on.member, on.head, [on.device.id]), "OCMGS"),
    Action.ROTATE: (lambda *_: e.Rotate(), "-"),
    Action.RELABEL: (lambda on, _: e.Relabel([on.member]), "OCMGS"),
    Action.LEAVE: (lambda *_: e.Leave(), "S"),
    Action.CLAIM: (lambda on, _: e.Claim(on.member), "OCMGS"),
    Action.SERVER: (lambda *_: e.Server(seed("server")), "-"),
    Action.DESTROY: (lambda *_: e.Destroy(), "-"),
}


def _role(target: Target) -> Role:
    assert target in ROLES
    return target


ENTRY_CELLS = [
    (role, action, LETTERS[letter]) for action, (_, letters) in CHANGES.items() for role in ROLES for letter in letters
]


@pytest.mark.parametrize(("role", "action", "target"), ENTRY_CELLS)
def test_M07_every_right_is_judged_where_an_entry_is_made(
    cast: Cast, role: Role, action: Action, target: Target
) -> None:
    by, on = cast.pair(role, target)
    change = CHANGES[action][0](on, target)
    expect(cast.space, by, change, None if allowed(role, action, target) else Problem.NO_RIGHT)


def expect(space: Space, by: Person, change: e.Change, problem: Problem | None, *about: Person) -> None:
    """See what the chain says to a change: nothing, once honestly made; or the problem, once forged."""
    if problem is not None:
        assert refuse_entry(space, by, change, *about) is problem
        return
    news = [item for person in about for item in person.news(space.chain)]
    draft = space.draft(by, change, identities=news)
    space.chain.check(0, draft.item, draft.identities)


@pytest.mark.parametrize(("role", "target"), list(product(ROLES, ROLES)))
def test_M07_admission_and_revocation_by_role(role: Role, target: Role) -> None:
    cast = Cast()
    space, by = cast.space, cast.of[role][0]
    keys = space.invite(cast.of["owner"][0], target)
    space.meet(NEWCOMER)
    for action, change, about in (
        (Action.ADMIT, e.Admit([space.admission(NEWCOMER, target, keys)]), (NEWCOMER,)),
        (Action.REVOKE_INVITE, e.RevokeInvite([keys.public]), ()),
    ):
        expect(space, by, change, None if allowed(role, action, target) else Problem.NO_RIGHT, *about)


@pytest.mark.parametrize("role", ROLES)
def test_M07_who_writes_for_whom(cast: Cast, role: Role) -> None:
    space, by = cast.space, cast.of[role][0]
    everyone = space.seal(by, space.header(by, "everyone"))
    space.chain.check(1, everyone)
    if role == "guest":
        assert refuse_record(space, by, circle="allies") is Problem.NO_RIGHT
    else:
        space.chain.check(2, space.seal(by, space.header(by, "allies")))


def test_M07_who_drops_whose_blobs() -> None:
    cast = Cast()
    space, blobs = cast.space, {}
    for role in ROLES:
        for person in cast.of[role]:
            blobs[person.member] = make_blob(person.name)
            space.write(person, circle="everyone", blobs=[blobs[person.member]])
    targets: tuple[Target, ...] = (*ROLES, "self")
    for role, target in product(ROLES, targets):
        by, on = cast.pair(role, target)
        header = replace_in(space.header(by, "everyone"), drops=[blobs[on.member].blob])
        item = space.seal(by, header)
        if allowed(role, Action.DROP, target):
            space.chain.check(1, item)
        else:
            with pytest.raises(InvalidError) as caught:
                space.chain.check(1, item)
            assert caught.value.problem is Problem.NO_RIGHT


UNDER: dict[Action, e.SpaceKind] = {
    Action.CREATE_TEAM: "team",
    Action.CREATE_CALL: "call",
    Action.CREATE_PAIR: "pair",
}


@pytest.mark.parametrize(("role", "action"), list(product(ROLES, UNDER)))
def test_M07_who_begins_a_space_under_another(cast: Cast, role: Role, action: Action) -> None:
    by = cast.of[role][0]
    if allowed(role, action, "space"):
        assert found(by, UNDER[action], cast.space).chain.kind == UNDER[action]
    else:
        with pytest.raises(InvalidError) as caught:
            found(by, UNDER[action], cast.space)
        assert caught.value.problem is Problem.NO_RIGHT


def test_R03_a_right_is_that_of_the_place_and_not_of_before(cast: Cast) -> None:
    fresh = Cast()
    owner, other = fresh.of["owner"]
    fresh.space.set_role(owner, other, "member")
    expect(fresh.space, other, e.SetRole([e.NewRole(other.member, "owner", None)]), Problem.NO_RIGHT)
    expect(fresh.space, other, e.Rotate(), None)


def test_M07_a_role_is_one_of_four_words() -> None:
    for word in ("secretariat ", "Owner", "owner ", "", "owner\x00"):
        with pytest.raises(InvalidError):
            decode(encode([bytes(32), word, None]), e.NewRole, 100)
    assert decode(encode([bytes(32), "owner", None]), e.NewRole, 100).role == "owner"
