"""Grants: an epoch's key counts only if a signed entry committed to it (S04, S05, S06, M05, M06, M20, S39)."""

from collections.abc import Callable

import msgspec
import pytest

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError
from securecall.labels import Label, digest
from securecall.points import check_sealing
from securecall.wire import encode, read
from securecall_keys.author import Draft
from securecall_keys.context import GrantContext
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys
from securecall_keys.errors import BadGrantError, CannotOpenError, KeysError, MissingKeyError
from securecall_keys.keyring import Granted, GrantedKey, KeyRing, make_grant
from securecall_keys.labels import Labels
from securecall_keys.primitives import fresh, seal_to, sealing_public, unseal_from
from securecall_keys.secret import Secret
from tests.world import Person, Space, found, make_people, open_call, replay, seed

AMINA, BEN, CHI, GUEST = make_people(4)


def body_of(draft: Draft) -> e.EntryBody:
    return read(draft.item, Label.ENTRY, e.Entry, caps.ENTRY_BYTES).value.body


class Moment:
    """A rotation that is in the chain, before Ben's device has opened its grant."""

    def __init__(self, space: Space, person: Person) -> None:
        self.draft = space.draft(space.founder, e.Rotate())
        self.body = body_of(self.draft)
        space.take(self.draft)
        self.chain, self.device = space.chain, person.device
        self.line = next(line for line in self.body.grants if line.device == self.device.id)
        self.context = space.context(self.body, self.line)
        self.ring = KeyRing(space.id, self.device)
        self.sealing = space.chain.roster.members[person.member].devices()[0].sealing

    def take(self, box: bytes) -> None:
        """Open these bytes as the grant, its digest signed."""
        line = e.GrantLine(self.line.device, self.line.kind, digest(Label.GRANT, box))
        self.ring.take_grant(box, line, self.context, self.chain)

    def refuse(self, box: bytes, error: type[KeysError] = BadGrantError) -> None:
        """See that these bytes are refused and nothing is held."""
        with pytest.raises(error):
            self.take(box)
        assert not self.ring.holds(self.body.start.epoch if self.body.start else 0)

    def change_context(self, **fields: object) -> GrantContext:
        return msgspec.structs.replace(self.context, **fields)

    def seal(self, *keys: tuple[int, bytes], context: GrantContext | None = None) -> bytes:
        """A grant of these bytes, made by anyone who knows Ben's public key."""
        granted = Granted([GrantedKey(epoch, key) for epoch, key in keys])
        return seal_to(self.sealing, encode(granted), context or self.context)


@pytest.fixture
def space() -> Space:
    return open_call(AMINA, (BEN, "member"), (GUEST, "guest"))


@pytest.fixture
def moment(space: Space) -> Moment:
    return Moment(space, BEN)


def test_an_honest_grant_is_taken(moment: Moment) -> None:
    box = moment.draft.grants[moment.device.id]
    moment.ring.take_grant(box, moment.line, moment.context, moment.chain)
    assert moment.ring.epoch(moment.chain.epoch).commit() == moment.chain.commits[moment.chain.epoch]


def test_S04_a_grant_that_the_server_made_is_refused(moment: Moment) -> None:
    box = moment.seal((moment.chain.epoch, fresh().expose()))
    with pytest.raises(BadGrantError):
        moment.ring.take_grant(box, moment.line, moment.context, moment.chain)
    moment.refuse(box)


def test_S05_so_is_one_for_an_empty_space() -> None:
    space = found(AMINA)
    body = read(space.places[0].item, Label.ENTRY, e.Entry, caps.ENTRY_BYTES).value.body
    line, ring = body.grants[0], KeyRing(space.id, AMINA.device)
    context = space.context(body, line)
    sealing = space.chain.roster.members[AMINA.member].devices()[0].sealing
    forged = EpochKeys.from_seed(space.id, 0, fresh())
    box = make_grant(sealing, context, [forged])
    with pytest.raises(BadGrantError):
        ring.take_grant(box, line, context, space.chain)
    signed = e.GrantLine(line.device, line.kind, digest(Label.GRANT, box))
    with pytest.raises(BadGrantError):
        ring.take_grant(box, signed, context, space.chain)
    assert ring.epochs() == []


