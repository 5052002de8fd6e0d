"""The pages about people and keys, asked without a browser, over the server in memory."""

import re
from pathlib import Path

import pytest

from securecall.code import key_words
from securecall.rights import Role
from securecall_client.acts import admitting, exercises, pairs, people
from securecall_client.acts.evidence import verify
from tests.pages import Visitor, visiting
from tests.simulator.people import CALL, TITLE, Stage, invite, member_of

PATHS = (
    "/", "/people", "/people/invite", "/people/organisations", "/people/leave", "/keys", "/keys/access", "/alarms",
    "/line", "/secretariat", "/sheet",
)  # fmt: skip

MARKED = {
    "/alarms": ["/keys", "/alarms"], "/keys/access": ["/keys", "/keys/access"], "/line": ["/keys", "/line"],
    "/people/leave": ["/people"], "/unsent": ["/"], "/sheet": [],
}  # fmt: skip
"""Pages by which ways to them are marked as where one is."""


async def member(visitor: Visitor, name: str) -> str:
    """The id of a member."""
    async with visitor.program.desk.at(reading=True) as session:
        return next(one.member for one in (await people.members(session)).members if one.name == name)


async def asks(stage: Stage, sec: Visitor, name: str, role: Role = "member") -> str:
    """Somebody asks to be let in; gives their id."""
    async with sec.program.desk.at() as session:
        text = await invite(session, name, role)
    assert await stage[name].join(text) == "waiting"
    async with sec.program.desk.at() as session:
        [one] = await admitting.asking(session)
    return one.member


