"""A whole call in open formats, in one encrypted archive, for whoever must keep it (protocol 5.8; rows F01, T10).

In it: what its screens show as JSON, each exercise with its map, every document, the report, and a list of it all.
Nothing of it is ever on the disk unencrypted, and the archive has no name before it is whole.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from securecall.sentences import plain, sentence
from securecall_client import clock, exhibits
from securecall_client.acts import (
    agenda,
    calls,
    committing,
    deciding,
    discussing,
    documents,
    exercises,
    mapping,
    minutes,
    named,
    reporting,
)
from securecall_client.acts.fetching import fetch
from securecall_client.archive import Archive, Out
from securecall_client.errors import OfflineError, RefusedError
from securecall_client.exhibits import Exhibit
from securecall_client.file_names import safe_name, split_name
from securecall_client.files import save_as
from securecall_client.results.common import Result
from securecall_client.results.reports import Exported
from securecall_client.session import Session
from securecall_client.text import for_terminal
from securecall_client.view import SpaceView
from securecall_client.work.map_csv import to_csv
from securecall_client.work.map_findings import Map
from securecall_client.work.map_picture import to_svg
from securecall_client.work.report_html import to_html
from securecall_client.work.state import Version

File = tuple[str, bytes]
Seal = Callable[[Out], AbstractContextManager[Out]]
"""Encrypts what is written within, and passes it on."""
_EVIDENCE = "evidence/call.evidence"
_ABOUT_EVIDENCE = """\
call.evidence holds every signed item of this call as it stands on the server: entries, records (still sealed), the
public keys of their authors, and the server's own signed word for the newest place.

Check it on any computer, without an account and without this call:

    securecall evidence verify call.evidence

