"""Alarms: what was found wrong with what the server showed, kept sealed until a person has seen to it."""

from securecall.labels import Label, digest
from securecall_client.replica import Replica
from securecall_client.results.common import Grade
from securecall_client.results.status import AlarmLine
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.primitives import seal, unseal
from securecall_keys.secret import Secret

_GRADES: dict[str, Grade] = {"late": "late", "odd": "odd", "proof": "proof"}


class Alarms:
    """The alarms of one profile."""

    def __init__(self, replica: Replica, key: Secret) -> None:
        self._replica, self._key = replica, key

    async def keep(self, grade: Grade, message: str) -> None:
        """Keep what was found; the same finding is kept once."""
        text = message.encode()
        alarm = digest(Label.ALARM, text)[:16]
        await self._replica.raise_alarm(alarm, grade, seal(self._key, text, _context(alarm)))

    async def listing(self) -> list[AlarmLine]:
        """Every alarm."""
        return [
            AlarmLine(
                alarm=alarm.hex(),
                grade=_GRADES[grade],
                message=unseal(self._key, body, _context(alarm)).decode(),
            )
            for alarm, grade, body in await self._replica.alarms()
        ]


def _context(alarm: bytes) -> bytes:
    return context_bytes(StorageContext("alarm", alarm.hex()))
