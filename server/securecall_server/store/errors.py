"""What a database driver says, in the words of the store's interface.

Drivers put values into their messages (PostgreSQL names the key that was violated), so no driver error
leaves the store: what is raised here says what happened, and never quotes a value.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy import exc

from .interface import ConflictError, StoreFullError


class StoreOpenError(Exception):
    """The database cannot be opened; the sentence says why and what to do. Nothing was changed."""


class StoreFaultError(Exception):
    """The database is damaged, or refused a statement that it should have taken (a fault of this program)."""


_UNIQUE = ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "23505", "40001", "40P01")
"""Somebody else was first; 40001 and 40P01 are PostgreSQL's ways to end one of two transactions in a tie."""

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002")

_UNABLE = {
    "SQLITE_FULL": "The disk is full.",
    "53100": "The disk is full.",
    "SQLITE_READONLY": "It is read-only.",
    "25006": "It is read-only.",
    "SQLITE_IOERR": "The disk does not take the bytes: it is full or fails.",
    "58": "The disk does not take the bytes: it is full or fails.",
    "SQLITE_CANTOPEN": "Its file cannot be opened: look at who owns it and its folder.",
    "SQLITE_PERM": "Its file cannot be opened: look at who owns it and its folder.",
    "SQLITE_BUSY": "Another program holds it.",
    "SQLITE_LOCKED": "Another program holds it.",
    "SQLITE_PROTOCOL": "Another program holds it.",
    "SQLITE_NOMEM": "There is no memory left.",
    "53": "It has no memory or connections left.",
    "28": "It does not accept that user or password.",
    "3D": "There is no database of that name.",
    "08": "The connection was lost.",
    "57": "It is being stopped.",
}
"""Why it cannot be had now, by SQLite's result name or PostgreSQL's SQLSTATE, or the beginning of either.

https://www.sqlite.org/rescode.html, https://www.postgresql.org/docs/current/errcodes-appendix.html
"""


@contextmanager
def translated() -> Iterator[None]:
    """Raise the store's own errors for those of the drivers.

    Raises: `ConflictError`, `StoreFullError`, `StoreFaultError`.
    """
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error, asyncpg.PostgresError) as error:
        raise _translate(error) from None
    except (OSError, TimeoutError, exc.TimeoutError, asyncpg.InterfaceError):
        raise StoreFullError("The database cannot be used now. It does not answer.") from None


def _translate(error: exc.DBAPIError | sqlite3.Error | asyncpg.PostgresError) -> Exception:
    code = _code(error)
    if code.startswith(_UNIQUE):
        return ConflictError("Somebody else was first; nothing was changed.")
    if code.startswith(_DAMAGED):
        return StoreFaultError(f"The database is damaged ({code}). Stop the server and restore a backup.")
    for prefix, reason in _UNABLE.items():
        if code.startswith(prefix):
            return StoreFullError(f"The database cannot be used now. {reason}")
    if _connection_lost(error):
        return StoreFullError("The database cannot be used now. The connection was lost.")
    return StoreFaultError(f"The database refused a statement ({code or type(error).__name__}).")


def _code(error: exc.DBAPIError | sqlite3.Error | asyncpg.PostgresError) -> str:
    """SQLite's extended result name or PostgreSQL's SQLSTATE; empty if the driver gave none."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return str(getattr(cause, "sqlite_errorname", ""))
    return str(getattr(cause, "sqlstate", None) or "")


def _connection_lost(error: exc.DBAPIError | sqlite3.Error | asyncpg.PostgresError) -> bool:
    return isinstance(error, exc.InterfaceError) or getattr(error, "connection_invalidated", False)
