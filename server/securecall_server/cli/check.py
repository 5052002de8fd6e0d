"""``securecall-server check``."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from securecall_server import settings
from securecall_server.errors import StartError

from .app import Blobs, Data, Database, Json, app, example, say, show_json, size

if TYPE_CHECKING:
    from securecall_server.chains import Held
    from securecall_server.check import Lack
    from securecall_server.faults import Report
    from securecall_server.restored import Mark

_ABSENT = (
    "Nobody has brought this back since the server was restored, or the coalition moved here. Keys need not be: "
    "everybody got new ones. Whoever still has a document puts it up again (securecall doc replace)."
)


@app.command(epilog=example("securecall-server check --data /srv/securecall --read-all"))
def check(
    data: Data,
    read_all: Annotated[bool, typer.Option("--read-all", help="Read every piece of every file, too.")] = False,
    database: Database = None,
    blobs: Blobs = None,
    as_json: Json = False,
) -> None:
    """See whether all that DIR holds is whole.

    Also while the server serves. Leaves with 1 if anything is damaged, and says what to do.
    """
    report = asyncio.run(_run(data, database, blobs, read_all=read_all))
    if as_json:
        show_json(report)
    else:
        _show(report)
    if not report.clean:
        raise typer.Exit(1)


async def _run(data: Path, database: str | None, blobs: str | None, *, read_all: bool) -> "Report":
    from securecall_server.blobs import BlobFullError, BlobOpenError, open_blobs
    from securecall_server.check import check as run
    from securecall_server.restored import Mark
    from securecall_server.store import StoreFaultError, StoreFullError, StoreOpenError, open_survey

    _, key = settings.load(data)
    mark = Mark(data)
    try:
        survey = await open_survey(settings.database_url(data, database))
        try:
            place = settings.blobs_place(data, blobs)
            return await run(
                survey,
                open_blobs(place, beside=True),
                time.time(),
                read_all=read_all,
                lacks=lambda held: _lack(mark, key.public, held),
            )
        finally:
            await survey.close()
    except (StoreOpenError, StoreFullError, StoreFaultError, BlobOpenError, BlobFullError) as error:
        raise StartError(str(error)) from None


def _lack(mark: "Mark", key: bytes, held: "Held") -> "Lack":
    from securecall_server.check import Lack

    if mark.holds(held.chain.space) or held.chain.server != key:
        return Lack.NEWEST
    came = any(named != key for _, named in held.chain.servers)
    return Lack.OLDER if came or mark.stands() else Lack.NOTHING


def _show(report: "Report") -> None:
    for fault in report.faults:
        print(fault.message)
    for hint in dict.fromkeys(fault.hint for fault in report.faults):
        say(hint)
    for absent in report.absent:
        print(absent)
    if report.absent:
        say(_ABSENT)
    for orphan in report.orphans:
        print(f"Nothing names the file blobs/{orphan}.")
    if report.orphans:
        say("Such files are left over from a crash and harm nobody: securecall-server purge deletes them.")
    kept = f"spaces {report.spaces}, items {report.items}, pieces of files {report.chunks} ({size(report.bytes)})"
    print(f"All is whole: {kept}." if report.clean else f"Damaged: {len(report.faults)} things, among {kept}.")
