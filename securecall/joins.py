"""A join request: anyone can check it, only the invitee can make it (protocol 10; rows G02, G04)."""

from securecall import caps
from securecall.labels import Label
from securecall.rights import Role
from securecall.wire import Id, Verified, Wire, read


class JoinRequest(Wire, frozen=True):
    """Signed by the key that the invitation yields, over the joiner's own identity."""

    space: Id
    role: Role
    member: Id
    identity: Id


def read_join(data: bytes) -> Verified[JoinRequest]:
    """Open a join request; whose key it is, the caller compares. Raises: InvalidError."""
    return read(data, Label.JOIN, JoinRequest, caps.JOIN_BYTES)
