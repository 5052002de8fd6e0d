"""Months as ``YYYY-MM``, and spans of them that may be open at either end."""

import re

from securecall.sentences import Sentence, Term, sentence
from securecall_client.work.errors import CellError
from securecall_client.work.words import shown

Span = tuple[str | None, str | None]
"""First and last month, both included; None is an open end. Text order is order in time."""

_NEVER = "~"
"""Behind every month in text order, as nothing is before them all."""
_MONTH = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")
_TYPED = (
    re.compile(r"(?P<year>[0-9]{4})[-/. ](?P<month>[0-9]{1,2})(?:-[0-9]{2})?"),
    re.compile(r"(?P<month>[0-9]{1,2})[-/. ](?P<year>[0-9]{4})"),
    re.compile(r"(?P<name>[A-Za-z]{3,9})\.?[-/. ]?(?P<year>[0-9]{4}|[0-9]{2})"),
)
"""How people and spreadsheets write a month: 2026-3, 03/2026, Mar-26, the day 2026-03-15."""
_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def read_month(value: object) -> str | None:
    """A month of the years 1900 to 2199, None if it is missing.

    Raises: CellError if it is anything else.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise CellError("must be a month in quotation marks, such as “2026-03”.")
    if not _MONTH.fullmatch(value):
        raise CellError(
            sentence("%(value)s is not a month; write year and month, such as 2026-03.", value=shown(value))
        )
    return value


def typed_month(text: str) -> str | None:
    """The month that somebody typed in a way of their own; None where it is not clear that it is one."""
    found = next((found for form in _TYPED if (found := form.fullmatch(text.strip()))), None)
    if found is None:
        return None
    parts = found.groupdict()
    name, year = str(parts.get("name", "")).lower(), parts["year"]
    named = [number for number, known in enumerate(_NAMES, 1) if name and known.startswith(name)]
    month = int(parts["month"]) if "month" in parts else named[0] if len(named) == 1 else 0
    written = f"{year if len(year) == 4 else '20' + year}-{month:02}"
    return written if _MONTH.fullmatch(written) else None


def read_span(first: str | None, last: str | None) -> Span:
    """The span from ``first`` to ``last``.

    Raises: CellError if it runs backwards.
    """
    if first is not None and last is not None and first > last:
        raise CellError(sentence("%(last)s lies before %(first)s, where the row begins.", last=last, first=first))
    return first, last


def common(one: Span, other: Span) -> Span | None:
    """The months that both spans have, None if they do not meet. Symmetric."""
    first = max(one[0] or "", other[0] or "")
    last = min(one[1] or _NEVER, other[1] or _NEVER)
    return None if first > last else (first or None, None if last == _NEVER else last)


def phrase(span: Span) -> Sentence:
    """The span in words, as a part of a sentence."""
    first, last = (None if month is None else Term(month, "month", month) for month in span)
    if first is None:
        return sentence("with no months named") if last is None else sentence("until %(last)s", last=last)
    if last is None:
        return sentence("from %(first)s on", first=first)
    if first == last:
        return sentence("in %(first)s", first=first)
    return sentence("from %(first)s to %(last)s", first=first, last=last)
