"""Judging a file of evidence, with nothing but the file (protocol 20)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from securecall.caps import EVIDENCE_BYTES
from securecall.errors import InvalidError
from securecall.evidence import Evidence, beside, read_evidence
from securecall.judging import Verdict, judge
from securecall.naming import Party
from securecall.sentences import sentence, together
from securecall_client import clock
from securecall_client.errors import RefusedError
from securecall_client.files import reading
from securecall_client.results.alarms import Judged, PartyLine, SignatureLine, VerdictLine

Names = Mapping[bytes, str]
"""Member to what they are called here."""


async def verify(paths: Sequence[Path], names: Names | None = None) -> Judged:
    """Judge one file, or two about the same space laid beside each other.

    Raises: FileError, RefusedError (it does not hold, so it proves nothing).
    """
    case, *more = [read_file(path) for path in paths]
    try:
        for other in more:
            case = beside(case, other)
        verdict = judge(case)
    except InvalidError as error:
        raise _does_not_hold(error) from error
    return Judged(space=case.space.hex(), verdict=verdict_line(verdict, names or {}))


def read_file(path: Path) -> Evidence:
    """A file as it stands. Raises: FileError, RefusedError."""
    with reading(path) as file:
        data = file.read(EVIDENCE_BYTES + 1)
    try:
        return read_evidence(data)
    except InvalidError as error:
        raise _does_not_hold(error) from error


def verdict_line(verdict: Verdict, names: Names) -> VerdictLine:
    """A verdict as it is shown."""
    return VerdictLine(
        convicts=verdict.convicts,
        who=[_party(party, names) for party in verdict.who],
        what=together(*verdict.what),
        signed=[
            SignatureLine(
                by=_party(signature.by, names),
                what=signature.what,
                time=None if signature.time is None else clock.iso(signature.time / 1000),
            )
            for signature in verdict.signed
        ],
    )


def _party(party: Party, names: Names) -> PartyLine:
    return PartyLine(
        kind=party.kind,
        key=party.key.hex() or None,
        member=None if party.member is None else party.member.hex(),
        name=None if party.member is None else names.get(party.member),
    )


def _does_not_hold(error: InvalidError) -> RefusedError:
    return RefusedError(
        sentence("This does not hold, so it proves nothing: %(error)s.", error=error),
        hint="It was damaged on the way, or somebody made it up.",
        code="evidence-refused",
    )
