"""Files on their way out: what they hide is told, and removed unless the person wants it sent (F08)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from securecall.sentences import sentence
from securecall_client.blobs import Source
from securecall_client.cleaning import Looked, UncleanableError, look
from securecall_client.cleaning.words import ANOTHER_WAY, UNCLEANABLE, listed, told
from securecall_client.errors import FileError
from securecall_client.files import reading
from securecall_client.posix import not_limited
from securecall_client.progress import Say
from securecall_client.results.documents import CheckedFile, CheckedFiles, Hidden, Metadata
from securecall_client.sandbox.messages import Finding


async def check_files(files: Sequence[Path]) -> CheckedFiles:
    """Tell what files hide; nothing is sent, and nothing changes. Raises: FileError."""
    checked = []
    for path in files:
        with reading(path) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            checked.append(checked_file(path.name, size, await look(file)))
    return CheckedFiles(files=checked, limits=not_limited())


def checked_file(name: str, size: int, looked: Looked) -> CheckedFile:
    """What came out of a look into a file, as a result."""
    kind = looked.uncleanable
    return CheckedFile(
        name=name,
        size=size,
        metadata=looked.metadata,
        hidden=hidden(looked.findings),
        uncleanable=None if kind is None else UNCLEANABLE[kind],
        instead="" if kind is None else ANOTHER_WAY.get(kind, ""),
    )


@dataclass(frozen=True)
class Ready:
    """What is to be sent of a file, what became of what it hides, and what that was."""

    source: Source
    metadata: Metadata
    hidden: list[Hidden]


async def outgoing(say: Say, name: str, file: BinaryIO, *, keep_metadata: bool) -> Ready:
    """What is sent of a file; what it hides is said, too. No profile is needed for it.

    Raises: UncleanableError (nothing is sent), FileError if it cannot be read.
    """
    try:
        return ready(say, name, file, await look(file), keep_metadata=keep_metadata)
    except OSError as error:
        raise FileError(
            sentence("%(name)s was not put up: %(strerror)s.", name=name, strerror=error.strerror)
        ) from error


def ready(say: Say, name: str, file: BinaryIO, looked: Looked, *, keep_metadata: bool) -> Ready:
    """The same of a file that was looked into before. Raises: UncleanableError, OSError."""
    if keep_metadata:
        say.line(sentence("%(name)s is sent as it is, with all that it hides. %(kept)s", name=name, kept=_kept(looked)))
        return Ready(Source.of_file(name, file), "kept", hidden(looked.findings))
    if looked.uncleanable is not None:
        raise UncleanableError(name, looked.uncleanable)
    for line in _said(name, looked):
        say.line(line)
    return Ready(Source.of_file(name, looked.copy or file), looked.metadata, hidden(looked.findings))


def hidden(findings: Sequence[Finding]) -> list[Hidden]:
    """Findings as results."""
    return [
        Hidden(what=finding.what, words=told(finding), names=list(finding.names), stays=finding.stays)
        for finding in findings
    ]


def _kept(looked: Looked) -> str:
    if looked.findings:
        return sentence("It holds: %(listed)s.", listed=listed(looked.findings))
    return (
        sentence("Nobody could look into it.") if looked.metadata == "unknown" else sentence("Nothing was found in it.")
    )


def _said(name: str, looked: Looked) -> list[str]:
    """What a person is told of a file that is sent; nothing if it hides nothing."""
    lines: list[str] = []
    if looked.metadata == "unknown":
        lines.append(
            sentence(
                "Nothing here can look into files of the kind of %(name)s: it is sent with all that it hides.",
                name=name,
            )
        )
    if looked.removed:
        lines.append(
            sentence(
                "Removed from what is sent of %(name)s: %(listed)s. Your own file stays as it is.",
                name=name,
                listed=listed(looked.removed),
            )
        )
    if looked.stays:
        lines.append(sentence("Still in %(name)s: %(listed)s.", name=name, listed=listed(looked.stays)))
    return lines
