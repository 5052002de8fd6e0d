"""Open a database by its URL: as a store, migrated and ours to write; or beside whoever writes, to be read."""

from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from . import sqlite
from .database import Database
from .errors import StoreFaultError, StoreOpenError, translated
from .interface import Store, StoreFullError
from .migrate import migrate, refuse_other
from .sql import SQLStore
from .survey import Survey
from .watch import Watchers

_SQLITE = "sqlite:///"
_POSTGRES = "postgresql://"
_NAMED = f"A database is named as {_SQLITE}PATH or {_POSTGRES}USER@HOST/NAME."


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


async def open_survey(url: str) -> Survey:
    """The database at ``url``, which is there and of this program's schema, to be read beside its server.

    Raises `StoreOpenError`.
    """
    held = AsyncExitStack()
    try:
        database = _connect_beside(url)
        held.push_async_callback(database.close)
        async with database.read() as connection:
            await connection.run_sync(refuse_other)
        return Survey(database, SQLStore(database, Watchers(), Watchers(), uuid4().hex, held), held)
    except (StoreFullError, StoreFaultError, OSError) as error:
        await held.aclose()
        raise StoreOpenError(f"The database cannot be opened. {error}") from None
    except BaseException:
        await held.aclose()
        raise


def _connect_beside(url: str) -> Database:
    if url.startswith(_SQLITE):
        path = Path(url.removeprefix(_SQLITE))
        if not path.is_file():
            raise StoreOpenError(f"There is no database {path} yet. It is made when the server first starts.")
        return sqlite.connect_beside(path)
    if url.startswith(_POSTGRES):
        from . import postgres  # as below

        return postgres.connect(url)
    raise StoreOpenError(_NAMED)


async def _open(url: str, held: AsyncExitStack) -> SQLStore:
    """What is opened on the way is put on ``held``, to be let go of in reverse."""
    watchers, beats, own = Watchers(), Watchers(), uuid4().hex
    if url.startswith(_SQLITE):
        database = await _open_sqlite(Path(url.removeprefix(_SQLITE)), held)
    elif url.startswith(_POSTGRES):
        database = await _open_postgres(url, held, own, watchers, beats)
    else:
        raise StoreOpenError(_NAMED)
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