def test_S06_an_old_genuine_grant_does_not_serve_a_new_epoch(space: Space) -> None:
    old = Moment(space, BEN)
    genuine = old.draft.grants[old.device.id]
    new = Moment(space, BEN)
    with pytest.raises(BadGrantError):
        new.ring.take_grant(genuine, new.line, new.context, new.chain)
    new.refuse(genuine, CannotOpenError)
    old_key = space.ring(BEN.device).epoch(old.chain.epoch - 1)
    assert old_key.seed is not None
    new.refuse(new.seal((new.chain.epoch, old_key.seed.expose())))


def test_S06_an_old_key_under_its_own_number_gives_no_new_epoch(space: Space) -> None:
    """A rotator who grants the last epoch again has not granted the running one, and is told so."""
    moment = Moment(space, BEN)
    old = space.ring(BEN.device).epoch(moment.chain.epoch - 1)
    assert old.seed is not None
    moment.refuse(moment.seal((old.epoch, old.seed.expose())))


def test_M05_split_grants_are_found_by_whoever_has_the_other_key(moment: Moment) -> None:
    moment.refuse(moment.seal((moment.chain.epoch, seed("key B"))))


def test_M05_a_guest_s_key_is_committed_to_as_well(space: Space) -> None:
    moment = Moment(space, GUEST)
    assert moment.line.kind == "everyone"
    moment.refuse(moment.seal((moment.chain.epoch, seed("key B"))))
    moment.ring.take_grant(moment.draft.grants[moment.device.id], moment.line, moment.context, moment.chain)
    keys = moment.ring.epoch(moment.chain.epoch)
    with pytest.raises(MissingKeyError):
        keys.record_key("allies")
    with pytest.raises(MissingKeyError):
        keys.entry_key("allies")


def test_G06_what_a_guest_is_granted_is_no_seed(space: Space) -> None:
    moment = Moment(space, GUEST)
    keys = space.ring(GUEST.device).epoch(moment.chain.epoch)
    assert keys.seed is None
    with pytest.raises(MissingKeyError):
        make_grant(moment.sealing, moment.change_context(kind="seed"), [keys])
    with pytest.raises(MissingKeyError):
        space.ring(GUEST.device).to_link(moment.chain.epoch)


def test_R01_a_grant_of_an_epoch_the_chain_does_not_have_is_refused(moment: Moment) -> None:
    moment.refuse(moment.seal((99, fresh().expose())))


