"""``securecall-server stats``."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from securecall_server import settings
from securecall_server.errors import StartError

from .app import Blobs, Data, Database, Json, app, example, show_json, size

if TYPE_CHECKING:
    from securecall_server.stats import Stats


@app.command(epilog=example("securecall-server stats --data /srv/securecall"))
def stats(data: Data, database: Database = None, blobs: Blobs = None, as_json: Json = False) -> None:
    """Say how much DIR holds, in numbers alone."""
    counted = asyncio.run(_run(data, database, blobs))
    if as_json:
        show_json(counted)
        return
    print(f"{counted.spaces} spaces with {counted.items} items, {counted.erased} of them erased")
    print(f"{counted.members} members with {counted.devices} devices; {counted.joins} requests to join wait")
    print(f"Files {counted.blobs}, pieces of them {counted.chunks}: {size(counted.chunk_bytes)}")
    print(f"Most in one space: {size(counted.most_of_space)}; most by one member: {size(counted.most_of_member)}")
    print(f"Database {size(counted.database_bytes)}, files {size(counted.blob_bytes)}, free {size(counted.free)}")
    print(f"Last backup: {counted.last_backup or 'never'}")
    if counted.restored:
        print("Restored from a backup")


async def _run(data: Path, database: str | None, blobs: str | None) -> "Stats":
    from securecall_server.blobs import BlobFullError, BlobOpenError, open_blobs
    from securecall_server.stats import count
    from securecall_server.store import StoreFaultError, StoreFullError, StoreOpenError, open_survey

    settings.load(data)
    try:
        survey = await open_survey(settings.database_url(data, database))
        try:
            return await count(data, survey, open_blobs(settings.blobs_place(data, blobs), beside=True))
        finally:
            await survey.close()
    except (StoreOpenError, StoreFullError, StoreFaultError, BlobOpenError, BlobFullError) as error:
        raise StartError(str(error)) from None
