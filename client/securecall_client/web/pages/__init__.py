"""The pages, by what they are about. Each module has its `Pages`, and templates of its own."""

from collections.abc import Sequence
from typing import Final

from securecall_client.web.page import Pages
from securecall_client.web.pages import (
    alarms,
    begin,
    call,
    call_people,
    home,
    invitations,
    keys,
    line,
    people,
    secretariat,
    sheet,
)

ALL: Final[Sequence[Pages]] = (
    begin.pages,
    sheet.pages,
    home.pages,
    call.pages,
    call_people.pages,
    people.pages,
    invitations.pages,
    keys.pages,
    alarms.pages,
    line.pages,
    secretariat.pages,
)
