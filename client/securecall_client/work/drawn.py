"""The maps that were drawn last, so that each is drawn once for each change of its answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from securecall_client.work.map import Answer, draw
from securecall_client.work.map_findings import Map
from securecall_client.work.map_picture import to_svg


@dataclass(slots=True)
class _Kept:
    answers: Sequence[Answer]
    proposed: Sequence[str]
    drawn: Map
    mark: int
    picture: str | None = None


@dataclass(slots=True)
class Drawn:
    """The last map of each exercise, by its id. It holds what was decrypted, and so lives no longer than a session."""

    _kept: dict[bytes, _Kept] = field(default_factory=dict)
    _marks: int = 0

    def map(self, exercise: bytes, answers: Sequence[Answer], proposed: Sequence[str]) -> Map:
        """As `work.map.draw`."""
        return self._of(exercise, answers, proposed).drawn

    def mark(self, exercise: bytes) -> int:
        """A number that is another one whenever another map of the exercise was drawn; 0 before the first."""
        return self._kept[exercise].mark if exercise in self._kept else 0

    def picture(self, exercise: bytes, answers: Sequence[Answer], proposed: Sequence[str], title: str) -> str:
        """As `work.map_picture.to_svg`."""
        kept = self._of(exercise, answers, proposed)
        if kept.picture is None:
            kept.picture = to_svg(kept.drawn, title)
        return kept.picture

    def _of(self, exercise: bytes, answers: Sequence[Answer], proposed: Sequence[str]) -> _Kept:
        kept = self._kept.get(exercise)
        if kept is None or (kept.answers, kept.proposed) != (answers, proposed):
            self._marks += 1
            kept = self._kept[exercise] = _Kept(answers, proposed, draw(answers, proposed), self._marks)
        return kept
