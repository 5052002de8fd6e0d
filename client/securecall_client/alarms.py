"""Alarms: what was found wrong, kept sealed, with the evidence where there is some.

They stay: an alarm is the record of what happened, and a contradiction once signed does not go away. The same finding
about a space is kept once, with the strongest evidence that there was for it. So no sentence of a proof holds a number
that the server chooses: it could fill the disk with alarms that differ in nothing else (row S40).

Only that a server takes nothing new in a space, as it says itself, goes again: once it takes something there.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from securecall.caps import EVIDENCE_BYTES
from securecall.labels import Label, digest
from securecall.sentences import sentence, together
from securecall.wire import U64, Id, Wire, encode
from securecall_client import clock
from securecall_client.errors import ProofError
from securecall_client.exhibits import evidence, is_early, weight
from securecall_client.kept_sentences import from_bytes, to_bytes
from securecall_client.own import damaged, open_own, read_own
from securecall_client.replica import Replica
from securecall_client.results.common import Grade
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.primitives import seal
from securecall_keys.secret import Secret

_GRADES: dict[str, Grade] = {"late": "late", "odd": "odd", "proof": "proof"}
_BYTES = EVIDENCE_BYTES + 1024
_CHECKABLE = sentence("What others can check of it: securecall alarm list")
_ASK_AGAIN = sentence(
    "Others cannot tell it yet from two honest processes of one server: in two minutes, run securecall sync once more, "
    "and what the server signs then is kept as evidence (securecall alarm list)."
)
_CLOSED = sentence(
    "the server says that it was put back from an old backup, or is being moved, and takes nothing new. All that is "
    "here stays here; give the server what it lacks: securecall heal."
)


class _Found(Wire, frozen=True):
    """In which space (None: not about one), when (unix seconds), and the file of evidence, if there is any."""

    space: Id | None
    time: U64
    evidence: Annotated[bytes, msgspec.Meta(max_length=EVIDENCE_BYTES)] | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it was kept. ``space`` and ``time`` (unix seconds) are None where nothing says.

    ``lasts``: it is about how things stand, and goes by itself once they are mended. ``dismissed``: its reader has put
    it aside.
    """

    id: bytes
    grade: Grade
    message: str
    space: bytes | None
    time: int | None
    evidence: bytes | None
    lasts: bool = False
    dismissed: bool = False


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
            more = _ASK_AGAIN if is_early(file) else _CHECKABLE
            error.hint = together(error.hint, more)

    async def keep(self, grade: Grade, message: str, space: bytes | None = None, file: bytes | None = None) -> None:
        """Keep what was found, unless it is kept with as much already."""
        await self._keep(_id(message, space), grade, message, space, file)

    async def close(self, space: bytes, title: str) -> None:
        """Keep that the server takes nothing new in a space, as it says itself, until `open`."""
        await self._keep(
            _closed(space), "odd", sentence("%(title)s: %(closed)s", title=title, closed=_CLOSED), space, None
        )

    async def open(self, space: bytes) -> None:
        """Forget that; the server goes on there."""
        await self._replica.database.do("DELETE FROM alarms WHERE alarm = ?", (_closed(space),))

    async def dismiss(self, alarm: bytes) -> None:
        """Put an alarm aside until more evidence of it is found; it is kept."""
        await self._replica.set_meta(_dismissed(alarm), b"1")

    async def marked(self, alarm: Alarm) -> Alarm:
        """The same, with whether it was put aside. Nothing that is written into the profile puts a proof aside."""
        lasting = alarm.grade == "proof" or alarm.lasts
        return replace(alarm, dismissed=not lasting and bool(await self._replica.meta(_dismissed(alarm.id))))

    async def _keep(self, alarm: bytes, grade: Grade, message: str, space: bytes | None, file: bytes | None) -> None:
        known = {each.id: each for each in await self.listing()}.get(alarm)
        if known is not None and weight(file) <= weight(known.evidence):
            return
        time = int(clock.now()) if known is None or known.time is None else known.time
        text, found = to_bytes(message), seal(self._key, encode(_Found(space, time, file)), _context(alarm, "found"))
        await self._replica.database.do(
            "INSERT INTO alarms VALUES (?, ?, ?, ?) ON CONFLICT (alarm) DO UPDATE SET found = excluded.found",
            (alarm, grade, seal(self._key, text, _context(alarm)), found),
        )
        if known is not None and (await self.marked(known)).dismissed:
            await self._replica.set_meta(_dismissed(alarm), b"")

    async def listing(self) -> list[Alarm]:
        """Every alarm."""
        query = "SELECT alarm, grade, body, found FROM alarms ORDER BY alarm"
        return [self._open(*row) for row in await self._replica.database.rows(query)]

    def _open(self, alarm: bytes, grade: str, body: bytes, sealed: bytes | None) -> Alarm:
        message = self._message(alarm, body)
        if sealed is None:  # an older program kept it
            return Alarm(alarm, _grade(grade), message, None, None, None)
        found = read_own(self._key, sealed, _context(alarm, "found"), _Found, _BYTES)
        lasts = found.space is not None and alarm == _closed(found.space)
        return Alarm(alarm, _grade(grade), message, found.space, found.time, found.evidence, lasts)

    def _message(self, alarm: bytes, body: bytes) -> str:
        try:
            return from_bytes(open_own(self._key, body, _context(alarm)))
        except ValueError as error:
            raise damaged() from error


def _grade(grade: str) -> Grade:
    """A grade that the replica holds; whoever changed it made nothing milder by that."""
    return _GRADES.get(grade, "proof")


def _id(message: str, space: bytes | None) -> bytes:
    return digest(Label.ALARM, space or b"", message.encode())[:16]


def _dismissed(alarm: bytes) -> str:
    return f"dismissed {alarm.hex()}"


def _closed(space: bytes) -> bytes:
    return _id("closed", space)


def _context(alarm: bytes, part: str = "") -> bytes:
    return context_bytes(StorageContext("alarm", f"{alarm.hex()} {part}".strip()))