That recomputes every signature and the order of all items. It shows who signed what place, and that nothing was added,
left out or moved. What the records say stays sealed in it: that stands in the other files of this archive, and for
their words you have that of whoever made the archive. The format is chapter 20 of docs/protocol.md.
"""


async def export_call(session: Session, call: str, path: Path, seal: Seal, *, evidence: bool = False) -> Exported:
    """Write a call into the new file ``path``, encrypted by ``seal`` (`archive.to_recipients`, `under_passphrase`).

    A document that cannot be had now (withdrawn, of a destroyed call, or without a line) is named, not written.

    Raises: NotFoundError, FileError, RefusedError, OfflineError (the line broke within a document),
    ProofError; then nothing is left behind.
    """
    view = await named.the_call(session, call)
    made = int(clock.now())
    proof = await _evidence(session, view) if evidence else None
    with save_as(path) as file, seal(file) as out:
        archive = Archive(out, f"call-{view.space.hex()[:8]}", made)
        for name, data in [file async for file in _files(session, view)]:
            archive.add(name, data)
        missing = [name async for name in _missing(session, view, archive)]
        if proof is not None:
            archive.add(_EVIDENCE, proof)
            archive.add("evidence/README.txt", _ABOUT_EVIDENCE.encode())
        archive.add("INDEX.txt", _index(view, archive.names, missing, made).encode())
        archive.finish()
    return Exported(
        call=view.space.hex(),
        title=view.state.title,
        path=str(path),
        size=path.stat().st_size,
        files=archive.names,
        missing=missing,
        evidence=evidence,
    )


async def _files(session: Session, view: SpaceView) -> AsyncIterator[File]:
    call = view.space.hex()
    yield "call.json", _json(calls.describe(view))
    yield "documents.json", _json(await documents.list_documents(session, call))
    for file in _parts(view):
        yield file
    for number, exercise in enumerate(view.state.exercises, start=1):
        shown = await exercises.show_exercise(session, call, exercise.hex())
        name = f"exercises/{number}-{shown.template}"
        yield f"{name}.json", _json(shown)
        if shown.sealed and not shown.revealed:
            continue  # there is no map before the reveal, also for those who may look at one
        if all(question.type != "rows" for question in shown.questions):
            continue  # a map is drawn from the rows of tables
        drawn = await mapping.map_exercise(session, call, exercise.hex())
        yield f"{name}-map.json", _json(drawn)
        yield f"{name}-map.csv", to_csv(drawn).encode()
        yield f"{name}-map.svg", to_svg(drawn, drawn.title).encode()
    report = reporting.of_call(view, reporting.cast_of(view, "named"), clock.now())
    yield "report.html", to_html(report).encode()


def _parts(view: SpaceView) -> Iterator[File]:
    """Agenda, discussion, minutes in all their versions, decisions and commitments, as far as there are any."""
    written = (
        ("agenda", agenda.agendas(view)),
        ("discussion", discussing.messages(view)),
        ("decisions", deciding.decisions(view)),
        ("commitments", committing.commitments(view)),
    )
    for name, lines in written:
        if lines:
            yield f"{name}.json", _json(lines)
    for circle, state in view.state.minutes.items():
        versions = [minutes.minutes_shown(view, circle, version) for version in state.versions]
        yield f"minutes-{circle}.json", _json(versions)
        if state.newest is not None:
            yield f"minutes-{circle}.txt", state.newest.text.encode()


async def _missing(session: Session, view: SpaceView, archive: Archive) -> AsyncIterator[str]:
    """Put every document into the archive; gives the names of those that cannot be had."""
    for versions in view.state.documents.values():
        for version in versions:
            newest = version is versions[-1]
            folder = "documents" if newest else "documents/earlier"
            name = version.body.name if newest else f"{version.number} {version.body.name}"
            free = _free(archive.names, folder, safe_name(name))
            if not await _document(session, view, version, archive, free):
                yield version.body.name


async def _document(session: Session, view: SpaceView, version: Version, archive: Archive, name: str) -> bool:
    """Stream one version into the archive; whether it could be had.

    Raises: OfflineError, RefusedError once a part of it is in the archive already, ProofError.
    """
    if version.withdrawn or view.chain.destroyed or not session.reached:
        return False
    entry = archive.begin(name, version.body.size)
    try:
        await fetch(session, view.space, version.body, entry)
    except (OfflineError, RefusedError):
        if entry.begun:
            raise
        return False
    entry.end()
    return True


def _free(taken: Sequence[str], folder: str, name: str) -> str:
    """The first of `report.pdf`, `report (2).pdf`, ... that the folder does not have, whatever its case."""
    stem, extension = split_name(name)
    known = {each.casefold() for each in taken}
    path, number = f"{folder}/{name}", 1
    while path.casefold() in known:
        number += 1
        path = f"{folder}/{stem} ({number}){extension}"
    return path


async def _evidence(session: Session, view: SpaceView) -> bytes:
    proof = await exhibits.whole(session.replica, Exhibit().of(view.chain))
    if proof is None:
        raise RefusedError(
            "What was signed in this call makes no file of evidence: there is no statement of the server about it yet,"
            " or it is too large.",
            hint="Fetch one: securecall sync. Or go on without: leave --evidence out.",
            code="no-evidence",
        )
    return proof


def _index(view: SpaceView, names: Sequence[str], missing: Sequence[str], made: int) -> str:
    """What is in the archive, for whoever opens it in years."""
    title = view.state.call.title if view.state.call else view.state.title
    lines = [
        sentence("The call “%(title)s”, as it stood on %(time)s.", title=title, time=clock.iso(made)),
        "",
        "Begin with report.html, which any browser shows. The .json files hold the same and more, for programs;",
        "documents/ holds the files that people put up. Others wrote them: open them as you would an attachment.",
        "",
        *(f"  {name}" for name in names),
        "  INDEX.txt",
    ]
    if missing:
        lines += ["", "Not in it, since they were withdrawn or could not be had:", "", *(f"  {n}" for n in missing)]
    return for_terminal("\n".join(lines) + "\n", newlines=True)


def _json(value: Result | Map | Sequence[Result]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=plain), indent=1) + b"\n"
