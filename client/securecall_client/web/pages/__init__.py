"""The pages, by what they are about. Each module has its `Pages`, and templates of its own."""

from collections.abc import Sequence
from typing import Final

from securecall_client.web.page import Pages
from securecall_client.web.pages import (
    answering,
    call,
    discussion,
    exercise,
    exercise_map,
    exercises,
    from_finding,
    home,
    opening,
    outcomes,
    presenting,
    records,
)

ALL: Final[Sequence[Pages]] = (
    answering.pages,
    call.pages,
    discussion.pages,
    exercise.pages,
    exercise_map.pages,
    exercises.pages,
    from_finding.pages,
    home.pages,
    opening.pages,
    outcomes.pages,
    presenting.pages,
    records.pages,
)
