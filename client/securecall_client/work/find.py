"""Finding a thing by what a person typed: its id, an unambiguous beginning of it, or its exact name."""

from collections.abc import Callable, Collection, Mapping

from securecall.sentences import sentence
from securecall_client.errors import NotFoundError

SHORTEST = 4
"""Characters of an id that a beginning must have."""
NAME_MOST = 60
"""Characters of a name among several to choose from."""


def find(
    what: str,
    typed: str,
    names: Mapping[bytes, str],
    former: Mapping[bytes, Collection[str]] | None = None,
    more: Callable[[bytes], str] = lambda _: "",
) -> bytes:
    """The id among ``names`` (id to name) that ``typed`` means; ``what`` is the noun for the sentence.

    ``former``: names that things had before, which count where no id and no name of today fits. ``more``: what tells
    one from others of its name, for a person who must choose.

    Raises: NotFoundError if there is none, or more than one.
    """
    typed = typed.strip()
    beginning = typed.lower() if len(typed) >= SHORTEST else None
    by_id = [known for known in names if beginning and known.hex().startswith(beginning)]
    found = by_id or [known for known, name in names.items() if name == typed]
    if not found and former:
        found = [known for known, before in former.items() if typed in before]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(
            sentence("There is no %(what)s “%(typed)s” here.", what=what, typed=typed), hint=_others(what, names)
        )
    raise NotFoundError(
        sentence("%(number)s %(what)ss are called “%(typed)s”.", number=len(found), what=what, typed=typed),
        hint=sentence(
            "Use the id: %(ids)s", ids="; ".join(sorted(_told(known, names[known], more(known)) for known in found))
        ),
        code="ambiguous",
    )


def _others(what: str, names: Mapping[bytes, str]) -> str:
    known = sorted(set(names.values()))[:8]
    return sentence("There is: %(known)s", known=known) if known else sentence("There is no %(what)s yet.", what=what)


def _told(known: bytes, name: str, more: str) -> str:
    return f"{known.hex()[:8]} ({', '.join(filter(None, (name[:NAME_MOST], more)))})"
