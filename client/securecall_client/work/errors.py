"""Why written work is refused: each message is a sentence for the person who wrote it."""

from securecall.sentences import SentenceError


class WorkError(SentenceError, ValueError):
    """Written work that cannot be taken as it stands."""


class RowsError(WorkError):
    """Rows of an answer are refused; the message names the row (counted from 1) and the column."""


class TemplateError(WorkError):
    """A template is refused, with the reason."""


class CellError(WorkError):
    """One value is refused, with the reason alone.

    Only inside this package: whoever reads the table or the template adds where the value stands.
    """


class PeopleError(WorkError):
    """A table of people to invite is refused; the message names the line of the file, counted from 1."""


class VoidError(SentenceError):
    """A record counts for nobody; the message says why."""
