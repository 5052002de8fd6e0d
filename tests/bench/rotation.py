"""Making one whole rotation, beside a bare loop of the library's HPKE for as many public keys."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite

from securecall import entries as e
from securecall_keys.invitation import InvitationKeys
from securecall_keys.secret import Secret
from tests.bench.measure import Plan, Rounds, Sample, seconds
from tests.world import END, Space, found, make_people, seed

FLOOR = "HPKE to as many keys"
SIZES = (30, 160, 1_000)
TOGETHER = 50
"""People admitted by one entry, so that it stays within its cap."""
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
MLKEM_PUBLIC = 1_184
GRANT = bytes(38)
"""As long as what a grant holds."""
INFO = bytes(220)
"""As long as a grant's context."""


async def rotation(plan: Plan) -> Rounds:
    """Rounds of rotations: the entry with its grants, made and not sent; 30 are made several times in a row."""
    sizes = plan.pick(SIZES, SIZES[:2])
    spaces = {size: make_space(size) for size in sizes}
    while True:
        yield [_sample(spaces[size], max(1, 300 // size)) for size in sizes]


def make_space(size: int) -> Space:
    """A coalition of ``size`` people with a device each."""
    founder, *people = make_people(size)
    space = found(founder)
    for at in range(0, len(people), TOGETHER):
        together = people[at : at + TOGETHER]
        keys = [InvitationKeys(space.id, Secret(seed("invited", at + n)[:16])) for n in range(len(together))]
        invitees = [e.Invitee(key.public, "member", END, b"") for key in keys]
        space.enter(founder, e.Invite(sorted(invitees, key=lambda invitee: invitee.key)))
        admissions = [space.admission(person, "member", key) for person, key in zip(together, keys, strict=True)]
        space.enter(founder, e.Admit(admissions), *together)
    return space


def _sample(space: Space, times: int) -> Sample:
    founder = space.founder
    devices = len(space.chain.roster.recipients())
    public = [device.sealing for member in space.chain.roster.members.values() for device in member.devices()]
    ours = _each(times, lambda: space.draft(founder, e.Rotate()))
    bare = _each(times, lambda: [seal_bare(key) for key in public])
    return Sample(f"rotate for {devices:,} devices", "ms", FLOOR, ours * 1000, bare * 1000)


def _each(times: int, work: Callable[[], object]) -> float:
    """Seconds that one of ``times`` in a row takes."""
    return seconds(lambda: [work() for _ in range(times)]) / times


def seal_bare(public: bytes) -> bytes:
    """One seal by the library alone, from the bytes of a key that came by mail."""
    mlkem, x25519 = public[:MLKEM_PUBLIC], public[MLKEM_PUBLIC:]
    key = MLKEM768X25519PublicKey(MLKEM768PublicKey.from_public_bytes(mlkem), X25519PublicKey.from_public_bytes(x25519))
    return SUITE.encrypt(GRANT, key, info=INFO)
