"""What the server signs: receipts for items, and the end of what it shows (protocol 10.3; row S18)."""

from contextlib import suppress

from securecall.chain import next_head
from securecall.errors import InvalidError
from securecall.evidence import Branch, Shown
from securecall.sentences import sentence
from securecall.statements import Statement, read_statement
from securecall_client.errors import ProofError
from securecall_client.exhibits import Exhibit
from securecall_client.replica import Replica
from securecall_client.transport import Acknowledgement
from securecall_client.view import SpaceView

STOP = sentence("Write nothing here and call the secretariat.")


def signed_end(view: SpaceView, data: bytes, server: bytes | None) -> Statement:
    """The statement of the server that the chain names, or of ``server``. Raises: ProofError."""
    for key in (view.chain.server, server):
        with suppress(InvalidError):
            if key is not None:
                return read_statement(data, key).value
    raise ProofError("The server did not sign what it showed.", hint=STOP)


def check_receipt(view: SpaceView, kind: int, item_digest: bytes, reply: Acknowledgement) -> Statement:
    """The server's signed receipt for an item. Raises: ProofError if it does not prove the item's place."""
    branch = Branch(reply.seq, reply.before, [Shown(kind, item_digest, None, [])])
    exhibit = Exhibit(branch=branch, statements=(reply.statement,)).of(view.chain)
    try:
        statement = read_statement(reply.statement, view.chain.server).value
    except InvalidError as error:
        raise ProofError("The server did not sign its receipt.", hint=STOP) from error
    head = next_head(reply.before, kind, item_digest)
    if (statement.space, statement.seq, statement.head) != (view.space, reply.seq, head):
        raise ProofError("The server's receipt is for something else than was sent.", hint=STOP, exhibit=exhibit)
    known = view.chain.heads
    if 0 < reply.seq <= len(known) and known[reply.seq - 1] != reply.before:
        raise ProofError("The server put an item into another history than it shows.", hint=STOP, exhibit=exhibit)
    return statement


async def keep_receipt(view: SpaceView, replica: Replica, statement: Statement, signed: bytes) -> None:
    """Keep a receipt that `check_receipt` passed. Raises: ProofError if another head was promised for its place."""
    if await replica.promise(statement.space, statement.seq, statement.head, signed) != statement.head:
        exhibit = Exhibit(statements=(signed,)).of(view.chain)
        raise ProofError("The server signed two different histories for one place.", hint=STOP, exhibit=exhibit)