GARBAGE: dict[str, Callable[[Moment], bytes]] = {
    "noise": lambda _: bytes(1200),
    "empty": lambda _: b"",
    "to another device": lambda moment: seal_to(other_sealing(), b"x", moment.context),
    "no keys": lambda moment: seal_to(moment.sealing, encode([[]]), moment.context),
    "no grant": lambda moment: seal_to(moment.sealing, b"\xc1", moment.context),
    "a key of 31 bytes": lambda moment: seal_to(moment.sealing, encode([[[1, bytes(31)]]]), moment.context),
    "too many keys": lambda moment: seal_to(
        moment.sealing, encode([[[1, bytes(32)]] * (caps.GRANT_BYTES // 64 + 1)]), moment.context
    ),
}


def other_sealing() -> bytes:
    """Chi's public sealing key."""
    return CHI.identity.devices[CHI.device.id].sealing


@pytest.mark.parametrize("case", GARBAGE)
def test_M06_a_grant_of_garbage_is_told_from_one_the_server_changed(moment: Moment, case: str) -> None:
    box = GARBAGE[case](moment)
    moment.refuse(box, CannotOpenError)
    with pytest.raises(BadGrantError):
        moment.ring.take_grant(box, moment.line, moment.context, moment.chain)


FIELDS: dict[str, object] = {
    "space": seed("other space"),
    "epoch": 9,
    "previous": seed("other entry"),
    "commit": seed("other commit"),
    "member": seed("other member"),
    "device": seed("other device"),
    "kind": "everyone",
}


@pytest.mark.parametrize("field", FIELDS)
def test_S12_S42_M20_a_grant_is_bound_to_its_whole_context(moment: Moment, field: str) -> None:
    key = space_key(moment)
    box = moment.seal((moment.chain.epoch, key), context=moment.change_context(**{field: FIELDS[field]}))
    moment.refuse(box, CannotOpenError)
    moment.take(moment.seal((moment.chain.epoch, key)))


def space_key(moment: Moment) -> bytes:
    """The true seed, from the honest grant."""
    ring = KeyRing(moment.chain.space, moment.device)
    ring.take_grant(moment.draft.grants[moment.device.id], moment.line, moment.context, moment.chain)
    secret = ring.epoch(moment.chain.epoch).seed
    assert secret is not None
    return secret.expose()


def test_S16_a_grant_opens_whole_or_not_at_all(moment: Moment) -> None:
    box = moment.draft.grants[moment.device.id]
    for at in (0, 500, 1087, 1088, 1119, 1120, len(box) - 17, len(box) - 1):
        spoilt = bytearray(box)
        spoilt[at] ^= 1
        moment.refuse(bytes(spoilt), CannotOpenError)
    moment.refuse(box[:-1], CannotOpenError)
    moment.refuse(box + b"\x00", CannotOpenError)


def test_M06_a_bad_grant_does_not_spoil_a_key_that_is_held(space: Space) -> None:
    moment = Moment(space, BEN)
    honest = moment.draft.grants[moment.device.id]
    moment.ring.take_grant(honest, moment.line, moment.context, moment.chain)
    with pytest.raises(BadGrantError):
        moment.take(moment.seal((moment.chain.epoch, fresh().expose())))
    assert moment.ring.epoch(moment.chain.epoch).commit() == moment.chain.commits[moment.chain.epoch]


def test_S01_grants_are_sealed_to_the_keys_in_the_verified_chain_alone(space: Space) -> None:
    moment = Moment(space, BEN)
    assert moment.sealing == BEN.identity.devices[BEN.device.id].sealing
    thief = KeyRing(space.id, CHI.device)
    with pytest.raises(CannotOpenError):
        thief.take_grant(moment.draft.grants[BEN.device.id], moment.line, moment.context, moment.chain)


def test_R01_who_was_removed_opens_nothing_written_afterwards_with_all_they_have(space: Space) -> None:
    seized = space.rings[BEN.device.id]
    draft = space.draft(AMINA, e.Remove([BEN.member]))
    space.take(draft)
    body = body_of(draft)
    assert BEN.device.id not in draft.grants
    for line in body.grants:
        context = space.context(body, line)
        with pytest.raises(KeysError):
            seized.take_grant(draft.grants[line.device], line, context, space.chain)
    assert body.start is not None
    seized.take_links(body.start, space.chain)
    assert not seized.holds(space.chain.epoch)
    with pytest.raises(MissingKeyError):
        seized.epoch(space.chain.epoch)


def test_R06_S34_two_drafts_of_one_entry_share_no_key_and_no_grant(space: Space) -> None:
    first, second = space.draft(AMINA, e.Rotate()), space.draft(AMINA, e.Rotate())
    assert not set(first.grants.values()) & set(second.grants.values())


RELABEL = e.Relabel([AMINA.member])


def test_an_author_without_the_running_key_makes_no_entry(space: Space) -> None:
    author = AMINA.author()
    with pytest.raises(MissingKeyError):
        author.entry(space.chain, KeyRing(space.id, AMINA.device), e.Rotate(), 1)
    with pytest.raises(MissingKeyError):
        author.entry(space.chain, KeyRing(space.id, AMINA.device), RELABEL, 1, labels=Labels(b"Amina", b"Amina"))


def test_S36_an_entry_that_needs_no_key_says_and_grants_nothing(space: Space) -> None:
    me = space.chain.roster.members[AMINA.member]
    same = e.Devices(me.member, me.identity.head, [])
    draft = AMINA.author().entry(space.chain, KeyRing(space.id, AMINA.device), same, 1)
    entry = read(draft.item, Label.ENTRY, e.Entry, len(draft.item)).value
    assert (entry.sealed, entry.body.grants, entry.body.start) == (e.Sealed(b"", b""), [], None)


def test_S36_a_refused_change_makes_no_bytes(space: Space) -> None:
    with pytest.raises(InvalidError):
        space.draft(BEN, e.Destroy())
    assert replay(space).head == space.chain.head


def test_keys_say_nothing_of_themselves(space: Space) -> None:
    ring = space.ring(AMINA.device)
    shown = repr(ring) + repr(ring.epochs()) + repr(ring.epoch(0).seed) + repr(DeviceKeys(Secret(seed("d"))))
    secret = ring.epoch(0).seed
    assert secret is not None
    assert secret.expose().hex() not in shown
    assert repr(secret.expose())[2:-1] not in shown


_SEED = seed("a device that is granted to")
_CONTEXT = GrantContext(bytes(32), 0, bytes(32), bytes(32), bytes(32), bytes(32), "seed")
HPKE = 1_120 + 16
"""Bytes of a box beyond what it holds: ML-KEM ciphertext and ephemeral X25519 key, then the tag."""
_MLKEM = 1_088
HALVES = {
    "without the ML-KEM half": lambda box: box[_MLKEM:],
    "without the X25519 half": lambda box: box[:_MLKEM] + box[_MLKEM + 32 :],
    "with an ML-KEM half of zeros": lambda box: bytes(_MLKEM) + box[_MLKEM:],
    "with an X25519 half of zeros": lambda box: box[:_MLKEM] + bytes(32) + box[_MLKEM + 32 :],
    "with the ML-KEM half of another grant": lambda box: seal_to(_public(), b"x", _CONTEXT)[:_MLKEM] + box[_MLKEM:],
}


def _public() -> bytes:
    return sealing_public(Secret(_SEED))


def test_N06_every_grant_of_every_kind_of_change_is_of_the_hybrid_suite(space: Space) -> None:
    """32 bytes are sealed to 1,168; and a grant is never shorter than its two encapsulated keys and what it holds."""
    assert len(seal_to(_public(), bytes(32), _CONTEXT)) == HPKE + 32 == 1_168
    space.name_devices(AMINA, AMINA)
    space.rotate(BEN)
    space.set_role(AMINA, BEN, "guest")
    space.set_role(AMINA, BEN, "member")
    boxes = [box for place in space.places for box in place.grants.values()]
    held = {len(encode(Granted([GrantedKey(epoch, bytes(32))] * keys))) for epoch in range(9) for keys in range(1, 9)}
    assert len(boxes) > 8
    assert {len(box) - HPKE for box in boxes} <= held


@pytest.mark.parametrize("name", HALVES)
def test_N06_a_grant_of_which_one_half_is_stripped_opens_nothing(name: str) -> None:
    box = seal_to(_public(), b"a seed", _CONTEXT)
    assert unseal_from(Secret(_SEED), box, _CONTEXT) == b"a seed"
    with pytest.raises(CannotOpenError):
        unseal_from(Secret(_SEED), HALVES[name](box), _CONTEXT)


def test_N06_a_sealing_key_of_one_half_is_no_key() -> None:
    for half in (_public()[:1_184], _public()[1_184:], _public()[:1_184] + bytes(32)):
        with pytest.raises(InvalidError):
            check_sealing(half)
