"""Results about the people of a coalition."""

from typing import Literal

from securecall.rights import Role
from securecall_client.results.common import Named, Result


class Founded(Result, frozen=True, kw_only=True):
    """A coalition has begun."""

    coalition: str
    member: str


class Invited(Result, frozen=True, kw_only=True):
    """An invitation's text, to be handed over on another channel."""

    invitation: str
    label: str
    org: str
    role: Role
    expires: str


class Joined(Result, frozen=True, kw_only=True):
    """Where a join stands: in, or whom it waits for."""

    member: str
    state: Literal["joined", "waiting"]
    waiting_for: list[Named]
    space: str
    title: str


class WaitingJoin(Result, frozen=True, kw_only=True):
    """A join that waits for a person's word, and why."""

    member: str
    name: str
    role: Role
    why: str


class Admitted(Result, frozen=True, kw_only=True):
    """Who was let in, and who still waits."""

    admitted: list[str]
    names: list[str]
    """Their names, in the same order."""
    waiting: list[WaitingJoin]


class Whoami(Result, frozen=True, kw_only=True):
    """Oneself."""

    member: str
    device: str
    name: str
    org: str
    role: Role


class MemberLine(Result, frozen=True, kw_only=True):
    """A member of a space."""

    member: str
    name: str
    org: str
    role: Role
    devices: int


class Members(Result, frozen=True, kw_only=True):
    """The members of a coalition."""

    members: list[MemberLine]
