"""Forms of the pages are filled in and sent by keyboard in a browser, here or in the test that is named for them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser

from securecall_client.acts import discussing, documents, exercises, organisations
from tests.answers import a_row, answer_of
from tests.browser.conftest import DEADLINE
from tests.browser.forms import DEEDS, Sent, send
from tests.browser.walk import dress
from tests.pages import pages_of
from tests.simulator.people import CALL, TITLE, Person, Stage, member_of

THERE: Final = "/call/{call}/exercise/{exercise}"
PEOPLE: Final = "/call/{call}/people"
ONE: Final = "/{member}"
SAYS: Final = "/people/invitation/{key}"
GUESTS: Final = "/call/{call}/guest-page"

CALL_NOW = (
    Sent(
        "/call/{call}/link",
        "/call/{call}",
        "#link-form",
        {"link": "https://voice.example.org/room"},
        "has the link now",
    ),
    Sent("/call/{call}/calendar", "", "#calendar-form", {"minutes": "90"}, "Saved:"),
    Sent("/call/{call}/agenda/add", "", "form[id^=add-]", {"title": "Updates", "minutes": "10"}, "Updates"),
    Sent("/call/{call}/agenda/add", "", "form[id^=add-]", {"title": "Votes"}, "Votes"),
    Sent("/call/{call}/agenda/{point}/move", "", "form[id^=up-]", comes="1. Votes"),
    Sent("/call/{call}/agenda/go", "", "form[id^=next-]", comes="Next point"),
    Sent("/call/{call}/agenda/{point}/remove", "", "form[id^=off-]", comes="Updates"),
    Sent("/call/{call}/roll-call", "", "#roll-call", comes="every screen must show the same words now"),
    Sent("/call/{call}/present", "", "form[id^=show-]", comes="You show"),
    Sent("/call/{call}/present/stop", "", "#presents-stop", comes=""),
    Sent("/call/{call}/present/hand", "", "#hand-form", {"person": "Bob"}, "Bob presents"),
)
EXERCISES = (
    Sent("/call/{call}/exercises/start", "/call/{call}/exercises", "#start-form", {"title": "Sealed one", "sealed": ""},
         "Sealed one"),
    Sent("/call/{call}/exercise/{exercise}/close", "", "#close", comes="The exercise is closed."),
    Sent("/call/{call}/exercise/{exercise}/decide", THERE.replace("exercise}", "late}"), "form[id^=late-]",
         comes="set aside, does not count"),
)  # fmt: skip
PEOPLE_AND_KEYS = (
    Sent(f"{PEOPLE}/add", "/call/{call}/people", "#add", {"member": "{fay}"}, "Now in the call: Fay."),
    Sent(f"{PEOPLE}{ONE}/role", "/call/{call}/people/{bob}", "#role", {"role": "member"}, "has another role now"),
    Sent(f"{PEOPLE}{ONE}/label", "", "#label", {"alias": "a port"}, "From now on they are called so."),
    Sent(f"{PEOPLE}/invite", "/call/{call}/people/invite", "#invite", {"label": "Ida", "org": "World body"},
         "An invitation for Ida"),
    Sent("/people/invite", "/people/invite", "#invite", {"label": "Hal", "org": "Harbour Watch"},
         "An invitation for Hal"),
    Sent(f"{SAYS}/letter", "", "#letter", comes="Saved"),
    Sent(f"{SAYS}/away", "", "#away"),
    Sent("/people/invitations/again", "/people", "form[id^=again-]", comes="An invitation for Hal"),
    Sent("/people/invitations/revoke", "/people", "form[id^=revoke-]", comes="None is open."),
    Sent("/people/invite-many", "/people/invite", "#many", {"table": "label,org,role\nJan,Harbour Watch,member"}),
    Sent("/people/organisations", "/people/organisations", "#add-org", {"name": "River Watch"}, "River Watch is one"),
    Sent(f"/people{ONE}/device", "/people/{ann}", "form[id^=bar-form-]", {"typed": "Ann"}),
    Sent("/keys/name", "/keys", "form[id^=name-form-]", {"name": "desk"}, "It has a new name."),
    Sent("/keys/add", "", "#add-form", {"name": "laptop"}, "On the new computer"),
)  # fmt: skip
LINE_AND_END = (
    Sent("/line/sync", "/line", "#sync"),
    Sent("/line/doctor", "/line", "#doctor-form", comes="Back to the line"),
    Sent("/line/proxy", "/line", "#proxy-form", {"proxy": "http://127.0.0.1:8118"}),
    Sent("/line/text", "/line", "#text-form", comes="The text for everybody else"),
    Sent("/line/moved/{key}/away", "", "#away", comes="The server is reached"),
    Sent("/alarms/shown", "/alarms", "#shown-form", comes="Saved"),
    Sent(GUESTS, "/call/{call}/guest-page", "#make", {"org": "World body"}, "A sealed page for World body"),
    Sent(f"{GUESTS}/made/{{key}}/away", "", "#away", comes="Make a page"),
    Sent(f"{GUESTS}/withdraw", "", "form[id^=withdraw-]"),
    Sent("/calls/new", "/calls/new", "#new-call", {"title": "April", "country": "France", "starts": "2027-04-01T15:00"},
         "April"),
    Sent("/call/{call}/close", "/call/{call}", "#close-form", comes="The call is closed."),
    Sent("/call/{call}/destroy", "", "#destroy-form", {"typed": CALL}, "The call is destroyed."),
    Sent(f"/people{ONE}/remove", "/people/{fay}/remove", "#remove", {"typed": "Fay"}, "Receipt"),
)  # fmt: skip
OUTCOMES = (
    Sent("/call/{call}/minutes/take", "/call/{call}/outcomes", "form[id^=take-pen]", comes="You have the pen"),
    Sent("/call/{call}/minutes/write", "", "form[id^=minutes-]", {"text": "What was said in April."}, "What was said"),
    Sent("/call/{call}/minutes/hand", "", "#hand-pen", {"person": "Bob"}, "Bob has the pen"),
    Sent("/call/{call}/decisions", "", "#decide-form", {"decision": "We write to the House."}, "write to the House."),
    Sent("/call/{call}/commitments", "", "#commit-form", {"what": "A first draft", "by": "2027-05-01"}, "first draft"),
    Sent("/call/{call}/commitments/{commitment}", "", "form[id^=done-]", comes="It is open after all"),
    Sent("/call/{call}/report", "", "#report-form", {"format": "html"}, "Saved"),
    Sent("/call/{call}/export", "", "#archive-form",
         {"words": "seven lagoons at low tide", "again": "seven lagoons at low tide"}, "Saved"),
    Sent("/call/{call}/talk/read", "/call/{call}/talk", "#read"),
    Sent("/call/{call}/talk/say", "/call/{call}/talk", "#say", {"text": "A word of mine."}, "A word of mine."),
    Sent("/call/{call}/talk/change", "", "form[id^=change-form-]", {"text": "Better words."}, "Better words."),
    Sent(f"{THERE}/map/csv", f"{THERE}/map", "#save-csv", comes="Saved"),
    Sent(f"{THERE}/map/svg", "", "#save-svg", comes="Saved"),
    Sent(f"{THERE}/say", f"{THERE}/map", "form[id^=say-]", {"text": "Who else?"}),
    Sent(f"{THERE}/commit", f"{THERE}/map", "form[id^=commit-]"),
    Sent(f"{THERE}/pair", f"{THERE}/map", "form[id^=pair-]"),
    Sent(f"{PEOPLE}{ONE}/pair", "/call/{call}/people/{cem}", "#pair"),
    Sent("/pair/{pair}/say", "", "#say", {"text": "Between us."}, "Between us."),
    Sent("/pair/{pair}/change", "", "form[id^=change-form-]", {"text": "Between the two of us."}, "the two of us."),
    Sent("/call/{call}/document/{document}/get", "/call/{call}/document/{document}", "#get", comes="Fetched"),
    Sent(f"{THERE}/for/{{org}}/answer", f"{THERE}/for/{{org}}", "#answer-form",
         {"row:rows:0:activity": "shelter", "row:rows:0:place": "KE", "row:rows:0:status": "planned"}),
    Sent(f"{THERE}/empty-sheet", THERE, "#empty-sheet", {"format": "csv"}, "Saved"),
)  # fmt: skip
MEMBERS = (
    Sent("/call/{call}/exercise/{exercise}/withdraw", THERE, "#withdraw", comes="counts nowhere"),
    Sent(f"{PEOPLE}{ONE}/claim", "/call/{call}/people/{bob}", "#claim form", {"typed": "Bob"}, "claim this now"),
    Sent(f"{PEOPLE}/leave", "/call/{call}/people/leave", "#leave", {"typed": CALL}, "You have left"),
    Sent("/people/leave", "/people/leave", "#leave", {"typed": TITLE}, "You have left"),
)
ELSEWHERE: Final = {
    "test_exercise.py": {
        f"{THERE}/answer", f"{THERE}/draft", f"{THERE}/drop", f"{THERE}/sheet", f"{THERE}/reveal",
    },
    "test_documents.py": {
        "/call/{call}/documents/new", "/call/{call}/documents/piece/{file}", "/call/{call}/documents/send",
        "/call/{call}/document/{document}/withdraw",
    },
    "test_call.py": {"/call/{call}/talk/say", "/call/{call}/minutes/take"},
    "test_joining.py": {"/begin/join", "/people/admit", "/sheet/make", "/sheet/{key}/away"},
    "test_removing.py": {f"{PEOPLE}{ONE}/remove", "/alarms/{alarm}/save"},
    "test_keyboard.py": {f"{PEOPLE}/rotate"},
    "test_unsent.py": {"/unsent/keep"},
    "test_whole_call.py": {"/begin/found", f"{PEOPLE}/admit", f"{GUESTS}/take"},
}  # fmt: skip
"""What other tests send in a browser."""
PLAYS: Final[Mapping[str, tuple[str, Sequence[Sent]]]] = {
    "call": ("Sec", CALL_NOW), "exercises": ("Sec", EXERCISES),
    "outcomes": ("Sec", OUTCOMES), "people": ("Sec", PEOPLE_AND_KEYS),
    "line": ("Sec", LINE_AND_END), "member": ("Ann", MEMBERS),
}  # fmt: skip
WITHOUT: Final = {
    f"{THERE}/ask", f"{THERE}/confirm", *(f"{THERE}/for/{{org}}/{deed}" for deed in ("draft", "drop", "sheet")),
    "/begin/link", "/begin/recover", "/call/{call}/documents/lost/{file}", "/call/{call}/documents/way",
    f"{GUESTS}/came/{{key}}", "/alarms/{alarm}/dismiss", "/keys/{device}/remove",
    "/line/heal", "/line/move", "/line/use", "/line/without", "/unsent/drop", "/call/{call}/present/turn",
    "/pair/{pair}/read",
}  # fmt: skip
"""What no browser sends yet; the tests of `tests/unit/client/web` send most of it as the script does."""


async def prepare(stage: Stage) -> dict[str, str]:
    """A call with everything in it; gives the ids in it."""
    await dress(stage)
    await stage.welcome("Fay")
    call = stage.call.hex()
    async with stage["Sec"].open() as session:
        await session.sync_all()
        late = (await exercises.start_exercise(session, call, "who-does-what", "allies")).exercise
        await exercises.close_exercise(session, call, late)
    async with stage["Bob"].open() as session:
        await session.sync_all()
        await exercises.answer_exercise(session, call, late, answer_of(a_row("shelter", "KE")))
        await discussing.say(session, call, "A word to all.", on="", circle="allies")
    async with stage["Sec"].open() as session:
        await session.sync_all()
        exercise = (await exercises.list_exercises(session, call)).exercises[0].exercise
        shown = await exercises.show_exercise(session, call, exercise)
        people = await session.view(stage.coalition)
        names = {name.lower(): member_of(people, name).hex() for name in ("Ann", "Bob", "Cem", "Fay")}
        document = (await documents.list_documents(session, call)).documents[0].document
        org = (await organisations.add_organisation(session, "Lake Watch", "", "")).organisation
    await stage.sync("Ann")
    by_bob = next(line.answer for line in shown.answers if line.member == names["bob"])
    return {
        **names, "call": call, "exercise": exercise, "late": late, "answer": by_bob, "document": document, "org": org,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved goes nowhere else."""
    (tmp_path / "down").mkdir()
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(tmp_path / "down"))


async def fill_in(browser: Browser, person: Person, forms: Sequence[Sent], words: Mapping[str, str]) -> None:
    """Have somebody send these forms one after the other."""
    context = await browser.new_context(locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(DEADLINE)
    async with pages_of(person) as program:
        page = await context.new_page()
        await page.goto(program.launch())
        await page.wait_for_selector("html[data-live=on] h1")
        for one in forms:
            await send(page, program.loopback.origin, one, words)
        await context.close()


@pytest.mark.parametrize("play", PLAYS)
async def test_forms_are_filled_in_and_sent_by_keyboard(browser: Browser, stage: Stage, play: str) -> None:
    name, forms = PLAYS[play]
    await fill_in(browser, stage[name], forms, await prepare(stage))


def test_of_every_deed_it_is_known_who_sends_it() -> None:
    here = {one.deed for _, forms in PLAYS.values() for one in forms}
    assert {*DEEDS} == here | WITHOUT | {deed for deeds in ELSEWHERE.values() for deed in deeds}
    assert not here & WITHOUT
    for file in ELSEWHERE:
        assert (Path(__file__).parent / file).is_file()
