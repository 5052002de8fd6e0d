"""What a file hides is told and removed before it leaves (F08): the door.

Everything is parsed in the sandbox (F04, F05), and the cleaned copy is in memory alone (T04). What is removed from
which files, and what is not, stands in `docs/documents.md`.
"""

import asyncio
import io
import os
from dataclasses import dataclass
from typing import BinaryIO, Final

from securecall.sentences import sentence, together
from securecall_client.cleaning.words import ANOTHER_WAY, UNCLEANABLE
from securecall_client.errors import FileError
from securecall_client.results.documents import Metadata
from securecall_client.sandbox.kinds import CLEANED, HEAD, NEVER_CLEANED, kind_of
from securecall_client.sandbox.messages import FILE_MOST, Clean, Cleaned, Finding
from securecall_client.sandbox.process import Sandbox, SandboxError

_OFFICE: Final = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/", b"mimetype")
"""How the names of the first part of an office file begin."""
_AT_NAME: Final = 30
"""Where that name stands in a ZIP archive."""


class UncleanableError(FileError):
    """A file of a kind that tells about people, and it cannot be cleaned; ``why`` is a key of `words.UNCLEANABLE`."""

    code = "not-cleaned"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            sentence(
                "What %(name)s hides cannot be removed: %(uncleanable)s.", name=name, uncleanable=UNCLEANABLE[why]
            ),
            hint=together(ANOTHER_WAY.get(why), "To send it with all that it hides: --keep-metadata."),
        )
        self.why = why


@dataclass(frozen=True)
class Looked:
    """What came out: what a file hides, and, if it is to go in place of the file, a copy without that.

    ``metadata`` is `removed` if ``copy`` lacks something that the file told, `none` if it hid nothing that could be
    removed, and `unknown` if nobody could look; ``uncleanable`` is a key of `words.UNCLEANABLE` if it is of a kind that
    tells about people, and cannot be cleaned.
    """

    metadata: Metadata
    findings: tuple[Finding, ...] = ()
    copy: BinaryIO | None = None
    uncleanable: str | None = None

    @property
    def removed(self) -> tuple[Finding, ...]:
        """What ``copy`` lacks."""
        return tuple(finding for finding in self.findings if not finding.stays)

    @property
    def stays(self) -> tuple[Finding, ...]:
        """What is in it still."""
        return tuple(finding for finding in self.findings if finding.stays)


async def look(file: BinaryIO) -> Looked:
    """Look into ``file``, which is read from its beginning and left there, and make a copy without what it hides.

    Text hides nothing. A file of a kind that nobody knows, and an archive, goes as it is.

    Raises: OSError if it cannot be read.
    """
    head, size = file.read(HEAD), file.seek(0, os.SEEK_END)
    file.seek(0)
    kind = kind_of(head)
    if kind in NEVER_CLEANED:
        return Looked("unknown", uncleanable=kind)
    if kind not in CLEANED or (kind == "zip" and size > FILE_MOST and not head[_AT_NAME:].startswith(_OFFICE)):
        return Looked("none" if kind == "text" else "unknown")
    if size > FILE_MOST:
        return Looked("unknown", uncleanable="too-large")
    data = file.read(FILE_MOST)
    file.seek(0)
    return await _cleaned(data)


async def _cleaned(data: bytes) -> Looked:
    with Sandbox(data) as sandbox:
        try:
            answer, made = await asyncio.to_thread(sandbox.ask, Clean(), Cleaned)
        except SandboxError as error:
            return Looked("unknown", uncleanable=None if error.why == "kind" else error.why)
    removed = any(not finding.stays for finding in answer.findings)
    return Looked("removed" if removed else "none", answer.findings, io.BytesIO(made))
