"""The pages of a guest, walked over as a whole: nothing is named or counted there that is not for guests (row G06)."""

import re
from html import unescape

from securecall_client.acts import (
    agenda,
    calls,
    committing,
    deciding,
    discussing,
    exercises,
    minutes,
    presenting,
    withdrawing,
)
from tests.browser.walk import walk
from tests.pages import Visitor, visiting
from tests.simulator.people import TITLE, Stage, answer

CANARY = "quartz"
THEIRS = (CANARY, "Bob", "Ann", "Cem", "Harbour Watch", "Secretariat", TITLE)
_CHANGES = re.compile(r"\w+ \d+ \w+, \d\d:\d\d|confirmed [^.]*\.")


async def plant(stage: Stage) -> None:
    """Put something of each kind into the call that is for allies, with the canary in it."""
    call = stage.call.hex()
    gone = await stage.put_up("Bob", f"{CANARY} gone.txt", b"x")
    kept = await stage.put_up("Bob", f"{CANARY} kept.txt", b"x")
    async with stage["Bob"].open() as session:
        await answer(session, stage.call, CANARY)
        await agenda.add_point(session, call, {"title": f"{CANARY} point", "speaker": CANARY}, "", "allies")
        await agenda.go_to_point(session, call, "", "allies")
        await discussing.say(session, call, f"{CANARY} message", on="", circle="allies")
        await discussing.say(session, call, f"{CANARY} on it", on=f"doc:{kept}", circle=None)
        for title, sealed in ((f"{CANARY} asks", False), (f"{CANARY} hides", True)):
            await exercises.start_exercise(session, call, "who-does-what", "allies", title=title, sealed=sealed)
        await minutes.write_minutes(session, call, f"{CANARY} minutes", "allies", take=True)
        said = {"in_favour": CANARY, "against": CANARY, "abstained": CANARY, "supersedes": ""}
        await deciding.decide(session, call, f"{CANARY} decision", circle="allies", **said)
        doing = f"{CANARY} doing"
        await committing.commit(session, call, doing, by="2027-01-01", who="", org="", row="", circle="allies")
        await withdrawing.withdraw_document(session, call, gone)
        await presenting.present(session, call, f"doc:{kept}")
        await presenting.turn(session, call, kept, 2)


async def pages(guest: Visitor) -> dict[str, str]:
    """All that stands on a guest's pages, by their paths, after a sync; without what differs from look to look."""
    async with guest.program.desk.at() as session:
        await session.reach()
        await session.sync_all()
    return {path: await guest.page(path) for path in (await walk(guest)).values()}


def words(page: str) -> str:
    """What a person reads."""
    return _CHANGES.sub("", " ".join(unescape(re.sub("<[^>]+>", " ", page)).split()))


async def test_g06_no_page_of_a_guest_names_or_counts_what_is_for_allies(stage: Stage) -> None:
    await stage.receive("Gus")
    async with stage["Bob"].open() as session:
        await presenting.hand_over(session, stage.call.hex(), "Bob")
        await calls.code(session, stage.call.hex(), roll_call=True)
    async with visiting(stage["Gus"]) as gus:
        before = await pages(gus)
        await plant(stage)
        after = await pages(gus)
    assert before.keys() == after.keys()
    for path, page in after.items():
        assert not [word for word in (*THEIRS, ">for allies<") if word in page], path
        assert words(page) == words(before[path]), "not even that there is something new"


async def test_g06_what_is_asked_for_by_its_address_is_not_there_for_a_guest(stage: Stage) -> None:
    await stage.receive("Gus")
    document = await stage.put_up("Bob", f"{CANARY}.txt", f"{CANARY} words".encode())
    async with stage["Bob"].open() as session:
        started = await exercises.start_exercise(session, stage.call.hex(), "who-does-what", "allies", title=CANARY)
        await minutes.write_minutes(session, stage.call.hex(), f"{CANARY} minutes", "allies", take=True)
    async with visiting(stage["Gus"]) as gus:
        await pages(gus)
        for one in (
            f"document/{document}", f"document/{document}/look/1", f"document/{document}/page/1/1",
            f"exercise/{started.exercise}", f"exercise/{started.exercise}/map", "outcomes?circle=allies", "on-behalf",
        ):  # fmt: skip
            answered = await gus.ask("GET", f"/call/{stage.call.hex()}/{one}", gus.own)
            text = await answered.text()
            assert CANARY not in text, one
            if "/" in one:
                there, other = text.replace(document, "").replace(started.exercise, ""), "0" * 32
                made_up = one.replace(document, other).replace(started.exercise, other)
                none = await gus.ask("GET", f"/call/{stage.call.hex()}/{made_up}", gus.own)
                assert there == (await none.text()).replace(other, ""), "as one that never was"
