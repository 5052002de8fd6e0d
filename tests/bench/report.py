"""What a run leaves: `build/bench.json` for programs, and the page `docs/benchmarks.md`, made from it."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.bench.measure import Row

ROOT = Path(__file__).parents[2]
ROWS = ROOT / "build" / "bench.json"
PAGE = ROOT / "docs" / "benchmarks.md"

ABOUT = """\
# Benchmarks

Made by `make bench`, which also writes every single measurement to `build/bench.json`. Change nothing here by hand.

Absolute times say most about the machine. What says something about SecureCall is the **ratio** to a floor: the least
that anything would have to do, measured in turns with ours in the same run. All numbers are medians of {rounds} rounds;
behind the ratio stand the least and the greatest that any round gave.

Measured on {machine}.
"""
HEAD = """\
| what | ours | floor | ratio | beside |
|---|--:|--:|--:|---|
"""
NOTES = """
What the rows mean:

- **seal, open**: a file of random bytes, chunk by chunk, read from the system's cache; the result is thrown away. Each
  chunk's SHA-256 is part of the format (a record pins it, since everybody in the circle knows the file's key), so the
  row beside AES-GCM *and* SHA-256 shows what our own code costs; most of the one beside AES-GCM alone is SHA-256.
- **upload, download**: by the client library through the real server process, on a loopback line and a real disk;
  upload is all of `doc add` but the sealing before it, download checks and opens each chunk. The floor moves chunks of
  the same size by aiohttp alone.
- **memory**: the greatest resident memory, above what the process had once the profile was unlocked (the server: once
  it ran), during sealing, upload and download together.
- **rotate**: the entry that starts an epoch, with a grant for every device, made and not sent.
- **verify, open and fold**: a call of 30 people from memory, as a client does at its start.
- **records**: 30 devices send at once, each its next record as soon as it has the receipt, which the server gives only
  once the record is on disk; all 30 hear of them live and fetch them. The floor hands messages to all 30 and keeps
  nothing. Here *more* is better.
- **an answer to 29 screens**: from writing it in one whole client until 29 others have been told live, have fetched,
  verified and durably kept it, and show it. All 30 share one process here and so take turns: a 29th of it is what one
  client takes. The floor only hands 1,500 bytes to 30 sockets.
- **a call's page, the key derived**: a call of 30 people with 2,000 records and 200 documents, all of it on this
  computer. From the moment at which the passphrase has become a key until Chromium shows the page of the call and hears
  what others do: the chain is verified, the records are opened and folded, the page is made, brought and built. The
  goal is a second; the floor is the same browser and a text of that length.
- **an answer on another's page**: from the press of *Send* on one person's page of the exercise in that call until
  another's page shows the row, each in a Chromium of this machine. Both people's programs share one process, the server
  has its own. The goal is 300 ms.
- **the map**: the answers of 160 organisations, 20 rows each, made up as of a call about one country and its parts, are
  read and become a map of about 21,000 findings, and that map a picture. The floor reads the same findings from JSON.
"""


def machine() -> str:
    """The machine, in words that name nobody's."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"{platform.system()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, {python}"


def write_rows(rows: Sequence[Row], path: Path = ROWS) -> None:
    """Write the rows for programs."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")


def read_rows(path: Path = ROWS) -> list[Row]:
    """Read what `write_rows` wrote."""
    return msgspec.json.decode(path.read_bytes(), type=list[Row])


def table(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    return HEAD + "".join(_line(row) for row in rows)


def _line(row: Row) -> str:
    ratios = row.ratios()
    ratio = f"**{_number(row.ratio)}** ({_number(ratios[0])}–{_number(ratios[-1])})"
    ours, floor = (f"{_number(value)} {row.unit}" for value in (row.value, row.baseline))
    return f"| {row.name} | {ours} | {floor} | {ratio} | {row.floor} |\n"


def _number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def page(rows: Sequence[Row], left_out: Sequence[str]) -> str:
    """The whole page."""
    about = ABOUT.format(rounds=len(rows[0].rounds), machine=machine())
    missing = "".join(f"\nLeft out: {why}\n" for why in left_out)
    return f"{about}\n{table(rows)}{missing}{NOTES}"
