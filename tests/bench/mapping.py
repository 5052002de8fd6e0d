"""The map of 160 organisations with 20 rows each, beside reading the same findings from JSON."""

import random
from functools import partial

import msgspec
import pycountry

from securecall.sentences import plain
from securecall_client.work.map import Answer, draw
from securecall_client.work.map_findings import Map
from securecall_client.work.map_picture import to_svg
from securecall_client.work.map_rows import proposals, read_map_rows
from securecall_client.work.rows import Cells, Given
from tests.answers import WHO, a_row, answer_of
from tests.bench.measure import Plan, Rounds, Sample, seconds

ORGANISATIONS, ROWS = 160, 20
WORDS = 60
"""Different things that people need and offer."""
COUNTRY, NEIGHBOURS = "KE", ("UG", "TZ", "SO", "ET", "SS")
FLOOR = "msgspec, the same findings from JSON"


async def mapping(plan: Plan) -> Rounds:
    """Rounds of drawing the map of the same answers, as `exercise map` does once they are opened."""
    given = make_answers(random.Random(25))
    drawn = _draw(given)
    read = partial(msgspec.json.decode, msgspec.json.encode(drawn, enc_hook=plain), type=Map)
    while True:
        ours, floor = seconds(partial(_draw, given)), seconds(read)
        pictured = seconds(partial(to_svg, drawn, "Who does what"))
        yield [
            Sample(f"the map of {ORGANISATIONS} × {ROWS} rows", "s", FLOOR, ours, floor),
            Sample("its picture", "s", FLOOR, pictured, floor),
        ]


def make_answers(chance: random.Random) -> list[Given]:
    """Answers as of a call about one country: activities of the list mostly, its parts and some neighbours."""
    activities = [*proposals(WHO), *(f"activity of its own {number}" for number in range(30))]
    parts = sorted(part.code for part in pycountry.subdivisions.get(country_code=COUNTRY))
    places = [*parts, *NEIGHBOURS, *[COUNTRY] * 5]
    return [
        answer_of(*(_row(chance, chance.choice(activities), chance.choice(places)) for _ in range(ROWS)))
        for _ in range(ORGANISATIONS)
    ]


def _row(chance: random.Random, activity: str, place: str) -> Cells:
    first = chance.randint(1, 12)
    needs, offers = (
        tuple(f"help number {chance.randrange(WORDS)}" for _ in range(chance.random() < 0.25)) for _ in range(2)
    )
    months = f"2027-{first:02}", f"2027-{chance.randint(first, 12):02}"
    return a_row(activity, place, *months, "planned", (), needs, offers)


def _draw(given: list[Given]) -> Map:
    answers = [
        Answer(f"{number:032x}", f"{number:064x}", f"Organisation {number}", read_map_rows(one, WHO))
        for number, one in enumerate(given)
    ]
    return draw(answers, proposals(WHO))
