"""The pages, by what they are about. Each module has its `Pages`, and templates of its own."""

from collections.abc import Sequence
from typing import Final

from securecall_client.web.page import Pages
from securecall_client.web.pages import call, discussion, home, opening, outcomes, presenting, records

ALL: Final[Sequence[Pages]] = (
    home.pages,
    opening.pages,
    call.pages,
    presenting.pages,
    discussion.pages,
    outcomes.pages,
    records.pages,
)
