"""What the server signs: the head it has at a time, and its half of the login (protocol 13, 10).

A statement after an append is a receipt: with the head before it, the item's digest and class it proves
that the item stands at that place. A statement at the end of a sync says how long the chain was then.
"""

from typing import Annotated

import msgspec

from securecall import caps
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.wire import U32, U64, Id, Verified, Wire, read


class Statement(Wire, frozen=True):
    """``head`` is the chain's running digest at ``seq``; ``time`` in unix milliseconds, never going back.

    ``newest`` says that nothing stood after that place at that time. Only two such statements can contradict each
    other by their order: a receipt for an old place, or the end of what a former member may read, is no rollback.
    """

    space: Id
    seq: U32
    head: Id
    time: U64
    newest: bool


class Hello(Wire, frozen=True):
    """The server's half of a login: its key, and both nonces under its signature."""

    server: Id
    client_nonce: Id
    server_nonce: Id


class Login(Wire, frozen=True):
    """The client's half: which server at which address it means, both nonces, and who it is.

    ``subject`` is a device (signed by its login key) or an invitation's key (signed by itself).
    """

    server: Id
    address: Annotated[str, msgspec.Meta(max_length=256)]
    client_nonce: Id
    server_nonce: Id
    subject: Id


def read_statement(data: bytes, server: bytes) -> Verified[Statement]:
    """Open a statement of the server whose key is ``server``. Raises: InvalidError."""
    statement = read(data, Label.STATEMENT, Statement, caps.STATEMENT_BYTES)
    if statement.key != server:
        raise InvalidError(Problem.BAD_SIGNATURE, "a statement by another server")
    return statement


def read_hello(data: bytes) -> Verified[Hello]:
    """Open the server's half of a login. Raises: InvalidError."""
    hello = read(data, Label.HELLO, Hello, caps.STATEMENT_BYTES)
    if hello.value.server != hello.key:
        raise InvalidError(Problem.BAD_SIGNATURE, "a greeting in another server's name")
    return hello


def read_login(data: bytes) -> Verified[Login]:
    """Open the client's half of a login. Raises: InvalidError."""
    return read(data, Label.LOGIN, Login, caps.LOGIN_BYTES)
