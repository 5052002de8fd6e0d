"""The server that a space names: the entry that does, and the word of an owner that goes before it (protocol 10.4)."""

from dataclasses import dataclass

from securecall import entries as e
from securecall.caps import ENTRY_BYTES
from securecall.errors import InvalidError, TextError
from securecall.labels import Label
from securecall.rights import Action, check_right
from securecall.sentences import sentence
from securecall.state import ENTRY
from securecall.texts import from_text, write_text
from securecall.wire import decode, encode, item_digest, read
from securecall_client import clock
from securecall_client.address import check_address
from securecall_client.captions import ServerCaption
from securecall_client.errors import InvitationError
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_keys.author import Author
from securecall_keys.errors import KeysError
from securecall_keys.labels import Labels, open_label

_WHAT = sentence("text of a server")


@dataclass(frozen=True, slots=True)
class Word:
    """An owner's word (``by``) where the coalition goes: the server's key, and its address."""

    by: bytes
    server: bytes
    address: str


def labels(address: str) -> Labels:
    """What a `server` entry says: where the server is."""
    return Labels(encode(ServerCaption([address])))


async def name_server(session: Session, view: SpaceView, server: bytes) -> SpaceView:
    """Name in a space the server that it comes to, as one of its owners. Raises: as `Session.taken_in`."""
    said = labels(session.transport.address)
    draft = session.author.entry(view.chain, view.ring, e.Server(server), clock.minute(), labels=said)
    await session.replica.make(item_digest(draft.item, Label.ENTRY))
    await session.transport.append(view.space, ENTRY, draft.item, draft.identities, draft.grants)
    return await session.taken_in(view.space)


def write_word(author: Author, view: SpaceView, server: bytes, address: str) -> str:
    """The text by which an owner leads the others to a server."""
    return write_text(author.word(view.chain, view.ring, e.Server(server), clock.minute(), labels(address)))


def read_word(view: SpaceView, text: str, address: str | None = None) -> Word:
    """What an owner's text says, held against the chain that is here (row G05).

    ``address`` is what a person was told by another way: whoever was away when the newest key was made cannot read the
    one in the text. It needs no trust, for the key of the server that has to answer there is in what the owner signed.

    Raises: InvitationError unless an owner, by a device that counts, signed it for this very space; RefusedError if
    the address is none to go to (row N01).
    """
    try:
        entry = read(from_text(text, _WHAT), Label.ENTRY, e.Entry, ENTRY_BYTES)
        body = entry.value.body
        if body.space != view.space or body.device != entry.key or not isinstance(body.change, e.Server):
            raise InvitationError("This text is of another coalition, or of something else.", code="server-refused")
        owner, device = view.chain.roster.author(body.author, body.device)
        check_right(owner.role, Action.SERVER, "space")
    except TextError as error:
        raise InvitationError(sentence("%(error)s.", error=error), code="server-refused") from error
    except InvalidError as error:
        raise InvitationError(
            "This text is not by an owner of the coalition, as far as is known here. Nothing was changed.",
            hint="Call the secretariat: somebody may want to lead you to a server of their own.",
            code="server-refused",
        ) from error
    if device.kind == "sheet":
        raise InvitationError("This text was not made on an owner's computer.", code="server-refused")
    _check_made_upon(view, body.seen, body.change.key)
    where = _address(view, entry.value) if address is None else check_address(address)
    return Word(body.author, body.change.key, where)


def _check_made_upon(view: SpaceView, seen: e.Seen, server: bytes) -> None:
    """Raise InvitationError for a word upon another history, or one that is older than the last move (row G05).

    Who holds an old one could else lead people back to a server that the coalition has left.
    """
    chain = view.chain
    if seen.seq < chain.next_seq and chain.heads[seen.seq] != seen.head:
        raise InvitationError(
            "Whoever made this text was shown another history than this computer. Nothing was changed.",
            hint="Call the secretariat, and compare the roster code.",
            code="server-refused",
        )
    if seen.seq < chain.servers[-1][0] and server != chain.server:
        raise InvitationError(
            "This text is older than the last move of the coalition. Nothing was changed.",
            hint="Ask the secretariat for a newer one.",
            code="server-refused",
        )


def _address(view: SpaceView, entry: e.Entry) -> str:
    """The first address in the seal, under whichever key that is held here; it may have been made in another epoch."""
    for keys in reversed(view.ring.epochs()):
        try:
            return check_address(decode(open_label(entry, "everyone", keys), ServerCaption, ENTRY_BYTES).addresses[0])
        except (KeysError, InvalidError):
            continue
    raise InvitationError(
        "This computer has no key to read where the text leads: a newer one was made while it was away.",
        hint="Ask whoever sent it for the new server's address, and say it too: securecall server use --to URL",
        code="server-refused",
    )
