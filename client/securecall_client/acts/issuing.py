"""Making invitations for several people at once: one entry for all of them, as far as its caps reach (protocol 10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from securecall import entries as e
from securecall.caps import CHANGES_PER_ENTRY, KIB
from securecall.rights import Action, Role, may
from securecall.sentences import sentence
from securecall.wire import encode
from securecall_client import clock
from securecall_client.acts.guests import called
from securecall_client.captions import InviteNote, InviterLetter
from securecall_client.changing import Change, change
from securecall_client.content import Organisation
from securecall_client.errors import RefusedError
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.captioning import captions
from securecall_keys.context import LetterContext
from securecall_keys.invitation import InvitationKeys, InvitationText, fresh_invitation, seal_letter, to_text
from securecall_keys.secret import Secret

LONGEST = timedelta(days=90)
LETTERS_BYTES = 256 * KIB
NOTES_BYTES = 64 * KIB
"""What the letters and notes of one entry may take, well within the caps of an entry and of a seal in it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom an invitation is to be made; ``ends`` is the minute at which a guest's stay shall end."""

    label: str
    role: Role
    organisation: Organisation
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation that stands: ``key`` is its public half, ``expiry`` the minute it ends, ``text`` is secret."""

    wanted: Wanted
    key: bytes
    expiry: int
    text: str

    def __repr__(self) -> str:
        return f"Issued({self.key.hex()})"


@dataclass(frozen=True, slots=True)
class _Made:
    """An invitation on its way into an entry."""

    wanted: Wanted
    secret: Secret
    invitee: e.Invitee
    note: InviteNote


def expiry_of(expires: timedelta) -> int:
    """The minute at which an invitation made now ends. Raises: RefusedError if that is never, or too late."""
    if not timedelta(0) < expires <= LONGEST:
        raise RefusedError(sentence("An invitation lasts at most %(days)s days.", days=LONGEST.days), code="bad-expiry")
    return clock.minute() + int(expires.total_seconds() // 60)


async def issue(session: Session, space: bytes, wanted: Sequence[Wanted], expiry: int) -> list[Issued]:
    """Make invitations into ``space``, in the order of ``wanted``. Raises: RefusedError, OfflineError, ProofError."""
    view = await session.synced(space)
    issued: list[Issued] = []
    for batch in _batches([await _make(session, view, each, expiry) for each in wanted]):

        async def build(_view: SpaceView, batch: Sequence[_Made] = batch) -> Change:
            return Change(e.Invite([each.invitee for each in batch]), captions(invites=[each.note for each in batch]))

        at = _place(await change(session, space, build), batch[0].note.key)
        for each in batch:
            text = to_text(InvitationText(session.transport.address, space, at, each.secret.expose()))
            issued.append(Issued(each.wanted, each.note.key, each.invitee.expiry, text))
    return issued


async def _make(session: Session, view: SpaceView, wanted: Wanted, expiry: int) -> _Made:
    secret, organisation = fresh_invitation(), wanted.organisation
    keys = InvitationKeys(view.space, secret)
    admitters = await _admitters(session, view, wanted.role)
    letter = InviterLetter(view.state.title, admitters, wanted.label, organisation.name)
    box = seal_letter(keys.letter_key, LetterContext("inviter", view.space, keys.public), encode(letter))
    note = InviteNote(
        keys.public,
        keys.letter_key.expose(),
        wanted.label,
        organisation.organisation,
        organisation.name,
        wanted.ends,
    )
    until = expiry if wanted.ends is None else min(expiry, wanted.ends)
    return _Made(wanted, secret, e.Invitee(keys.public, wanted.role, until, box), note)


async def _admitters(session: Session, view: SpaceView, role: Role) -> list[str]:
    """The names of those who can let someone of ``role`` in, as that one may know them; a dozen at the most."""
    able = {m.member: m.role for m in view.chain.roster.members.values() if may(m.role, Action.ADMIT, role)}
    if role == "guest":
        return sorted({f"{a.alias} ({able[a.member]} of the call)" for a in await called(session, view, able)})[:12]
    return sorted(map(view.state.name, able))[:12]


def _batches(made: Sequence[_Made]) -> Iterator[list[_Made]]:
    """As many in one entry as its caps allow."""
    batch: list[_Made] = []
    letters = notes = 0
    for each in made:
        letter, note = len(encode(each.invitee)), len(encode(each.note))
        full = len(batch) == CHANGES_PER_ENTRY or letters + letter > LETTERS_BYTES or notes + note > NOTES_BYTES
        if batch and full:
            yield batch
            batch, letters, notes = [], 0, 0
        batch.append(each)
        letters, notes = letters + letter, notes + note
    yield batch


def _place(view: SpaceView, key: bytes) -> e.Seen:
    """The place of the entry that made the invitation ``key``."""
    step = next(step for step in reversed(view.steps) if _makes(step.body, key))
    return e.Seen(step.seq, step.head)


def _makes(body: object, key: bytes) -> bool:
    change = body.body.change if isinstance(body, e.Entry) else None
    return isinstance(change, e.Invite) and any(invitee.key == key for invitee in change.invitees)
