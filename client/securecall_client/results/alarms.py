"""Results about alarms, the evidence that goes with them, and the audit of a call's keys."""

from typing import Literal

from securecall.judging import Convicts
from securecall_client.results.common import Result
from securecall_client.results.status import AlarmLine


class PartyLine(Result, frozen=True, kw_only=True):
    """A server or a device by its key, or whoever made the file; `name` is the member's, where it is known here."""

    kind: Literal["server", "device", "maker"]
    key: str | None
    member: str | None
    name: str | None


class SignatureLine(Result, frozen=True, kw_only=True):
    """What a party signed, in words; `time` is when a server says that it did."""

    by: PartyLine
    what: str
    time: str | None


class VerdictLine(Result, frozen=True, kw_only=True):
    """Whom evidence convicts, of what, and who signed what."""

    convicts: Convicts
    who: list[PartyLine]
    what: str
    signed: list[SignatureLine]


class Judged(Result, frozen=True, kw_only=True):
    """A file of evidence that holds, about a space."""

    space: str
    verdict: VerdictLine


class Alarms(Result, frozen=True, kw_only=True):
    """All alarms, the newest first; of those that were dismissed, `put_aside` are not among them."""

    alarms: list[AlarmLine]
    put_aside: int


class AlarmShown(AlarmLine, frozen=True, kw_only=True):
    """One alarm; `verdict` is what its evidence says, if it has any."""

    verdict: VerdictLine | None


class EvidenceFile(Result, frozen=True, kw_only=True):
    """Where evidence was written: of an alarm, or (null) of what was shown of a call."""

    alarm: str | None
    path: str
    size: int


class Recipient(Result, frozen=True, kw_only=True):
    """A device that should hold an epoch's key: all of it (`seed`), or what is for everyone."""

    member: str
    name: str
    device: str
    kind: Literal["seed", "everyone"]


class EpochLine(Result, frozen=True, kw_only=True):
    """One epoch: where it starts, who started it, who should hold its key, and what is otherwise, in words."""

    epoch: int
    seq: int
    author: str
    author_name: str
    recipients: list[Recipient]
    differences: list[str]


class Audit(Result, frozen=True, kw_only=True):
    """A call's epochs, oldest first; `clean` if nothing is otherwise."""

    call: str
    title: str
    epochs: list[EpochLine]
    clean: bool