async def test_every_page_about_people_and_keys_stands(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec:
        ann = await member(sec, "Ann")
        call = f"/call/{stage.call.hex()}/people"
        more = (f"/people/{ann}", f"/people/{ann}/remove", call, f"{call}/{ann}", f"{call}/{ann}/remove")
        for path in (*PATHS, *more, f"{call}/invite", f"{call}/leave"):
            assert "<title>" in await sec.page(path), path
        assert "Ann" in await sec.page("/people")
        for path, ways in MARKED.items():
            assert re.findall(r'<a href="([^"]+)" aria-current="page"', await sec.page(path)) == ways


async def test_m14_the_words_of_keys_stand_beside_a_name(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec:
        ann = await member(sec, "Ann")
        assert key_words(bytes.fromhex(ann)) in await sec.page(f"/people/{ann}")


async def test_l06_whoever_is_to_decide_over_others_is_let_in_by_typed_words(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec:
        eve = await asks(stage, sec, "Eve", "owner")
        for typed in ("", "Eve", key_words(bytes(32))):
            assert "Nobody was let in" in await sec.refused("/people/admit", member=eve, typed=typed)
        assert await stage["Eve"].join(None) == "waiting"
        assert await sec.do("/people/admit", member=eve, typed=key_words(bytes.fromhex(eve)).upper()) == "/people"
    assert await stage["Eve"].join(None) == "joined"


async def test_a_guest_s_stay_ends_when_the_field_says_in_the_time_of_this_computer(stage: Stage) -> None:
    call = f"/call/{stage.call.hex()}/people"
    async with visiting(stage["Sec"]) as sec:
        page = await sec.page(f"{call}/invite")
        assert 'type="datetime-local"' in page
        assert "+01:00" not in page
        guest = {"label": "Uma", "org": "World body", "role": "guest", "days": "7", "until": "2030-03-02T18:00"}
        assert await sec.do(f"{call}/invite", **guest)
        assert "not a day and a time" in await sec.refused(f"{call}/invite", **{**guest, "until": "tomorrow"})
        bob = await member(sec, "Bob")
        await sec.do(f"{call}/{bob}/role", role="guest", until="2030-03-02T18:00")
        assert "stays until Sat, Mar 2, 2030, 6:00" in await sec.page(f"{call}/{bob}")


async def test_only_the_one_who_is_chosen_is_let_in(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec:
        fay = await asks(stage, sec, "Fay")
        async with sec.program.desk.at() as session:
            gil = await invite(session, "Gil")
        assert await stage["Gil"].join(gil) == "waiting"
        await sec.do("/people/admit", member=fay)
    assert await stage["Fay"].join(None) == "joined"
    assert await stage["Gil"].join(None) == "waiting"


async def test_l06_nobody_is_removed_before_their_name_is_typed(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec:
        cem = await member(sec, "Cem")
        base = f"/call/{stage.call.hex()}/people"
        places = stage.places
        for path in (f"{base}/{cem}/remove", f"/people/{cem}/remove"):
            assert "another name" in await sec.refused(path, typed="Ann")
            assert "another name" in await sec.refused(path)
        assert "another name" in await sec.refused(f"{base}/leave", typed=TITLE)
        assert "another name" in await sec.refused(f"{base}/{cem}/role", role="owner")
        assert stage.places == places
        receipt = await sec.page(await sec.do(f"{base}/{cem}/remove", typed="cem"))
        assert "copies already made stay with them" in receipt
        assert "Bob" in receipt.partition("New key not seen yet by")[2]
        assert "Removed:" in await sec.page("/secretariat")


async def test_g07_an_invitation_is_shown_until_it_is_put_away_and_in_no_address(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(tmp_path / "down"))
    async with visiting(stage["Sec"]) as sec:
        shown = await sec.do("/people/invite", role="member", org="Harbour Watch", label="Hal", days="1")
        found = re.search(r"<textarea[^>]*>([^<]+)<", await sec.page(shown))
        assert found is not None
        text = found[1].strip()
        assert text not in shown
        await sec.do(f"{shown}/letter")
        assert text.replace("-", "") in re.sub(r"[-\s]", "", (tmp_path / "down" / "Letter for Hal.txt").read_text())
        await sec.do(f"{shown}/away")
        assert "put away" in await sec.failed(shown)
        assert "Hal" in await sec.page("/people")


async def test_a_pasted_table_becomes_letters_in_the_downloads_folder(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(tmp_path / "down"))
    async with visiting(stage["Sec"]) as sec:
        table = "label,org,role\nIda,Harbour Watch,member\nJan,Harbour Watch,chair\n"
        await sec.do("/people/invite-many", table=table)
        letters = sorted(path.name for path in (tmp_path / "down").rglob("*.txt"))
        assert letters == ["Letter for Ida.txt", "Letter for Jan.txt"]
        assert "Line 2" in await sec.refused("/people/invite-many", table=table)


async def test_who_keeps_nothing_has_no_secretariat(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as ann:
        page = await ann.page("/people")
        assert "/secretariat" not in page
        assert "/people/invite" not in page


async def test_every_access_stands_on_one_page(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        bob = member_of(await session.view(stage.call), "Bob").hex()
        pair = (await pairs.open_pair(session, stage.call.hex(), bob)).space
    async with visiting(stage["Ann"]) as ann:
        page = await ann.page("/keys/access")
        for title, at in ((TITLE, "/people"), (CALL, f"/call/{stage.call.hex()}/people"), ("Bob", f"/pair/{pair}")):
            assert f'href="{at}"' in page
            assert title in page
        assert page.count("as it should be") == 3
        assert "a space for two" in page


async def test_what_this_computer_was_shown_of_a_call_is_saved_for_others_to_judge(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECURECALL_DOWNLOADS", str(tmp_path / "down"))
    await stage.sync()
    async with visiting(stage["Ann"]) as ann:
        assert f'value="{stage.call.hex()}"' in await ann.page("/alarms")
        await ann.do("/alarms/shown", space=stage.call.hex())
        file = tmp_path / "down" / "shown.evidence"
        assert (await verify([file])).space == stage.call.hex()
        assert CALL.encode() not in file.read_bytes()
        await ann.refused("/alarms/shown", space="")


async def test_what_does_not_work_is_looked_at(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as ann:
        assert 'action="/line/doctor"' in await ann.page("/line")
        page = await ann.page(await ann.do("/line/doctor"))
        assert ">in order<" in page
        assert ">problem<" in page, "no line leads to a server in memory"


async def test_of_a_guest_from_outside_there_is_no_page_of_the_coalition_s(stage: Stage) -> None:
    await stage.receive("Gil")
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        gil, ann = member_of(view, "Gil").hex(), member_of(view, "Ann").hex()
    async with visiting(stage["Bob"]) as visitor:
        people = f"/call/{stage.call.hex()}/people"
        assert f'href="/people/{ann}"' in await visitor.page(f"{people}/{ann}")
        assert f'href="/people/{gil}"' not in await visitor.page(f"{people}/{gil}")


async def test_a_guest_reads_which_row_is_theirs_where_all_are_called_alike(stage: Stage) -> None:
    await stage.receive("Gil")
    async with stage["Bob"].open() as session:
        exercise = (await exercises.start_exercise(session, stage.call.hex(), "who-does-what", "everyone")).exercise
    async with visiting(stage["Gil"]) as gil:
        async with gil.program.desk.at() as session:
            await session.reach()
            await session.sync_all()
            me = session.member.hex()
        base = f"/call/{stage.call.hex()}"
        for path, row in ((base, "m"), (f"{base}/people", "m"), (f"{base}/exercise/{exercise}", "waiting")):
            page = await gil.page(path)
            [mine] = re.findall(rf'<li id="{row}-{me}".*?</li>', page, re.DOTALL)
            assert re.search(r">\s*You\s*<", mine)
            assert not re.search(r">\s*You\s*<", page.replace(mine, ""))
