"""What the doctor found."""

from typing import Literal

from securecall_client.results.common import Result

CheckState = Literal["ok", "problem", "left out"]


class Check(Result, frozen=True, kw_only=True):
    """One thing that was looked at; `check` is its stable name, `hint` how it is mended."""

    check: str
    state: CheckState
    message: str
    hint: str | None


class Diagnosis(Result, frozen=True, kw_only=True):
    """Everything that was looked at; `ok` if nothing needs mending. No secrets, ids, names or addresses of servers."""

    version: str
    ok: bool
    checks: list[Check]
