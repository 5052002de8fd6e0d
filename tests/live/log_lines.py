"""The schema of the server's log, as `docs/http.md` has it, to judge what a server wrote."""

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote

from securecall.errors import Problem
from securecall_server.errors import Code
from securecall_server.routes import ROUTES
from tests.live.process import ServerProcess

_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}"
_METHOD = "(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE|-)"
_ROUTE = f"(?:{'|'.join(re.escape(path) for path in sorted({route.path for route in ROUTES}))}|-)"
_CODE = f"(?:{'|'.join(code.value for code in (*Problem, *Code))})"
_FAULT = r"failed: [A-Z]\w+ at [\w<>]+:\d+"
_OUTSIDE = rf"- \d{{3}} (?:{_CODE}|damaged|[A-Z]\w+)"
LINE = re.compile(rf"{_TIME} (?:{_METHOD} {_ROUTE} (?:\d{{3}} {_CODE}|{_FAULT})|{_OUTSIDE})")


def log_lines(server: ServerProcess) -> list[str]:
    """Every line that the server wrote, each of the schema, without an address or an id.

    What it says of SQLite at its start is for the person who starts it, and no line of the log.
    """
    lines = [line for line in server.log.read_text("utf-8").splitlines() if not line.startswith("SQLite 3.")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert [line for line in lines if "127.0.0.1" in line or re.search("[0-9a-f]{16}", line)] == []
    return lines


def assert_none_in(lines: Iterable[str], *secrets: str) -> None:
    """None of these, as they are or encoded, stands in any line."""
    text = "\n".join(lines).lower()
    for secret in secrets:
        data = secret.encode()
        for form in (secret, data.hex(), b64encode(data).decode().rstrip("="), quote(secret), secret[::-1]):
            assert form.lower() not in text
