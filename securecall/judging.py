"""Whom a file of evidence convicts (protocol 20): the server, a member's device, one of the two, or nobody.

The rule for every finding is that no honest server and no honest member can be made to look guilty by whoever writes
the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from securecall.evidence import Evidence
from securecall.exhibits import Case
from securecall.findings import is_close, shown
from securecall.naming import Party, Signature, item_signed, statement
from securecall.sentences import sentence
from securecall.testimony import said

Convicts = Literal["server", "member", "both", "one of the two", "nobody"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is convicted, of what, and what was signed by whom."""

    convicts: Convicts
    who: tuple[Party, ...]
    what: tuple[str, ...]
    signed: tuple[Signature, ...]


def judge(evidence: Evidence) -> Verdict:
    """Weigh a file. Raises: InvalidError if anything in it does not hold, or the maker's word cannot be so."""
    case = Case(evidence)
    findings = [*shown(case), *said(case)]
    stated = [statement(vouched) for vouched in case.vouched]
    if not findings:
        return Verdict(
            "nobody", (), (_nothing(case),), _unique([*stated, *(item_signed(case, item) for item in case.told)])
        )
    sure = [finding for finding in findings if finding.convicts != "one of the two"]
    kinds = {finding.convicts for finding in sure}
    convicts: Convicts = "both" if len(kinds) == 2 else next(iter(kinds)) if kinds else "one of the two"
    who = tuple(dict.fromkeys(party for finding in sure or findings for party in finding.who))
    signed = _unique([signature for finding in findings for signature in finding.signed])
    return Verdict(convicts, who, tuple(dict.fromkeys(finding.what for finding in findings)), signed)


def _nothing(case: Case) -> str:
    if not case.vouched and not case.told:
        return sentence("The file shows a history that holds, and nothing against it.")
    beside = sentence(
        "It shows what its maker was shown. Laid beside the file of somebody who was shown otherwise, it convicts the "
        "server."
    )
    if not is_close(case):
        return beside
    return sentence(
        "The server signed that less stands than it had signed for, within a minute. Honest "
        "processes of one server may differ by that much; a statement that is a minute younger "
        "convicts it. %(beside)s",
        beside=beside,
    )


def _unique(signed: Sequence[Signature]) -> tuple[Signature, ...]:
    return tuple(dict.fromkeys(signed))
