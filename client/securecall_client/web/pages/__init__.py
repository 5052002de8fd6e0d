"""The pages, by what they are about. Each module has its `Pages`, and templates of its own."""

from collections.abc import Sequence
from typing import Final

from securecall_client.web.page import Pages
from securecall_client.web.pages import answering, call, exercise, exercise_map, exercises, from_finding, home

ALL: Final[Sequence[Pages]] = (
    home.pages, call.pages, exercises.pages, exercise.pages, answering.pages, exercise_map.pages, from_finding.pages,
)  # fmt: skip
