"""The map of an exercise, growing as answers come: a picture, a table, and what it finds, each with its reason."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from securecall.sentences import sentence, together
from securecall_client import downloads
from securecall_client.acts import exercises, mapping
from securecall_client.results.exercises import AnswerLine, ExerciseAnswers, ExerciseMap
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.answer_shown import row_words, rows_of
from securecall_client.web.pages.exercises import at
from securecall_client.web.pages.from_finding import proposed_day
from securecall_client.web.pages.in_call import in_call
from securecall_client.work.map_csv import to_csv
from securecall_client.work.map_findings import Alone, Gap, Match, Overlap, RowRef
from securecall_client.work.map_grid import lay_out
from securecall_client.work.map_picture import to_svg
from securecall_client.work.places import name as place_name
from securecall_client.work.words import key

pages = Pages()
MOST: Final = 30
"""Findings of one kind on the page, unless all of that kind are asked for."""
EVERY: Final = 1_000
ROOM: Final = 400
"""Cells of the table on the page; a larger one is saved as a file."""


@dataclass(frozen=True, slots=True)
class RowFound:
    """A row of a finding: its number in its answer, and what it says."""

    line: AnswerLine
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding: an ``id`` for the page, what discussions call it, why it is one, and its rows."""

    id: str
    on: str
    why: str
    rows: Sequence[RowFound]


@pages.page("/call/{call}/exercise/{exercise}/map", commands=("exercise map",))
async def the_map(visit: Visit) -> Shown:
    """The map as it is now."""
    call, exercise = visit.names["call"], visit.names["exercise"]
    looked = await mapping.look_at_map(visit.session, call, exercise)
    everybody = await exercises.show_exercise(visit.session, call, exercise)
    drawn, rows = looked.drawn, _rows(everybody)
    every = visit.query.get("all", "")
    kinds: Mapping[str, Sequence[Overlap | Gap | Match | Alone]] = {
        "overlap": drawn.overlaps,
        "gap": [gap for gap in drawn.gaps if gap.place],
        "match": [match for match in drawn.matches if match.kind == "offer"],
        "reach": [match for match in drawn.matches if match.kind == "reach"],
        "alone": drawn.alone,
    }
    return await in_call(
        visit,
        "map.html",
        "exercises",
        visit.say("Map"),
        exercise=everybody,
        drawn=drawn,
        mark=looked.mark,
        at=at(visit),
        counts={**{kind: len(found) for kind, found in kinds.items()}, "gap": len(drawn.gaps)},
        findings={
            kind: [_finding(everybody.exercise, kind, one, rows) for one in found[: EVERY if kind == every else MOST]]
            for kind, found in kinds.items()
        },
        grid=lay_out(drawn),
        room=ROOM,
        place_name=place_name,
        key=key,
        me=visit.session.member.hex(),
        day=proposed_day(),
    )


@pages.piece("/call/{call}/exercise/{exercise}/map/picture")
async def picture(visit: Visit) -> Shown:
    """The picture alone, which the page asks for when there is another one."""
    async with visit.desk.at(reading=True) as session:
        looked = await mapping.look_at_map(session, visit.names["call"], visit.names["exercise"], pictured=True)
    return Shown("map_picture.html", "", {"svg": looked.picture.partition("?>\n")[2]})


@pages.deed("/call/{call}/exercise/{exercise}/map/csv", commands=("exercise map",))
async def save_csv(visit: Visit) -> Done:
    """Save the findings as a table."""
    return await _save(visit, "map.csv", to_csv)


@pages.deed("/call/{call}/exercise/{exercise}/map/svg", commands=("exercise map",))
async def save_svg(visit: Visit) -> Done:
    """Save the picture."""
    return await _save(visit, "map.svg", lambda drawn: to_svg(drawn, drawn.title))


async def _save(visit: Visit, name: str, written: Callable[[ExerciseMap], str]) -> Done:
    drawn = await mapping.map_exercise(visit.session, visit.names["call"], visit.names["exercise"])
    path = downloads.save(name, written(drawn).encode("utf-8"))
    said = sentence("Saved as %(path)s. It is not encrypted: keep it where only you can read it.", path=path)
    if drawn.not_revealed:
        said = together(said, sentence("The exercise is not revealed yet: show it to nobody."))
    return Done(f"{at(visit)}/map", said)


def _rows(everybody: ExerciseAnswers) -> dict[tuple[str, int], RowFound]:
    """Every row of every answer, by the names that a finding may have for it."""
    found: dict[tuple[str, int], RowFound] = {}
    for line in everybody.answers:
        said = [row_words(table.columns, row) for table, rows in rows_of(line, everybody.questions) for row in rows]
        for number, cells in enumerate(said):
            row = RowFound(line, number, " · ".join(cell for cell in cells if cell))
            # Two authors can choose one id for their records, and then the author stands behind it.
            found[line.answer, number] = found[line.answer + line.member, number] = row
    return found


def _finding(
    exercise: str, kind: str, one: Overlap | Gap | Match | Alone, rows: Mapping[tuple[str, int], RowFound]
) -> FindingShown:
    about, who = _about(one)
    named = hashlib.sha256("\n".join((kind, about, *who)).encode()).hexdigest()[:16]
    on = f"finding:{exercise[:8]}/{'match' if kind == 'reach' else kind}:{about}"
    return FindingShown(f"{kind}-{named}", on, one.why, list(_found(one.rows, rows)))


def _about(one: Overlap | Gap | Match | Alone) -> tuple[str, tuple[str, ...]]:
    """What discussions call a finding, and whose it is: together no other finding of its kind has both."""
    match one:
        case Overlap():
            return f"{one.activity}:{one.places[0]}", (*one.places, one.from_ or "", one.to or "", *one.organisations)
        case Gap():
            return f"{one.activity}:{one.place}", one.organisations
        case Match():
            return one.need, (*one.organisations, one.offer)
        case Alone():
            return f"{one.activity}:{one.place}", (one.organisation,)


def _found(refs: Sequence[RowRef], rows: Mapping[tuple[str, int], RowFound]) -> Iterator[RowFound]:
    for ref in refs:
        if (ref.answer, ref.row) in rows:
            yield rows[ref.answer, ref.row]
