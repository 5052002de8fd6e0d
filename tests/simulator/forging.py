"""What a cheating member or a server with keys of its own can truly sign: items as they should not be."""

from collections.abc import Callable

from securecall import entries as e
from securecall.labels import Label, digest
from securecall.records import Header
from securecall.rights import Circle
from securecall.state import CLASS_OF, ENTRY
from securecall.wire import Signed, decode, encode, item_digest
from securecall_client.session import Session
from securecall_client.transport import Place
from securecall_client.view import SpaceView
from securecall_keys.author import Author, Draft
from securecall_keys.context import GrantContext
from securecall_keys.epoch import space_in
from securecall_keys.keyring import Granted, GrantedKey
from securecall_keys.primitives import seal_to
from securecall_keys.records import seal_record
from tests.world import change_body, replace_in, sign_body


def forge_entry(view: SpaceView, author: Author, change: e.Change, /, **body: object) -> Place:
    """An entry by ``author`` for the next place, truly signed; ``body`` replaces fields."""
    chain = view.chain
    plain = e.EntryBody(
        chain.space,
        chain.number + 1,
        chain.latest,
        chain.seen(),
        author.member,
        author.device.id,
        chain.minute,
        change,
        None,
        [],
    )
    item = sign_body(author.device, change_body(plain, **body))
    return Place(ENTRY, item_digest(item, Label.ENTRY), item, ())


def forge_record(
    view: SpaceView, author: Author, content: bytes, circle: Circle = "allies", /, **header: object
) -> Place:
    """A record by ``author`` for the next place, sealed with the keys that ``view`` holds; ``header`` as above."""
    chain = view.chain
    n = chain.counts.get((author.device.id, circle), 0)
    number = digest(Label.CHUNK, content, bytes([chain.next_seq]))[:16]
    plain = Header(chain.space, chain.epoch, circle, number, author.member, author.device.id, n, chain.seen(), [], [])
    made = replace_in(plain, **header)
    item = seal_record(made, content, view.ring.epoch(made.epoch), author.device)
    return Place(CLASS_OF[made.circle], item_digest(item, Label.RECORD), item, ())


def grant_of_mine(view: SpaceView, seq: int, member: bytes, seed: bytes) -> bytes:
    """A grant of one's own seed to a member's only device, in place of the one that came with the entry at ``seq``."""
    entry, epoch = view.steps[seq].body, view.epoch_at(seq)
    assert isinstance(entry, e.Entry)
    return grant_in(view, entry.body.previous, epoch, view.chain.commits[epoch], member, seed)


def grant_in(view: SpaceView, previous: bytes, epoch: int, commit: bytes, member: bytes, seed: bytes) -> bytes:
    """A well-formed grant of ``seed`` to a member's only device, by the entry that follows ``previous``."""
    [device] = view.chain.roster.members[member].devices()
    space = space_in(view.space, epoch)
    context = GrantContext(space, epoch, previous, commit, member, device.device, "seed")
    return seal_to(device.sealing, encode(Granted([GrantedKey(epoch, seed)])), context)


def bad_rotation(session: Session, view: SpaceView, member: bytes, make: Callable[[e.EntryBody], bytes]) -> Draft:
    """A new epoch whose author truly signs what ``make`` gives as the grant to a member's only device."""
    draft = session.author.entry(view.chain, view.ring, e.Rotate(), view.chain.minute)
    [device] = view.chain.roster.members[member].devices()
    body = entry_in(draft.item).body
    box = make(body)
    lines = [
        e.GrantLine(line.device, line.kind, digest(Label.GRANT, box)) if line.device == device.device else line
        for line in body.grants
    ]
    item = sign_body(session.device, change_body(body, grants=lines))
    return Draft(item, (), {**draft.grants, device.device: box})


def entry_in(item: bytes) -> e.Entry:
    """The entry in signed bytes, unverified."""
    return decode(decode(item, Signed, len(item)).payload, e.Entry, len(item))
