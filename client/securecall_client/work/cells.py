"""Cells of a CSV file that no spreadsheet can take for a formula, and back again (threat row M17).

A spreadsheet runs what stands at the beginning of a cell, and a careless one begins a new cell wherever
a quotation mark, a separator or a line break stands. At each such place, where a trigger follows (behind
any apostrophes and white space), one apostrophe is put in, and `restore` takes out exactly those: an
apostrophe does not change what follows it, so the places are the same before and after. Hence
``restore(neutralise(text)) == text`` for every text. Both are linear in the length of the text.

Source: OWASP, "CSV Injection".
"""

import csv
import io
from collections.abc import Iterable, Sequence

_TRIGGERS = frozenset("=+-@\t\r\0\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212")
"""ASCII, full-width and small forms, and the minus sign, which LibreOffice reads as one."""
_BREAKS = frozenset('\n\r\t",;')
"""Behind these a new cell may begin."""
_APOSTROPHE = "'"


def neutralise(text: str) -> str:
    """``text`` with an apostrophe wherever a spreadsheet could begin to run it."""
    starts = _starts(text)
    return "".join(_APOSTROPHE + c if i in starts else c for i, c in enumerate(text)) if starts else text


def restore(cell: str) -> str:
    """The text that `neutralise` was given."""
    starts = _starts(cell)
    return "".join(c for i, c in enumerate(cell) if c != _APOSTROPHE or i not in starts) if starts else cell


def to_csv(lines: Iterable[Sequence[str]]) -> str:
    """``lines`` as CSV (RFC 4180), each cell neutralised and in quotation marks."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([neutralise(cell) for cell in line] for line in lines)
    return out.getvalue()


def _starts(text: str) -> frozenset[int]:
    """Where in ``text`` a cell may begin and, behind apostrophes and white space, a trigger follows."""
    if _TRIGGERS.isdisjoint(text):
        return frozenset()
    starts = set()
    ahead = False
    for i in range(len(text) - 1, -1, -1):
        character = text[i]
        ahead = character in _TRIGGERS or (ahead and (character == _APOSTROPHE or character.isspace()))
        if ahead and (i == 0 or text[i - 1] in _BREAKS):
            starts.add(i)
    return frozenset(starts)
