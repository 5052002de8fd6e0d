"""Results about the people of a coalition."""

from typing import Literal

from securecall.rights import Role
from securecall_client.results.common import Named, Result

InvitationState = Literal["open", "waiting", "joined", "expired", "revoked"]
"""Nobody has used it; somebody asks to be let in with it; they are in; it ran out; it was taken back."""


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
    call: str | None
    """The call it is for; None: the coalition."""
    ends: str | None
    """When a guest's stay ends."""


class InvitationFile(Result, frozen=True, kw_only=True):
    """An invitation that was written to a file of its own."""

    label: str
    file: str


class InvitationFiles(Result, frozen=True, kw_only=True):
    """Invitations that were written to files, in the order of the table."""

    invitations: list[InvitationFile]


class InvitationLine(Result, frozen=True, kw_only=True):
    """An invitation and what became of it; `id` is the public half of its key."""

    id: str
    label: str
    org: str
    role: Role
    state: InvitationState
    expires: str


class Invitations(Result, frozen=True, kw_only=True):
    """The invitations of a space."""

    invitations: list[InvitationLine]


class InvitedAgain(Invited, frozen=True, kw_only=True):
    """An invitation in the place of an older one: its text, and its line as `invite list` has it."""

    invitations: list[InvitationLine]


class Joined(Result, frozen=True, kw_only=True):
    """Where a join stands: in, or whom it waits for; `since` is when it began.

    `words` are those of one's keys, which whoever lets one in sees too.
    """

    member: str
    words: str
    state: Literal["joined", "waiting"]
    waiting_for: list[Named]
    since: str
    space: str
    title: str
    role: Role
    ends: str | None
    """When a guest's stay ends, once they are in."""


class WaitingJoin(Result, frozen=True, kw_only=True):
    """A join that waits for a person's word, and why. `words` are those of their keys, which they see too."""

    member: str
    words: str
    name: str
    role: Role
    space: str
    into: str
    """The title of the coalition or call that they ask to be let into."""
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
    """A member of a space; `since` is when they were last let in."""

    member: str
    name: str
    org: str
    role: Role
    devices: int
    since: str


class MemberInCall(MemberLine, frozen=True, kw_only=True):
    """A member of a call: what guests call them, when a guest's stay ends, and whether it is whoever asks."""

    alias: str
    ends: str | None
    you: bool


class CallInCommon(Result, frozen=True, kw_only=True):
    """A call that somebody and oneself are both in, and their role there."""

    call: str
    title: str
    role: Role


class MemberShown(Result, frozen=True, kw_only=True):
    """A member of the coalition, and the calls in common with oneself."""

    member: str
    name: str
    org: str
    role: Role
    devices: int
    since: str
    words: str
    """Of their keys: what they read out, on a voice that one knows, to show that it is them."""
    calls: list[CallInCommon]


class Members(Result, frozen=True, kw_only=True):
    """The members of a coalition."""

    members: list[MemberLine]
