"""`securecall device`: the computers and the recovery sheet of one person."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall_client.cli import ask, handover, paper
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.memory import DEFAULT_MEMORY, Memory
from securecall_client.cli.options import WRITES
from securecall_client.cli.table import local, short, table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.profile import Lock
    from securecall_client.results.devices import (
        AddedDevice,
        Devices,
        DeviceSpace,
        LinkedDevice,
        MadeSheet,
        NamedDevice,
        Recovered,
        RemovedDevice,
    )

NAME: Final = "device"
HELP: Final = "Your computers, and your recovery sheet."
noun = typer.Typer(rich_markup_mode=None)

DeviceName = Annotated[
    str, typer.Argument(metavar="DEVICE", help="A device, by its id, the beginning of it, or its name.")
]
Of = Annotated[
    str | None, typer.Option("--of", metavar="MEMBER", help="Whose device, if it is not yours: a name or id.")
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the sheet into this new file instead.")
]


@command(noun, "list", example="securecall device list", gives="results.devices:Devices")
def list_devices(line: Line, of: Of = None) -> None:
    """List your devices, or those of somebody else."""
    from securecall_client.acts import devices

    line.show(line.in_session(lambda session: devices.list_devices(session, of)), _listed)


@command(
    noun, "add", example='securecall device add --name "Laptop"', gives="results.devices:AddedDevice", shared=WRITES
)
def add(
    line: Line,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What you call the new computer.")] = "",
) -> None:
    """Add another computer of yours. Run this on the one that you have.

    It shows a text, and a QR code on a terminal, and waits for the new computer, where you run `securecall device
    link`. The text is good for ten minutes and works once: whoever has it first becomes you.
    """
    from securecall_client.acts import linking

    line.show(
        line.in_session(lambda session: linking.add_device(session, name=name, show=lambda text: _show(line, text))),
        _added,
    )


@command(noun, "link", example="securecall device link --from text.txt", gives="results.devices:LinkedDevice")
def link(
    line: Line,
    source: handover.From = None,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="Get back in with your recovery sheet, which is then replaced.")
    ] = False,
    output: Output = None,
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Make this computer yours, too. Run this on the new one.

    Reads the text that `securecall device add` shows on the other: from a prompt, or with --from. With --recovery it
    reads the recovery sheet instead: its words and the long text below them.
    """
    if recovery:
        paper.check_free(output)
        text = _typed_sheet() if source is None else handover.read("recovery sheet", source)
        _recover(line, text, memory, output)
        return
    text = handover.read("linking text", source)
    from securecall_client.acts import linking

    line.show(line.run(linking.link(line.settings, _lock(line, memory), line.say, text=text)), _linked)


def _typed_sheet() -> str:
    """A sheet as somebody types it off, or what a camera made of its square. Raises: UsageError."""
    text = handover.read("24 words of the recovery sheet", None)
    while text.count("-") == 0 or text.endswith("-"):
        text += " " + ask.shown("The long text below the words, line by line")
    return text


def _recover(line: Line, text: str, memory: int, output: Path | None) -> None:
    from securecall_client.acts import recovering

    result = line.run(recovering.recover(line.settings, _lock(line, memory), line.say, text=text))
    file = _saved(line, result.recovery, output)
    line.show(result, lambda result: _recovered(result, file))


@command(
    noun,
    "recovery",
    example="securecall device recovery -o sheet.txt",
    gives="results.devices:MadeSheet",
    shared=WRITES,
)
def recovery(line: Line, output: Output = None) -> None:
    """Make a recovery sheet to print, in place of the one before.

    With it you get back in on a new computer when you have lost all others: what it says is as good as your
    computer and its passphrase together, so keep it where nobody looks.
    """
    from securecall_client.acts import recovering

    paper.check_free(output)
    result = line.in_session(recovering.make_sheet)
    file = _saved(line, result, output)
    line.show(result, lambda result: _sheet(result, file))


@command(
    noun,
    "name",
    example='securecall device name 1a2b3c4d "Laptop"',
    gives="results.devices:NamedDevice",
    shared=WRITES,
)
def name(
    line: Line, device: DeviceName, called: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")]
) -> None:
    """Call one of your devices by a name. The members of the coalition see it, too."""
    from securecall_client.acts import devices

    line.show(line.in_session(lambda session: devices.name_device(session, device, called)), _named)


