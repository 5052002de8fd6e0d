"""Alarms: what was found wrong, kept sealed, with the evidence where there is some.

They stay: an alarm is the record of what happened, and a contradiction once signed does not go away. The same finding
about a space is kept once, with the strongest evidence that there was for it. So no sentence of a proof holds a number
that the server chooses: it could fill the disk with alarms that differ in nothing else (row S40).
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from securecall.caps import EVIDENCE_BYTES
from securecall.labels import Label, digest
from securecall.wire import U64, Id, Wire, encode
from securecall_client import clock
from securecall_client.errors import ProofError
from securecall_client.exhibits import evidence, weight
from securecall_client.own import damaged, open_own, read_own
from securecall_client.replica import Replica
from securecall_client.results.common import Grade
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.primitives import seal
from securecall_keys.secret import Secret

_GRADES: dict[str, Grade] = {"late": "late", "odd": "odd", "proof": "proof"}
_BYTES = EVIDENCE_BYTES + 1024


class _Found(Wire, frozen=True):
    """In which space (None: not about one), when (unix seconds), and the file of evidence, if there is any."""

    space: Id | None
    time: U64
    evidence: Annotated[bytes, msgspec.Meta(max_length=EVIDENCE_BYTES)] | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it was kept. ``space`` and ``time`` (unix seconds) are None where nothing says."""

    id: bytes
    grade: Grade
    message: str
    space: bytes | None
    time: int | None
    evidence: bytes | None


class Alarms:
    """The alarms of one profile."""

    def __init__(self, replica: Replica, key: Secret) -> None:
        self._replica, self._key = replica, key

    async def prove(self, error: ProofError) -> None:
        """Keep a proof, with its evidence, and let it say where that is; once, however many find it in passing."""
        if error.kept:
            return
        error.kept = True
        exhibit, error.exhibit = error.exhibit, None
        if exhibit is None:
            await self.keep("proof", str(error))
            return
        file = await evidence(self._replica, exhibit)
        await self.keep("proof", str(error), exhibit.space, file)
        if file is not None:
            error.hint = f"{error.hint or ''} What others can check of it: securecall alarm list".strip()

    async def keep(self, grade: Grade, message: str, space: bytes | None = None, file: bytes | None = None) -> None:
        """Keep what was found, unless it is kept with as much already."""
        text = message.encode()
        alarm = _id(message, space)
        known = {each.id: each for each in await self.listing()}.get(alarm)
        if known is not None and weight(file) <= weight(known.evidence):
            return
        time = int(clock.now()) if known is None or known.time is None else known.time
        found = seal(self._key, encode(_Found(space, time, file)), _context(alarm, "found"))
        await self._replica.database.do(
            "INSERT INTO alarms VALUES (?, ?, ?, ?) ON CONFLICT (alarm) DO UPDATE SET found = excluded.found",
            (alarm, grade, seal(self._key, text, _context(alarm)), found),
        )

    async def listing(self) -> list[Alarm]:
        """Every alarm."""
        query = "SELECT alarm, grade, body, found FROM alarms ORDER BY alarm"
        return [self._open(*row) for row in await self._replica.database.rows(query)]

    def _open(self, alarm: bytes, grade: str, body: bytes, sealed: bytes | None) -> Alarm:
        message = self._message(alarm, body)
        if sealed is None:  # an older program kept it
            return Alarm(alarm, _grade(grade), message, None, None, None)
        found = read_own(self._key, sealed, _context(alarm, "found"), _Found, _BYTES)
        return Alarm(alarm, _grade(grade), message, found.space, found.time, found.evidence)

    def _message(self, alarm: bytes, body: bytes) -> str:
        try:
            return open_own(self._key, body, _context(alarm)).decode()
        except UnicodeDecodeError as error:
            raise damaged() from error


def _grade(grade: str) -> Grade:
    """A grade that the replica holds; whoever changed it made nothing milder by that."""
    return _GRADES.get(grade, "proof")


def _id(message: str, space: bytes | None) -> bytes:
    return digest(Label.ALARM, space or b"", message.encode())[:16]


def _context(alarm: bytes, part: str = "") -> bytes:
    return context_bytes(StorageContext("alarm", f"{alarm.hex()} {part}".strip()))
