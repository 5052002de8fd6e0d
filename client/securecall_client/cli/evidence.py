"""`securecall evidence`: judging a file of evidence, without a profile and without a server."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.failures import UsageError
from securecall_client.cli.line import Line
from securecall_client.cli.table import local, short
from securecall_client.text import for_terminal, size

if TYPE_CHECKING:
    from securecall_client.results.alarms import EvidenceFile, Judged, PartyLine, VerdictLine

NAME: Final = "evidence"
HELP: Final = "Evidence of misbehaviour, as files that anybody can check."
OutputFile = Annotated[
    Path, typer.Option("-o", "--output", metavar="FILE", help="The file to write; nothing is written over.")
]
noun = typer.Typer(rich_markup_mode=None)

_CONVICTS: Final = {
    "server": "It convicts the server.",
    "member": "It convicts a member's device.",
    "both": "It convicts the server, and a member's device.",
    "one of the two": "It convicts one of the two; which, cannot be told from this.",
    "nobody": "It convicts nobody by itself.",
}


@command(
    noun,
    "verify",
    example="securecall evidence verify alarm.evidence",
    gives="results.alarms:Judged",
)
def verify(
    line: Line,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="A file of evidence, or two about the same space beside each other."),
    ],
    names: Annotated[
        bool, typer.Option("--names", help="Open your profile, and show the names of the members concerned.")
    ] = False,
) -> None:
    """Check evidence, and say whom it convicts and who signed what. Needs no profile and no server.

    Two members who were shown different histories lay both files beside each other. Leaves with 0 if the evidence
    holds, also where it convicts nobody by itself, and with 1 if it does not hold.
    """
    if len(files) not in (1, 2):
        raise UsageError("One file, or two.", hint="Lay two beside each other at a time.")
    from securecall_client.acts import evidence

    result = line.run(evidence.verify(files))
    if names:
        from securecall_client.acts import alarms

        space = bytes.fromhex(result.space)
        known = line.alone().in_session(lambda session: alarms.names(session, space))
        result = line.run(evidence.verify(files, known))
    line.show(result, _judged)


@command(
    noun,
    "export",
    example='securecall evidence export "Situation in spring" -o shown.evidence',
    gives="results.alarms:EvidenceFile",
)
def export(line: Line, call: CallName, output: OutputFile) -> None:
    """Write what this computer was shown of a call, and what the server signed for it.

    For laying beside the file of somebody who was shown otherwise. It holds signatures, keys, ids, times and who was in
    the call in which role; nothing that was written, no name, and no key that opens anything.
    """
    from securecall_client.acts import alarms

    line.show(line.alone().in_session(lambda session: alarms.export_call(session, call, output)), written_words)


def written_words(result: "EvidenceFile") -> Iterator[str]:
    """Where evidence was written, for people."""
    yield f"Written to {for_terminal(result.path)} ({size(result.size)}). It names nobody, and holds nothing written."
    yield "Whoever gets it checks it with: securecall evidence verify FILE"


def _judged(result: "Judged") -> Iterator[str]:
    yield f"The evidence holds. It is about the space {short(result.space)}."
    yield from verdict_words(result.verdict)


def verdict_words(verdict: "VerdictLine") -> Iterator[str]:
    """A verdict for people."""
    yield _CONVICTS[verdict.convicts]
    yield for_terminal(verdict.what)
    for party in verdict.who:
        yield f"  {_party(party)}"
    if verdict.signed:
        yield "Signed:"
    for signed in verdict.signed:
        time = f" ({local(signed.time)})" if signed.time is not None else ""
        yield f"  {_party(signed.by)}: {for_terminal(signed.what)}{time}"


def _party(party: "PartyLine") -> str:
    if party.kind == "maker":
        return "whoever made the file"
    if party.kind == "server":
        return f"the server with the key {short(party.key or '')}"
    if party.member is None:
        return f"a device {short(party.key or '')}"
    name = for_terminal(party.name) if party.name else "the member"
    return f"{name} ({short(party.member)}), device {short(party.key or '')}"
