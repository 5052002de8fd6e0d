"""Errors that the server makes up. None of them is believed further than for the moment, and no word of it is shown."""

from securecall_client.errors import OfflineError
from securecall_client.refusals import SENTENCES, refused
from tests.simulator.field import Attempt, Field, fetch, look, write
from tests.simulator.hostile import Hostile
from tests.simulator.refusal import Act

UNKNOWN = "The server refused this"


def error(name: str, code: str, attempt: Attempt) -> Act:
    """Refuse all requests of that name, with that code."""

    async def lie(_field: Field, server: Hostile) -> None:
        server.refuse(name, refused(code))

    return Act("S40", lie, attempt, "refused", SENTENCES.get(code, UNKNOWN), takes=name == "append")


def silence(name: str, attempt: Attempt) -> Act:
    """Let no request of that name through."""

    async def lie(_field: Field, server: Hostile) -> None:
        server.refuse(name, OfflineError("The server was not reached."))

    return Act("S09 N02", lie, attempt, "late", takes=name in ("append", "grants"))


CODES = ("busy", "full", "no-right", "not-a-member", "destroyed", "unauthorized", "made-up", "<b>503</b>")

ERRORS: dict[str, Act] = {
    **{f"answers a look with {code}": error("items", code, look) for code in CODES},
    **{f"answers a fetch with {code}": error("get_chunk", code, fetch) for code in CODES},
    **{f"answers an answer with {code}": error("append", code, write) for code in CODES},
    "answers an answer with not-found": error("append", "not-found", write),
    "denies every space": Act(
        "S09 S40", error("items", "not-found", look).lie, look, "odd", "denies that there is such a space"
    ),
    "refuses the key with made-up": error("grants", "made-up", look),
    "says that the device was removed": Act(
        "S40 R02", error("login", "unauthorized", look).lie, look, "refused", "does not let this device in"
    ),
    **{f"never answers {name}": silence(name, attempt) for name, attempt in {
        "hello": look, "login": look, "items": look, "grants": look, "append": write
    }.items()},
}  # fmt: skip
