"""A call as plain files, for whoever must keep it: what its screens show, and its documents (protocol 5.8; row F01).

Nothing in the folder is encrypted, and its name says nothing of the call; it belongs to this user alone.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from securecall_client.acts import agenda, calls, committing, deciding, discussing, documents, exercises, minutes
from securecall_client.errors import FileError, OfflineError, RefusedError
from securecall_client.files import save_new
from securecall_client.folder import private_dir
from securecall_client.results.calls import Exported
from securecall_client.results.common import Result
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.map_csv import to_csv
from securecall_client.work.map_findings import Map
from securecall_client.work.state import Version

File = tuple[str, bytes]
"""A file's name, still to be made safe, and what it holds."""


async def export_call(session: Session, call: str, folder: Path) -> Exported:
    """Write a call into the new or empty ``folder``: what is written in it, each exercise with its map, each document.

    A document that cannot be had now (withdrawn, of a destroyed call, or without a line) is named, not written.
    Raises: NotFoundError, FileError (the folder is not empty, or cannot be written), ProofError.
    """
    view = await calls.the_call(session, call)
    _begin(folder)
    call = view.space.hex()
    names = [_write(folder, ("call.json", _json(calls.describe(view))))]
    names.append(_write(folder, ("documents.json", _json(await documents.list_documents(session, call)))))
    names += [_write(folder, file) for file in _parts(view)]
    for number, exercise in enumerate(view.state.exercises, start=1):
        names += [_write(folder, file) for file in await _exercise(session, call, exercise.hex(), number)]
    missing: list[str] = []
    for version in _newest(view):
        written = await _document(session, view, version, folder)
        if written is None:
            missing.append(version.body.name)
        else:
            names.append(written)
    return Exported(call=call, title=view.state.title, path=str(folder), files=names, missing=missing)


def _begin(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileError(
            f"There is something in {folder} already. Nothing was written.", hint="Name a folder that is not there yet."
        )
    private_dir(folder)


async def _exercise(session: Session, call: str, exercise: str, number: int) -> list[File]:
    """What is shown of an exercise, and its map twice: for programs and for a spreadsheet. None of a sealed exercise
    that is not revealed yet, also for those who may look at it.
    """
    shown = await exercises.show_exercise(session, call, exercise)
    name = f"exercise-{number}-{shown.template}"
    if shown.sealed and not shown.revealed:
        return [(f"{name}.json", _json(shown))]
    drawn = await exercises.map_exercise(session, call, exercise)
    table = (f"{name}-map.csv", to_csv(drawn).encode())
    return [(f"{name}.json", _json(shown)), (f"{name}-map.json", _json(drawn)), table]


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


def _newest(view: SpaceView) -> Iterator[Version]:
    for versions in view.state.documents.values():
        yield versions[-1]


async def _document(session: Session, view: SpaceView, version: Version, folder: Path) -> str | None:
    """The name of the file that a document was written to; None if it cannot be had."""
    if version.withdrawn or view.chain.destroyed or not session.reached:
        return None
    try:
        with save_new(folder, version.body.name) as file:
            await documents.fetch(session, view.space, version.body, file)
    except (OfflineError, RefusedError):
        return None
    return file.path.name


def _write(folder: Path, file: File) -> str:
    name, data = file
    with save_new(folder, name) as written:
        written.write(data)
    return written.path.name


def _json(value: Result | Map | Sequence[Result]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"
