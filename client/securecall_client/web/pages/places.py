"""Where on the pages a thing of a call stands: ids alone, no word of anybody's."""

from securecall_client.acts.discussing import thread_name
from securecall_client.results.presenting import Presented


def base(call: str) -> str:
    """A call's own page."""
    return f"/call/{call}"


def pair(space: str) -> str:
    """A space for two."""
    return f"/pair/{space}"


def exercise(call: str, ident: str) -> str:
    """An exercise."""
    return f"{base(call)}/exercise/{ident}"


def document(call: str, ident: str) -> str:
    """A document."""
    return f"{base(call)}/document/{ident}"


def thread(call: str, on: str) -> str:
    """What is said about a thing, as it is typed: `doc:ID`, `row:ANSWER:N`, ...; nothing for the call."""
    return f"{base(call)}/talk/{thread_name(on)}" if on else f"{base(call)}/talk"


def presented(shown: Presented) -> str:
    """Where what is presented can be looked at; empty while nothing is."""
    match shown.kind:
        case "document":
            return document(shown.call, shown.id)
        case "map":
            return f"{exercise(shown.call, shown.id)}/map"
        case "agenda":
            return base(shown.call)
        case "":
            return ""
