"""Open a store by its URL: connect, migrate, and, on PostgreSQL, listen."""

from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from . import sqlite
from .database import Database
from .errors import StoreFaultError, StoreOpenError, translated
from .interface import Store, StoreFullError
from .migrate import migrate
from .sql import SQLStore
from .watch import Watchers

_SQLITE = "sqlite:///"
_POSTGRES = "postgresql://"


async def open_store(url: str) -> Store:
    """The store at ``sqlite:///PATH`` (made if new) or ``postgresql://...``, and of this program's schema.

    PATH is taken as it stands, relative or absolute. Raises `StoreOpenError`.
    """
    held = AsyncExitStack()
    try:
        return await _open(url, held)
    except (StoreFullError, StoreFaultError) as error:
        await held.aclose()
        raise StoreOpenError(f"The database cannot be opened. {error}") from None
    except OSError as error:
        await held.aclose()
        raise StoreOpenError(f"The database cannot be opened: {error.strerror or 'no answer'}.") from None
    except BaseException:
        await held.aclose()
        raise


async def _open(url: str, held: AsyncExitStack) -> SQLStore:
    """What is opened on the way is put on ``held``, to be let go of in reverse."""
    watchers, beats, own = Watchers(), Watchers(), uuid4().hex
    if url.startswith(_SQLITE):
        database = await _open_sqlite(Path(url.removeprefix(_SQLITE)), held)
    elif url.startswith(_POSTGRES):
        database = await _open_postgres(url, held, own, watchers, beats)
    else:
        raise StoreOpenError(f"A database is named as {_SQLITE}PATH or {_POSTGRES}USER@HOST/NAME.")
    return SQLStore(database, watchers, beats, own, held)


async def _open_sqlite(path: Path, held: AsyncExitStack) -> Database:
    if not path.name or not path.parent.is_dir():
        raise StoreOpenError(f"{path} is no place for a database: its folder is not there.")
    held.callback(sqlite.SQLiteLock(path).release)
    sqlite.make_file(path)
    database = sqlite.connect(path)
    held.push_async_callback(database.close)
    await database.write(lambda connection: connection.run_sync(migrate))
    return database


async def _open_postgres(url: str, held: AsyncExitStack, own: str, watchers: Watchers, beats: Watchers) -> Database:
    from . import postgres  # its driver is slow to load, and most servers run on SQLite

    database = postgres.connect(url)
    held.push_async_callback(database.close)

    async def alone(connection: AsyncConnection) -> None:
        await postgres.lock_for_migration(connection)
        await connection.run_sync(migrate)

    await database.write(alone)
    listener = postgres.Listener(url, own, watchers, beats)
    held.push_async_callback(listener.close)
    with translated():
        await listener.start()
    return database
