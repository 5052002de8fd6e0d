"""Somebody who asks to be let in with an invitation: a join request that holds against the chain, and what a person
should look at first (protocol 10; rows G02, G03, M14).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from securecall.code import key_words
from securecall.errors import InvalidError
from securecall.identity import grow
from securecall.joins import JoinRequest, read_join
from securecall.rights import Action, Role, may
from securecall.sentences import sentence
from securecall.wire import decode
from securecall_client import clock
from securecall_client.captions import InviteNote, JoinerLetter
from securecall_client.errors import TextError
from securecall_client.results.people import WaitingJoin
from securecall_client.session import Session
from securecall_client.text import clean_name, too_alike
from securecall_client.transport import Join
from securecall_client.view import SpaceView
from securecall_keys.context import LetterContext
from securecall_keys.errors import CannotOpenError
from securecall_keys.invitation import open_letter
from securecall_keys.secret import Secret

_ENDED: Final = sentence("by this computer's clock their invitation has ended, but others' clocks differ")
"""Why a person is asked, since a server that lies about the time must not make an old invitation good (row G03)."""
_OFFICES: Final = ("Secretariat", "Owner", "Chair", "Co-chair", "Facilitator", "Moderator", "Admin", "SecureCall")
"""What nobody should pass for by a display name (row M14)."""
_A: Final[Mapping[Role, str]] = {
    "owner": sentence("an owner"),
    "chair": sentence("a chair"),
    "member": sentence("a member"),
    "guest": sentence("a guest"),
}


@dataclass(frozen=True, slots=True)
class Applicant:
    """A join request that holds against the chain: who asks, as what, under which name. ``doubt`` is why a
    person should look first, empty if there is no reason.
    """

    join: Join
    request: JoinRequest
    note: InviteNote
    name: str
    doubt: str

    @property
    def ordinary(self) -> bool:
        """Whether nothing of this takes a person's word."""
        return self.request.role == "member" and not self.doubt


def applicants(session: Session, view: SpaceView, joins: list[Join]) -> list[Applicant]:
    """Those of the join requests that hold against the verified chain."""
    found = [_applicant(session, view, join) for join in joins]
    return [applicant for applicant in found if applicant is not None]


def _applicant(session: Session, view: SpaceView, join: Join) -> Applicant | None:
    """What a join request comes to, or None if it holds nothing against the verified chain."""
    try:
        request = read_join(join.request)
        grown = grow({}, join.identity)
    except InvalidError:
        return None
    standing = view.chain.invitations.standing(request.key)
    note = view.state.invites.get(request.key)
    asked = request.value
    identity = grown.get(asked.member)
    if standing is None or note is None or identity is None or identity.head != asked.identity:
        return None
    if asked.space != view.space or asked.role != standing.role or asked.member in view.chain.roster.members:
        return None
    ended = min(standing.expiry, note.ends or standing.expiry) < clock.minute()
    name = _name(join, note, view.space)
    if name is None or (ended and session.line.clock_is_trusted(view)):
        return None
    return Applicant(join, asked, note, name, _ENDED if ended else _doubt(view, note, name))


def _name(join: Join, note: InviteNote, space: bytes) -> str | None:
    context = LetterContext("joiner", space, note.key)
    try:
        letter = open_letter(Secret(note.letter_key), context, join.letter)
        return clean_name(decode(letter, JoinerLetter, 4096).name)
    except (CannotOpenError, InvalidError, TextError):
        return None


def _doubt(view: SpaceView, note: InviteNote, name: str) -> str:
    if note.label and note.label != name:
        return sentence(
            "they were invited as %(label)s and call themselves %(name)s", label=repr(note.label), name=repr(name)
        )
    if any(too_alike(word, name) for word in _OFFICES):
        return sentence(
            "%(name)s is the name of an office; their role is the one that is shown beside it", name=repr(name)
        )
    for organisation in view.state.organisations.values():
        if too_alike(organisation.name, name):
            return sentence("their name could be taken for the organisation %(name)s", name=repr(organisation.name))
    for member in view.chain.roster.members:
        if too_alike(view.state.name(member), name):
            return sentence(
                "their name could be taken for %(member)s, who is in already", member=repr(view.state.name(member))
            )
    return ""


def waiting_join(view: SpaceView, applicant: Applicant, mine: Role, *, misfit: bool) -> WaitingJoin:
    """An applicant who is not in, and why, told to whoever has the role ``mine``; a ``misfit``'s keys do not hold."""
    asked = applicant.request
    why = applicant.doubt or sentence("letting in %(a)s takes a person's word", a=_A[asked.role])
    if not may(mine, Action.ADMIT, asked.role):
        why = sentence("only an owner lets in %(a)s", a=_A[asked.role])
    if misfit:
        why = sentence(
            "their keys do not hold against those of others here; ask them to join anew with a new invitation"
        )
    return WaitingJoin(
        member=asked.member.hex(),
        words=key_words(asked.member),
        name=applicant.name,
        role=asked.role,
        space=view.space.hex(),
        into=view.state.title,
        why=why,
    )
