"""What is typed: times, and what has to be before somebody is removed or is to decide over others (row L06).

A click can be stolen by a page that lies over ours, or be made in haste; a name or words that only a person can read
off cannot.
"""

from datetime import datetime
from typing import Final

from securecall.sentences import sentence
from securecall_client.errors import RefusedError, TextError
from securecall_client.web.form import Form
from securecall_client.web.page import Visit

_NO_TIME: Final = sentence("This is not a day and a time.")


def need_name(form: Form, name: str) -> None:
    """Raise RefusedError unless the field `typed` holds ``name``, in whatever case and spacing."""
    if form.text("typed").casefold().split() != name.casefold().split():
        said = sentence("You typed another name than the one that stands there. Nothing was changed.")
        raise RefusedError(said, code="other-name")


def local_time(visit: Visit, typed: str, *, refusal: str = _NO_TIME) -> datetime:
    """The time of a field, which knows no zone: it is the person's own. Raises: TextError, which says ``refusal``."""
    try:
        return datetime.fromisoformat(typed).astimezone(visit.language.zone)
    except (ValueError, OverflowError) as error:
        raise TextError(refusal) from error
