"""The pages, by what they are about. Each module has its `Pages`, and templates of its own."""

from collections.abc import Sequence
from typing import Final

from securecall_client.web.page import Pages
from securecall_client.web.pages import (
    alarms,
    answering,
    begin,
    call,
    call_people,
    discussion,
    document,
    documents,
    exercise,
    exercise_map,
    exercises,
    from_finding,
    home,
    invitations,
    keys,
    line,
    opening,
    outcomes,
    people,
    presenting,
    records,
    secretariat,
    sheet,
)

ALL: Final[Sequence[Pages]] = (
    alarms.pages,
    answering.pages,
    begin.pages,
    call.pages,
    call_people.pages,
    discussion.pages,
    document.pages,
    documents.pages,
    exercise.pages,
    exercise_map.pages,
    exercises.pages,
    from_finding.pages,
    home.pages,
    invitations.pages,
    keys.pages,
    line.pages,
    opening.pages,
    outcomes.pages,
    people.pages,
    presenting.pages,
    records.pages,
    secretariat.pages,
    sheet.pages,
)
