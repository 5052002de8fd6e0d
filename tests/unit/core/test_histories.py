"""Random valid histories, and everything that can be done to them on the way (S07, S08, S11, S16, S28, R01).

A history is played by honest people from a list of numbers. A fresh replica that pins the final head accepts it
whole; it never reaches that head by any other sequence, and refuses with InvalidError alone.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securecall import caps
from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.errors import InvalidError, ParentBehindError, Problem
from securecall.labels import Label
from securecall.rights import Role
from securecall.wire import Signed, decode
from securecall_keys.errors import MissingKeyError
from tests.world import Person, Place, Space, found, make_blob, make_person, open_call, picture, replay, sign_anything

pytestmark = pytest.mark.slow

ROLES: tuple[Role, ...] = ("owner", "chair", "member", "guest")


class Play:
    """One call, and people who do what the numbers say, as far as the rules let them."""

    def __init__(self) -> None:
        self.people = [make_person(f"player {n}") for n in range(6)]
        owner, second, third, guest = self.people[:4]
        self.space = open_call(owner, (second, "chair"), (third, "member"), (guest, "guest"))
        self.done: list[str] = []
        """What was done; an admission may stop after its invitation."""

    def step(self, number: int) -> None:
        """Do one thing: the verb by the number, and by and to the first people for whom the rules allow it."""
        verbs = sorted(name for name in vars(Play) if name.startswith("do_"))
        self.rotate_where_due()
        number, verb = divmod(number, len(verbs))
        act: Callable[[Person, Person, int], object] = getattr(self, verbs[verb])
        for shift in range(number, number + 36):
            before = picture(self.space.chain)
            try:
                act(self.people[shift % 6], self.people[shift // 6 % 6], number)
            except (InvalidError, MissingKeyError):
                assert picture(self.space.chain) == before or verbs[verb] == "do_admit"
            else:
                self.done.append(verbs[verb])
                return

    def rotate_where_due(self) -> None:
        """Let the first device that may end what is due."""
        for person in self.people:
            for device in person.devices:
                if not self.space.chain.destroyed and self.space.chain.roster.due:
                    with suppress(InvalidError, MissingKeyError):
                        self.space.enter(person, e.Rotate(), device=device)

    def do_admit(self, by: Person, on: Person, number: int) -> None:
        if on.member in self.space.chain.roster.members:
            raise InvalidError(Problem.BAD_TARGET, "here already")
        self.space.welcome(on, ROLES[number % 4], by)

    def do_bar(self, by: Person, on: Person, number: int) -> None:
        self.space.name_devices(by, on, *on.devices[: number % 2 + 1])

    def do_claim(self, by: Person, on: Person, number: int) -> None:
        self.space.claim(by, on)

    def do_destroy(self, by: Person, on: Person, number: int) -> None:
        if number % 4 == 0 and len(self.done) > 6:
            self.space.destroy(by)
        else:
            self.space.rotate(by)

    def do_device(self, by: Person, on: Person, number: int) -> None:
        if by.member not in self.space.chain.roster.members:
            raise InvalidError(Problem.NOT_A_MEMBER, "not here")
        if len(by.identity.live()) < 3:
            by.add_device("sheet" if number % 4 == 0 else "computer")
        elif number % 2:
            by.remove_device(by.devices[-1])
        self.space.name_devices(by, by)

    def do_invite(self, by: Person, on: Person, number: int) -> None:
        self.space.invite(by, ROLES[number % 4])

    def do_leave(self, by: Person, on: Person, number: int) -> None:
        self.space.leave(by)

    def do_relabel(self, by: Person, on: Person, number: int) -> None:
        self.space.enter(by, e.Relabel([on.member]))

    def do_remove(self, by: Person, on: Person, number: int) -> None:
        self.space.remove(by, on)

    def do_revoke(self, by: Person, on: Person, number: int) -> None:
        keys = sorted(self.space.chain.invitations.keys())[:1]
        self.space.enter(by, e.RevokeInvite(keys) if keys else e.Relabel([by.member]))

    def do_role(self, by: Person, on: Person, number: int) -> None:
        self.space.set_role(by, on, ROLES[number % 4])

    def do_rotate(self, by: Person, on: Person, number: int) -> None:
        self.space.rotate(by)

    def do_server(self, by: Person, on: Person, number: int) -> None:
        self.space.enter(by, e.Server(bytes([number % 256]) * 32))

    def do_write(self, by: Person, on: Person, number: int) -> None:
        self.space.write(by, b"text")

    def do_write_everyone(self, by: Person, on: Person, number: int) -> None:
        self.space.write(by, b"text", "everyone", blobs=[make_blob(self.space.chain.next_seq)])

    def do_drop(self, by: Person, on: Person, number: int) -> None:
        self.space.write(by, drops=sorted(set(self.space.chain.blobs) - self.space.chain.dropped)[:1])


histories = st.lists(st.integers(0, (1 << 20) - 1), min_size=5, max_size=15)


def play(numbers: Sequence[int]) -> Space:
    """The space after a history."""
    made = Play()
    for number in numbers:
        made.step(number)
    return made.space


def reaches(space: Space, places: Sequence[Place]) -> bool:
    """Whether a fresh replica accepts ``places`` and stands at the pinned final head; or refuses."""
    try:
        return replay(space, places).head == space.chain.head
    except InvalidError:
        return False


def refused(space: Space, before: int, place: Place) -> bool:
    """Whether a replica of the first ``before`` places refuses ``place`` there, and is as it was."""
    chain = replay(space, space.places[:before])
    was = picture(chain)
    try:
        chain.append(place.kind, place.item, place.identities)
    except InvalidError:
        return picture(chain) == was
    return False


@settings(max_examples=20)
@given(numbers=histories)
def test_an_honest_history_is_verified_and_every_ring_opens_what_is_its_own(numbers: list[int]) -> None:
    space = play(numbers)
    assert reaches(space, space.places)
    assert replay(space).roster == space.chain.roster
    for device, kind in space.chain.roster.recipients().items():
        ring, member = space.rings[device], next(
            m for m in space.chain.roster.members.values() if m.device(device)
        )  # fmt: skip
        held = [keys.epoch for keys in ring.epochs()]
        if space.chain.roster.due:
            continue
        assert ring.epoch(space.chain.epoch).commit() == space.chain.commits[space.chain.epoch]
        if kind == "seed":
            assert held == list(range(space.chain.epoch + 1))
        else:
            assert set(range(member.since, space.chain.epoch + 1)) <= set(held)


@settings(max_examples=8)
@given(numbers=histories)
def test_S11_no_deletion_swap_or_duplicate_reaches_the_pinned_head(numbers: list[int]) -> None:
    space = play(numbers)
    places = space.places
    for at in range(len(places)):
        assert not reaches(space, places[:at] + places[at + 1 :])
        assert not reaches(space, places[: at + 1] + places[at:])
        if at:
            swapped = [*places[: at - 1], places[at], places[at - 1], *places[at + 1 :]]
            assert not reaches(space, swapped)


@settings(max_examples=8)
@given(numbers=histories, at=st.integers(0, 1 << 16))
def test_S11_every_duplicate_is_refused_wherever_it_is_put(numbers: list[int], at: int) -> None:
    space = play(numbers)
    again = space.places[at % len(space.places)]
    for before in range(at % len(space.places) + 1, len(space.places) + 1):
        assert refused(space, before, again)


@settings(max_examples=8)
@given(numbers=histories)
def test_S11_every_foreign_item_is_refused_wherever_it_is_put(numbers: list[int]) -> None:
    space, other = play(numbers), found(make_person("player 0"))
    other.write(other.founder)
    twin = play(numbers)
    for before in range(1, len(space.places) + 1):
        for foreign in (*other.places, *twin.places[-2:]):
            assert refused(space, before, foreign)


@settings(max_examples=40)
@given(numbers=histories, at=st.integers(0, 1 << 16), bit=st.integers(0, 1 << 20))
def test_S16_every_bit_of_every_item_and_identity_counts(numbers: list[int], at: int, bit: int) -> None:
    space = play(numbers[:6])
    seq = at % len(space.places)
    place = space.places[seq]
    assert refused(space, seq, replace(place, item=flip(place.item, bit)))
    for n in range(len(place.identities)):
        identities = list(place.identities)
        identities[n] = flip(identities[n], bit)
        assert refused(space, seq, replace(place, identities=tuple(identities)))


def flip(data: bytes, bit: int) -> bytes:
    """``data`` with one bit turned."""
    flipped = bytearray(data)
    flipped[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(flipped)


@settings(max_examples=8)
@given(numbers=histories)
def test_S11_another_class_or_other_identities_are_refused(numbers: list[int]) -> None:
    space = play(numbers)
    spare = make_person("spare").items[0]
    for seq, place in enumerate(space.places):
        for kind in {0, 1, 2, 3} - {place.kind}:
            assert refused(space, seq, replace(place, kind=kind))
        assert refused(space, seq, replace(place, identities=(*place.identities, spare)))
        for n in range(len(place.identities)):
            less = place.identities[:n] + place.identities[n + 1 :]
            assert refused(space, seq, replace(place, identities=less))
        if len(place.identities) > 1:
            assert refused(space, seq, replace(place, identities=place.identities[::-1]))


@settings(max_examples=40)
@given(
    numbers=histories,
    at=st.integers(0, 1 << 16),
    edits=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=4),
    cut=st.integers(0, 20),
)
def test_S28_payloads_that_a_member_spoils_and_signs_are_refused_in_one_way(
    numbers: list[int], at: int, edits: list[tuple[int, int]], cut: int
) -> None:
    """A member signs bytes near an honest payload: refused as InvalidError, or by luck an item of their own."""
    space = play(numbers[:5])
    seq = at % len(space.places)
    place = space.places[seq]
    label = Label.ENTRY if place.kind == 0 else Label.RECORD
    payload = bytearray(decode(place.item, Signed, caps.ENTRY_BYTES).payload)
    for where, value in edits:
        payload[where % len(payload)] = value
    item = resign(space, place, bytes(payload[: len(payload) - cut]), label)
    chain = replay(space, space.places[:seq])
    was = picture(chain)
    try:
        chain.append(place.kind, item, place.identities)
    except (InvalidError, ParentBehindError):
        assert picture(chain) == was


def resign(space: Space, place: Place, payload: bytes, label: Label) -> bytes:
    """``payload`` signed by the device that signed ``place``."""
    key = decode(place.item, Signed, caps.ENTRY_BYTES).key
    device = space.devices[key]
    return sign_anything(device._signing.expose(), label, payload)  # a member's own machine can


def test_S07_a_prefix_is_valid_and_is_not_the_pinned_head() -> None:
    space = play([3, 14, 15, 92, 65])
    for end in range(len(space.places)):
        assert not reaches(space, space.places[:end])


def test_S08_two_valid_branches_are_told_apart_by_one_item_of_the_other() -> None:
    space = play([])
    amina = space.founder
    left, right = space.draft(amina, e.Rotate()), space.draft(amina, e.Rotate())
    ours, theirs = replay(space), replay(space)
    ours.append(0, left.item)
    theirs.append(0, right.item)
    space.take(right)
    crossing = space.seal(amina, space.header(amina))
    theirs.append(2, crossing)
    with pytest.raises(InvalidError) as caught:
        ours.append(2, crossing)
    assert caught.value.problem is Problem.BAD_SEEN


@settings(max_examples=100)
@given(kind=st.integers(-1, 4), item=st.binary(max_size=300), identities=st.lists(st.binary(max_size=50), max_size=2))
def test_M12_random_bytes_are_refused_in_one_way(kind: int, item: bytes, identities: list[bytes]) -> None:
    with pytest.raises(InvalidError):
        SpaceChain(bytes(32)).append(kind, item, identities)
