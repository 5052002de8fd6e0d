"""Roles of people in a call: given by owners; who becomes a guest has a stay with an end (protocol 5; row G06)."""

from datetime import datetime

from securecall import entries as e
from securecall.rights import KEEPERS, Role
from securecall.sentences import Sentence, sentence
from securecall_client import clock
from securecall_client.acts.guests import called, end_of_stay, say_again
from securecall_client.acts.named import find_member, the_call
from securecall_client.acts.removing import sealed_read
from securecall_client.acts.rights import need_owner
from securecall_client.changing import Change, change
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.results.calls import RoleGiven
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.captioning import captions
from securecall_keys.labels import Labels


async def give_role(session: Session, call: str, person: str, role: Role, until: datetime | None) -> RoleGiven:
    """Give a member of a call another role; ``until`` is when a guest's stay ends, if somebody says so.

    Who is a facilitator no more is answered with what they could read, as after a removal.

    Raises: NotFoundError, RefusedError, OfflineError, ProofError.
    """
    view = await the_call(session, call)
    member = find_member(view, person)
    _check(session, view, member, role)
    ends = end_of_stay(view, until) if role == "guest" else None

    async def build(view: SpaceView) -> Change:
        if member not in view.chain.roster.members:
            raise NotFoundError(sentence("%(member)s is not in the call any more.", member=view.state.name(member)))
        labels = Labels()
        if role == "guest":
            aliases = await called(session, view, view.chain.roster.members)
            labels = captions(view.state.title, aliases=aliases)
        return Change(e.SetRole([e.NewRole(member, role, ends)]), labels)

    was = view.chain.roster.members[member].role
    view = await change(session, view.space, build)
    await say_again(session, view)
    lowered = was in KEEPERS and role not in KEEPERS
    return RoleGiven(
        member=member.hex(),
        role=role,
        name=view.state.name(member),
        ends=None if ends is None else clock.iso(ends * 60),
        sealed=sealed_read(view, view.chain.latest_seq, [member]) if lowered else [],
    )


def _check(session: Session, view: SpaceView, member: bytes, role: Role) -> None:
    """What a person is told in words; the rules would refuse it too."""
    members, name = view.chain.roster.members, view.state.name(member)
    need_owner(session, view, sentence("give roles"))
    if members[member].role == role:
        raise RefusedError(
            sentence("%(name)s has the role %(role)s already.", name=name, role=Sentence(role)), code="bad-target"
        )
    if member == session.member and role == "guest":
        raise RefusedError("You cannot make yourself a guest; another owner can.", code="bad-target")