@command(
    noun, "remove", example="securecall device remove 1a2b3c4d", gives="results.devices:RemovedDevice", shared=WRITES
)
def remove(line: Line, device: DeviceName, of: Of = None) -> None:
    """Take a lost or old device out of every space, and make new keys.

    With --of, owners and chairs shut out a device that somebody else has lost.
    """
    from securecall_client.acts import devices

    if of is None:
        result = line.in_session(lambda session: devices.remove_device(session, device))
    else:
        result = line.in_session(lambda session: devices.bar_device(session, device, of))
    line.show(result, _removed)


def _lock(line: Line, memory: int) -> "Lock":
    """A new passphrase; or the one of a profile that was begun here and never arrived."""
    return line.lock if line.has_profile() else line.new_lock(memory)


def _show(line: Line, text: str) -> None:
    line.screen.note("On the new computer, run: securecall device link")
    line.screen.note("Then give it this text. It is good for ten minutes and works once; show it to nobody else.")
    if sys.stderr.isatty():
        line.screen.note("\n".join(paper.qr(text, on_screen=True)))
    line.screen.note(text)
    line.screen.note("Waiting for the new computer. Press Ctrl-C to stop; the text is dead then.")


def _listed(result: "Devices") -> Iterator[str]:
    rows = [
        (short(each.device), each.name or "-", "recovery sheet" if each.kind == "sheet" else "computer",
         "this one" if each.this else "")
        for each in result.devices
    ]  # fmt: skip
    yield table(("Device", "Name", "Kind", ""), rows)
    if all(each.kind != "sheet" for each in result.devices) and any(each.this for each in result.devices):
        yield "You have no recovery sheet. Make one: securecall device recovery -o FILE"


def _added(result: "AddedDevice") -> Iterator[str]:
    yield f"The new computer is yours now: device {short(result.device)} {for_terminal(result.name)}".rstrip() + "."
    yield from _spaces(result.spaces)


def _linked(result: "LinkedDevice") -> Iterator[str]:
    yield f"This computer is in {for_terminal(result.title)} now, as your device {short(result.device)}."
    yield "Keep its passphrase: nobody can open this profile without it, and nobody can give you another."


def _recovered(result: "Recovered", file: Path | None) -> Iterator[str]:
    yield f"You are back in {for_terminal(result.title)}. This computer is your device {short(result.device)}."
    yield "The sheet that you used counts no more. Here is the one that takes its place."
    yield from _sheet(result.recovery, file)
    yield "If a computer of yours is lost, take it out now: securecall device list, securecall device remove ID"


def _saved(line: Line, sheet: "MadeSheet", output: Path | None) -> Path | None:
    """The file that the sheet is in; None where it is to be shown."""
    file = paper.save(sheet, output)
    if output is not None and file is None:
        line.screen.note(f"{output} cannot be written, so the sheet is shown here. It counts already.")
    return file


def _sheet(result: "MadeSheet", file: Path | None) -> Iterator[str]:
    if file is None:
        yield from paper.lines(result)
    else:
        yield f"The recovery sheet is in {file}. Print it, put it where nobody looks, and delete the file."
    yield from _spaces(result.spaces)


def _named(result: "NamedDevice") -> Iterator[str]:
    yield f"The device {short(result.device)} is called {for_terminal(result.name)} now."


def _removed(result: "RemovedDevice") -> Iterator[str]:
    receipt = result.receipt
    named = f" ({for_terminal(receipt.name)})" if receipt.name else ""
    yield f"Removed: the device {short(receipt.device)}{named}, at {local(receipt.at)}."
    yield for_terminal(receipt.keeps)
    yield for_terminal(receipt.from_now)
    yield from _spaces(result.spaces)


def _spaces(spaces: "Iterable[DeviceSpace]") -> Iterator[str]:
    for space in spaces:
        title = for_terminal(space.name) or short(space.space)
        yield f"  {title}: done" if space.state == "done" else f"  {title}: waiting ({for_terminal(space.why)})"
