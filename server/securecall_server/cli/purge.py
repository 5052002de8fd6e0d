"""``securecall-server purge``."""

import asyncio

from .app import Blobs, Data, Database, Json, app, example, say, show_json


@app.command(epilog=example("securecall-server purge --data /srv/securecall"))
def purge(data: Data, database: Database = None, blobs: Blobs = None, as_json: Json = False) -> None:
    """Leave no trace of what was deleted in DIR.

    Stop the server first. It deletes by itself what people withdraw or destroy; this also deletes what a crash left
    over, and writes the database anew. Copies that disk, backups or provider keep are yours to delete. With PostgreSQL
    it cannot tell if a server is still running on it: see to that yourself.
    """
    from securecall_server.purge import purge_all

    purged = asyncio.run(purge_all(data, database, blobs))
    if as_json:
        show_json(purged)
        return
    print(
        f"Gone: {purged.blobs} files that were dropped or never listed, "
        f"{purged.orphans} pieces of files that a crash left over."
    )
    if purged.kept:
        say(f"{purged.kept} stay until clients have put back what came after the backup that was restored.")
