"""Only in `securecall demo --web`: what there is to look at when the pages of a call that is going on are opened."""

import asyncio
from typing import Final

from securecall_client.demo import answering, prints, rows
from securecall_client.demo.calling import CALL
from securecall_client.demo.cast import CAST
from securecall_client.demo.scene import Scene
from securecall_client.results.agenda import AgendaSaid
from securecall_client.results.calls import Labelled
from securecall_client.results.discussion import Said
from securecall_client.results.documents import AddedDocuments
from securecall_client.results.exercises import Answered

TITLE: Final = "An agenda is put up, people talk, and a paper and a picture come"
_FOR_GUESTS: Final = {
    "secretariat": "The secretariat",
    "focal": "A group in the country",
    "cochair": "The co-chair",
    "ally": "A legal fund",
}
"""What the guest calls those who act; all others are an organisation."""
_POINTS: Final = (
    ("Welcome and roll call", "5", _FOR_GUESTS["secretariat"]),
    ("Updates from the country", "20", _FOR_GUESTS["focal"]),
    ("Who does what, where and when", "25", ""),
    ("What we decide", "10", _FOR_GUESTS["cochair"]),
)
"""Title, minutes and who speaks, by what the guest calls them: the agenda is for everyone."""
_SAID: Final = (
    ("focal", "The register of associations closes at the end of the month. Two groups have had their letters."),
    ("ally", "We can take three more cases this quarter. Who else has lawyers on the outer islands?"),
)
_ANSWERS: Final = {"cochair": rows.FINAL["focal"], "seized": rows.FINAL["seized"]}
"""What the exercise for everyone is answered by those whose pages are not opened: its map has something to say."""


async def play(scene: Scene) -> None:
    """Name people for the guest, put up agenda, paper and picture, talk, answer. Raises: CommandError, OSError."""
    for part, alias in _FOR_GUESTS.items():
        await scene.get("secretariat", Labelled, "call", "label", CALL, CAST[part].name, "--for-guests", alias)
    for title, minutes, speaker in _POINTS:
        point = (title, "--minutes", minutes, *(("--speaker", speaker) if speaker else ()), "--circle", "everyone")
        await scene.get("secretariat", AgendaSaid, "agenda", "add", CALL, *point)
    await scene.get("secretariat", AgendaSaid, "agenda", "now", CALL, "2")
    for part, text in _SAID:
        await scene.get(part, Said, "discuss", "say", CALL, text)
    laid = await asyncio.to_thread(prints.lay_out, scene.desk)
    await scene.get("focal", AddedDocuments, "doc", "add", CALL, *map(str, laid))
    for part, given in _ANSWERS.items():
        await scene.get(part, Answered, *answering.words(scene, part, given, scene.for_everyone))
