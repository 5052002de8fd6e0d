"""What results have in common."""

from typing import Literal

import msgspec

Saved = Literal["here", "server", "others"]
"""On this computer; on the server, by its signed receipt; seen by another member."""
CallPhase = Literal["open", "closed", "destroyed"]
ExercisePhase = Literal["open", "closed"]
AnswerState = Literal["on time", "arrived after", "late"]
Grade = Literal["late", "odd", "proof"]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all results."""


class Named(Result, frozen=True, kw_only=True):
    """Somebody, by name."""

    name: str
