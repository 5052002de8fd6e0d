"""What an invitation leads into, verified before anybody is asked for anything (protocol 10; row G05)."""

from securecall import entries as e
from securecall.errors import InvalidError, ParentBehindError
from securecall.rights import Role
from securecall.sentences import sentence
from securecall.statements import read_statement
from securecall.wire import decode
from securecall_client import clock
from securecall_client.acts.enrolment import Newcomer
from securecall_client.captions import InviterLetter
from securecall_client.errors import InvitationError, ProofError, RefusedError
from securecall_client.receipts import STOP
from securecall_client.transport import Transport
from securecall_client.view import SpaceView
from securecall_keys.context import LetterContext
from securecall_keys.errors import CannotOpenError
from securecall_keys.invitation import InvitationKeys, InvitationText, open_letter


async def look_into(
    transport: Transport, told: InvitationText, keys: InvitationKeys, newcomer: Newcomer, server: bytes
) -> tuple[Role, InviterLetter]:
    """As what one is invited, and the letter, once the chain holds as far as the invitation reaches and says so too.

    Raises: InvitationError (used, revoked, ended, not to be read), ProofError (not the space or server that it names).
    """
    view, server_ms = await _prefix(transport, told, newcomer)
    chain = view.chain
    if chain.next_seq <= told.at.seq or chain.heads[told.at.seq] != told.at.head:
        raise ProofError("The server shows another space than the one you were invited to.", hint=STOP)
    if chain.server != server:
        raise ProofError("This is not the server that the space names.", hint=STOP)
    standing = chain.invitations.standing(keys.public)
    if standing is None:
        raise InvitationError("This invitation has been used or revoked.", hint="Ask for a new one.")
    if standing.expiry < clock.minute() and clock.trusted(server_ms, chain.minute):
        raise InvitationError(
            sentence("This invitation ended on %(time)s.", time=clock.iso(standing.expiry * 60)),
            hint="Ask for a new one.",
            code="invitation-expired",
        )
    return standing.role, _letter(keys, _invitee(view, keys.public))


async def _prefix(transport: Transport, told: InvitationText, newcomer: Newcomer) -> tuple[SpaceView, int]:
    """The chain as far as the invitation reaches, and the server's time (unix ms)."""
    view, end = SpaceView(told.space, newcomer.member, newcomer.device), b""
    try:
        while view.chain.next_seq <= told.at.seq:
            page = await transport.items(told.space, view.chain.next_seq)
            end = page.end
            for place in page.places:
                view.place(place, {})
            if not page.places:
                break
        server_ms = read_statement(end, view.chain.server).value.time if view.chain.heads else 0
    except RefusedError as error:
        raise InvitationError(
            "This invitation has been used or revoked, or is for another server.", hint="Ask for a new one."
        ) from error
    except (InvalidError, ParentBehindError) as error:
        raise ProofError(
            sentence("The server showed an item that breaks the rules: %(error)s.", error=error), hint=STOP
        ) from error
    return view, server_ms


def _invitee(view: SpaceView, key: bytes) -> e.Invitee:
    """What the entry says that made an invitation which stands; a key is invited once, ever."""
    changes = (step.body.body.change for step in view.steps if isinstance(step.body, e.Entry))
    invitees = (invitee for change in changes if isinstance(change, e.Invite) for invitee in change.invitees)
    return next(invitee for invitee in invitees if invitee.key == key)


def _letter(keys: InvitationKeys, invitee: e.Invitee) -> InviterLetter:
    context = LetterContext("inviter", keys.space, keys.public)
    try:
        return decode(open_letter(keys.letter_key, context, invitee.letter), InviterLetter, 64 * 1024)
    except (CannotOpenError, InvalidError) as error:
        raise InvitationError("The letter of this invitation cannot be read.", hint="Ask for a new one.") from error
