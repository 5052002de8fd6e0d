"""Making invitations for several people at once: one entry for all of them, as far as its caps reach (protocol 10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from securecall import entries as e
from securecall.caps import CHANGES_PER_ENTRY, KIB
from securecall.rights import Role
from securecall.wire import encode
from securecall_client import clock
from securecall_client.acts.inviting import LONGEST, admitters
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

LETTERS_BYTES = 256 * KIB
NOTES_BYTES = 64 * KIB
"""What the letters and notes of one entry may take, well within the caps of an entry and of a seal in it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom an invitation is to be made."""

    label: str
    role: Role
    organisation: Organisation


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
        raise RefusedError(f"An invitation lasts at most {LONGEST.days} days.", code="bad-expiry")
    return clock.minute() + int(expires.total_seconds() // 60)


async def issue(session: Session, space: bytes, wanted: Sequence[Wanted], expiry: int) -> list[Issued]:
    """Make invitations into ``space``, in the order of ``wanted``. Raises: RefusedError, OfflineError, ProofError."""
    view = await session.synced(space)
    issued: list[Issued] = []
    for batch in _batches([_make(view, each, expiry) for each in wanted]):

        async def build(_view: SpaceView, batch: Sequence[_Made] = batch) -> Change:
            return Change(e.Invite([each.invitee for each in batch]), captions(invites=[each.note for each in batch]))

        at = _place(await change(session, space, build), batch[0].note.key)
        for each in batch:
            text = to_text(InvitationText(session.transport.address, space, at, each.secret.expose()))
            issued.append(Issued(each.wanted, each.note.key, expiry, text))
    return issued


def _make(view: SpaceView, wanted: Wanted, expiry: int) -> _Made:
    secret, organisation = fresh_invitation(), wanted.organisation
    keys = InvitationKeys(view.space, secret)
    letter = InviterLetter(view.state.title, admitters(view, wanted.role), wanted.label, organisation.name)
    box = seal_letter(keys.letter_key, LetterContext("inviter", view.space, keys.public), encode(letter))
    note = InviteNote(keys.public, keys.letter_key.expose(), wanted.label, organisation.organisation, organisation.name)
    return _Made(wanted, secret, e.Invitee(keys.public, wanted.role, expiry, box), note)


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
