"""A call for pictures: some of the demonstration's people, in the middle of what they came for."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from securecall.rights import Role
from securecall_client import clock
from securecall_client.acts import (
    agenda,
    calls,
    committing,
    deciding,
    discussing,
    documents,
    exercises,
    guest_pages,
    minutes,
    pairs,
    presenting,
    removing,
)
from securecall_client.demo.cast import CAST, COALITION
from securecall_client.demo.rows import FINAL, row
from securecall_client.session import Session
from securecall_client.work.rows import read_answer
from securecall_client.work.template import load
from tests.simulator.people import Person, Stage

TITLE, LINK = "Kiribati: civic space in spring", "https://voice.example.org/lagoon-room"
LET_IN: Final[dict[str, Role]] = {
    "cochair": "chair", "focal": "member", "focal-2": "member", "ally": "member", "seized": "member",
    "ally-2": "member",
}  # fmt: skip
"""Who joins, by their part of the demonstration, and as what."""
POINTS: Final = (
    ("Welcome, and the roster code", 5, "Ines Valdemar"),
    ("What changed since March", 20, "Nareau Tebano"),
    ("Who does what, where and when", 30, "Tomas Lindqvist"),
    ("What we ask of others", 15, "Amina Okonkwo"),
)
UPDATE: Final = (
    "What changed since March", "",
    "Two meetings on the outer islands were called off after a letter from",
    "the ministry. The broadcaster has not aired the debate on the bill.",
    "", "The bill itself comes back to the house in May. Its second reading",
    "asks every association to register anew, with the names of all who give.",
    "", "What would help most: court observers, and somebody who can keep",
    "testimony safe abroad.",
)  # fmt: skip
SAID: Final = (
    ("focal", "The second reading is on 12 May, earlier than we thought."),
    ("ally", "Then our observers have to be there by the 10th. Two can come."),
)
MINUTES: Final = """Six organisations took part, and one guest.

1. The bill comes back to the House in May. Its second reading is on the 12th.
2. Lantern Legal Fund sends two observers, who arrive on the 10th."""
PLANS: Final = {part: FINAL[part] for part in ("focal", "ally", "seized")} | {
    "focal-2": [
        row("training", "KI-L", ("2027-02", "2027-07"), "planned", needs=["interpreters"]),
        row("psychosocial care", "KI-L", ("2027-01", "2027-12"), "under way"),
    ],
    "cochair": [
        row("training", "KI-L", ("2027-05", "2027-09"), "considering", offers=["interpreters"]),
        row("advocacy with the UN", "KI", ("2027-04", "2027-10"), "planned"),
    ],
}
AGREED: Final = "A joint letter to the Speaker before the second reading; Lantern Legal Fund drafts it."


class Scene(Stage):
    """The people by their part of the demonstration; the secretariat sits at the pages that pictures are taken of."""

    def part(self, part: str) -> Person:
        """Who plays a part."""
        return self[CAST[part].name]

    async def begin(self) -> None:
        """Found, let everybody in, and open the call."""
        chief = self.part("secretariat")
        self.coalition = await chief.found(self.setup, COALITION)
        for part, role in LET_IN.items():
            await self.welcome(CAST[part].name, role, by=chief.name, org=CAST[part].org)
        async with chief.open() as session:
            opened = await calls.open_call(
                session, title=TITLE, country="KI", starts=_today(), civic_space="closing", link=LINK
            )
            self.call = bytes.fromhex(opened.call)
            await calls.invite_to_call(session, opened.call, [CAST[part].name for part in LET_IN])
        await self.receive(CAST["guest"].name, by=chief.name)

    async def play(self) -> None:
        """Let there be something of everything."""
        call = self.call.hex()
        async with self.part("secretariat").open() as session:
            exercise = await self._prepare(session, call)
        for part, rows in PLANS.items():
            async with self.part(part).open() as session:
                given = read_answer({"rows": rows}, load("who-does-what"))
                await exercises.answer_exercise(session, call, exercise, given)
        async with self.part("focal").open() as session:
            await documents.add_documents(session, call, [_paper(self.root)], "allies")
            await _commit(session, call, "Find out who speaks for the ministry", "2027-04-12")
        for part, words in SAID:
            async with self.part(part).open() as session:
                await discussing.say(session, call, words, on="", circle="allies")
        async with self.part("secretariat").open() as session:
            await removing.remove_from_call(session, call, [CAST["ally-2"].name])
            await pairs.open_pair(session, call, CAST["focal"].name)
            await calls.code(session, call, roll_call=True)
        await self.sync()

    async def seal(self, file: Path) -> str:
        """Make a sealed page in a file; gives its code."""
        async with self.part("secretariat").open() as session:
            return (await guest_pages.make_page(session, self.call.hex(), "Rapporteur's Office", file)).code

    async def _prepare(self, session: Session, call: str) -> str:
        """What the secretariat puts up; gives the exercise that allies answer."""
        points: list[Mapping[str, object]] = [
            {"title": title, "minutes": minutes, "speaker": speaker} for title, minutes, speaker in POINTS
        ]
        await agenda.set_agenda(session, call, points, "everyone")
        for _ in range(2):
            await agenda.go_to_point(session, call, "", "everyone")
        asked = await exercises.start_exercise(session, call, "who-does-what", "allies")
        await exercises.start_exercise(session, call, "priorities", "everyone", title="What should come first?")
        letter = self.root / "What we ask of the House.txt"
        letter.write_text("Three requests, on one page.\n")
        await documents.add_documents(session, call, [letter], "everyone")
        await deciding.decide(
            session, call, AGREED, in_favour="all who were there", against="", abstained="", supersedes="", circle=None
        )  # fmt: skip
        await minutes.write_minutes(session, call, MINUTES, None, take=False)
        await _commit(session, call, "Send the agenda of the next call", "2027-03-30")
        await presenting.present(session, call, "agenda")
        return asked.exercise


async def _commit(session: Session, call: str, what: str, by: str) -> None:
    await committing.commit(session, call, what, by=by, who="", org="", row="", circle=None)


def _today() -> datetime:
    """The full hour that runs."""
    return clock.at(clock.now()).replace(minute=0, second=0, microsecond=0)


def _paper(folder: Path) -> Path:
    """A page of a PDF."""
    sheet = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(UPDATE):
        pen.text((130, 160 + 62 * number), line, "black", ImageFont.load_default(60 if number == 0 else 34))
    file = folder / "Update from the outer islands.pdf"
    sheet.save(file)
    return file
