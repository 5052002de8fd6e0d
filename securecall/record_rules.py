"""The rules for a record at the next place of a chain, and what it then changes (protocol 8, 9).

Whether the content opens, parses and was its author's to write is for members to judge, not here.
"""

from securecall.errors import InvalidError, Problem
from securecall.records import Header, Record
from securecall.rights import Action, Role, check_right
from securecall.roster import Member
from securecall.state import CLASS_OF, ChainState
from securecall.wire import Verified


def check_record(state: ChainState, kind: int, item: Verified[Record]) -> Role:
    """The role of the record's author. Raises: InvalidError."""
    header = item.value.header
    if header.space != state.space:
        raise InvalidError(Problem.WRONG_SPACE, "a record of another space")
    if header.device != item.key:
        raise InvalidError(Problem.BAD_DEVICE, "a record that names another device than its signer")
    if header.epoch != state.epoch:
        raise InvalidError(Problem.BAD_EPOCH, "sealed in an epoch that is not the running one")
    state.check_seen(header.seen)
    author, device = state.roster.author(header.author, header.device)
    if device.kind == "sheet":
        raise InvalidError(Problem.BAD_DEVICE, "a recovery sheet writes no records")
    if state.roster.due:
        raise InvalidError(Problem.ROTATION_DUE, "a rotation is due before anything else")
    if CLASS_OF[header.circle] != kind:
        raise InvalidError(Problem.BAD_CIRCLE, "a record under another class than its circle")
    action = Action.WRITE_EVERYONE if header.circle == "everyone" else Action.WRITE_ALLIES
    check_right(author.role, action, "space")
    if header.n != state.counts.get((header.device, header.circle), 0):
        raise InvalidError(Problem.BAD_COUNT, "not the next record of this device in this epoch and circle")
    if (header.author, header.id) in state.ids:
        raise InvalidError(Problem.DUPLICATE, "a record id that its author used before")
    _check_blobs(state, header)
    _check_drops(state, header, author)
    return author.role


def _check_blobs(state: ChainState, header: Header) -> None:
    blobs = [ref.blob for ref in header.blobs]
    named = [*blobs, *header.drops]
    if len(set(named)) != len(named):
        raise InvalidError(Problem.BAD_BLOB, "a blob named twice")
    for blob in blobs:
        if blob in state.dropped or state.blobs.get(blob, header.author) != header.author:
            raise InvalidError(Problem.BAD_BLOB, "a blob that is dropped, or another member's")


def _check_drops(state: ChainState, header: Header, author: Member) -> None:
    for blob in header.drops:
        by = state.blobs.get(blob)
        if blob in state.dropped or (by is None and not state.absent):
            raise InvalidError(Problem.BAD_BLOB, "a blob that is not there cannot be dropped")
        if by is None or by == author.member:
            continue
        owner = state.roster.members.get(by)
        check_right(author.role, Action.DROP, owner.role if owner else "member")


def commit_record(state: ChainState, header: Header) -> None:
    """Take over what a checked record changes."""
    state.counts[header.device, header.circle] = header.n + 1
    state.ids.add((header.author, header.id))
    for ref in header.blobs:
        state.blobs[ref.blob] = header.author
    state.dropped.update(header.drops)
