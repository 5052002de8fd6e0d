"""The pages of a call: what they show, what their forms do, and what the window to share never shows (row G06)."""

import re
from pathlib import Path

import pytest

from securecall_client.acts import agenda, calls, discussing, exercises, presenting
from securecall_client.downloads import downloads
from securecall_client.web.pages.call import is_address
from securecall_client.web.pages.places import thread
from tests.pages import visiting
from tests.simulator.people import CALL, Stage, member_of, the_exercise

CANARY = "quartz"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of nobody's, with a folder for downloads."""
    made = tmp_path / "own" / "Downloads"
    made.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(made.parent))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return made


def path(stage: Stage, rest: str = "") -> str:
    return f"/call/{stage.call.hex()}{rest}"


def ids(page: str, prefix: str) -> list[str]:
    return re.findall(rf'id="{prefix}-([0-9a-f]{{32}})"', page)


async def test_a_call_is_opened_and_its_agenda_goes_on_point_by_point(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec:
        assert 'name="starts"' in await sec.page("/calls/new")
        new = await sec.do("/calls/new", title="May", country="FR", starts="2027-05-01T10:00", civic_space="closing")
        assert "There is no agenda yet" in await sec.page(new)
        for title in ("Updates", "Plans"):
            await sec.do(f"{new}/agenda/add", title=title, minutes="5", circle="everyone")
        await sec.do(f"{new}/agenda/go", circle="everyone")
        await sec.do(f"{new}/agenda/go", circle="everyone")
        updates, plans = ids(await sec.page(new), "point")
        assert f'id="point-{plans}" aria-current' in await sec.page(new)
        await sec.do(f"{new}/agenda/{plans}/move", before=updates, circle="everyone")
        assert ids(await sec.page(new), "point") == [plans, updates]
        await sec.do(f"{new}/agenda/{updates}/remove", circle="everyone")
        assert ids(await sec.page(new), "point") == [plans]
        await sec.do(f"{new}/close")
        assert "agenda/go" not in await sec.page(new)
        assert "whole number" in await sec.refused(f"{new}/calendar", minutes="many")


async def test_a_call_says_what_waits_for_oneself_and_for_nobody_else(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        exercise = await the_exercise(session, stage.call)
    await stage["Bob"].answer(stage.call)
    async with visiting(stage["Ann"]) as ann, visiting(stage["Bob"]) as bob:
        assert f'id="to-do-{exercise}"' in await ann.page(path(stage))
        assert "to-do" not in await bob.page(path(stage))
        async with stage["Sec"].open() as session:
            await exercises.close_exercise(session, stage.call.hex(), exercise)
        async with ann.program.desk.at() as session:
            await session.sync_all()
        assert "to-do" not in await ann.page(path(stage))


async def test_a_roll_call_puts_the_same_words_on_both_screens_and_says_when(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec, visiting(stage["Ann"]) as ann:
        assert "No roll call was held yet" in await sec.page(path(stage))
        await sec.do(path(stage, "/roll-call"))
        async with ann.program.desk.at() as session:
            await session.synced(stage.call)
        [code] = re.findall(r'id="code"[^>]*><bdi>([^<]+)', await sec.page(path(stage)))
        assert f"<bdi>{code}</bdi>" in await ann.page(path(stage))
        assert "Last roll call" in await ann.page(path(stage))
        assert "Only owners and chairs" in await ann.refused(path(stage, "/roll-call"))


async def test_what_is_said_is_unread_until_one_says_otherwise_and_is_changed_and_taken_back(stage: Stage) -> None:
    document = await stage.put_up("Sec", "plan.txt", b"x")
    on = f"doc:{document}"
    async with visiting(stage["Bob"]) as bob, visiting(stage["Ann"]) as ann:
        assert await bob.do(path(stage, "/talk/say"), text="On the plan <b>", on=on) == thread(stage.call.hex(), on)
        await bob.do(path(stage, "/talk/say"), text="To all", on="", circle="everyone")
        async with ann.program.desk.at() as session:
            await session.synced(stage.call)
        shown = await ann.page(thread(stage.call.hex(), on))
        assert "On the plan &lt;b&gt;" in shown
        assert "2 new" in shown
        assert "2 new" in await ann.page(path(stage)), "looking is not reading"
        [message] = ids(shown, "message")
        await ann.do(path(stage, "/talk/say"), text="I agree", reply=message)
        assert "they alone change it" in await ann.refused(path(stage, "/talk/change"), message=message, text="No")
        await ann.do(path(stage, "/talk/read"), on="")
        assert "new</span>" not in await ann.page(path(stage, "/talk"))
        await bob.do(path(stage, "/talk/change"), message=message, withdraw="yes")
        after = await bob.page(thread(stage.call.hex(), on))
        assert "Taken back by its author" in after
        assert "I agree" in after
        assert "not here any more" in (await (await ann.ask("GET", path(stage, "/talk/abc"), ann.own)).text())


async def test_the_pen_goes_from_hand_to_hand_and_what_comes_of_a_call_is_put_down(stage: Stage) -> None:
    async with visiting(stage["Bob"]) as bob, visiting(stage["Ann"]) as ann:
        back = await bob.do(path(stage, "/minutes/take"), circle="allies")
        assert back == path(stage, "/outcomes?circle=allies")
        await bob.do(path(stage, "/minutes/write"), circle="allies", text="We met.\nAll came.")
        assert "We met." in await bob.page(back)
        async with ann.program.desk.at() as session:
            await session.synced(stage.call)
            member = member_of(await session.view(stage.call), "Ann").hex()
        assert "minutes-text" not in await ann.page(back)
        assert "has the pen" in await ann.refused(path(stage, "/minutes/write"), circle="allies", text="Mine")
        await bob.do(path(stage, "/minutes/hand"), circle="allies", person=member)
        assert "minutes-text" not in await bob.page(back)
        await bob.do(path(stage, "/decisions"), decision="We go on.", in_favour="all", circle="allies")
        await bob.do(path(stage, "/commitments"), what="Write to them", by="2026-01-01", who=member, circle="allies")
        shown = await bob.page(path(stage, "/outcomes"))
        assert "We go on." in shown
        assert ">late<" in shown
        [commitment] = ids(shown, "commitment")
        await bob.do(path(stage, f"/commitments/{commitment}"), state="done")
        assert ">done<" in await bob.page(path(stage, "/outcomes"))


async def test_report_archive_and_calendar_go_into_the_folder_for_downloads(stage: Stage, folder: Path) -> None:
    async with visiting(stage["Bob"]) as bob:
        await bob.do(path(stage, "/report"), format="html", who="nobody")
        await bob.do(path(stage, "/report"), format="html", who="nobody")
        await bob.do(path(stage, "/calendar"), minutes="60", summary="")
        assert "too short" in await bob.refused(path(stage, "/export"), words="short", again="short")
        assert "not the same" in await bob.refused(
            path(stage, "/export"), words="harbour violin", again="harbour moss!"
        )
        await bob.do(path(stage, "/export"), words="harbour violin moss", again="harbour violin moss")
        names = sorted(each.name for each in folder.iterdir())
        assert [name.partition("-")[0] for name in names] == ["call", "call.ics", "report", "report"]
        assert (folder / names[0]).read_bytes().startswith(b"age-encryption.org/v1")
        shown = await bob.page(path(stage, "/outcomes"))
        assert all(str(folder / name) in shown for name in names)
        await bob.program.desk.lock()
    assert downloads() == folder


async def test_what_is_presented_stands_on_every_screen_until_it_is_stopped(stage: Stage) -> None:
    async with visiting(stage["Bob"]) as bob, visiting(stage["Ann"]) as ann:
        async with bob.program.desk.at() as session:
            exercise = await the_exercise(session, stage.call)
            member = member_of(await session.view(stage.call), "Ann").hex()
        assert "Only owners and chairs" in await ann.refused(path(stage, "/present"), thing=f"map:{exercise}")
        await bob.do(path(stage, "/present/hand"), person=member)
        async with ann.program.desk.at() as session:
            await session.synced(stage.call)
        there = path(stage, f"/exercise/{exercise}/map")
        assert f'value="map:{exercise}"' in await ann.page(there)
        assert await ann.do(path(stage, "/present"), thing=f"map:{exercise}", stay="yes") == there
        assert f'value="map:{exercise}"' not in await ann.page(there)
        async with bob.program.desk.at() as session:
            await session.synced(stage.call)
        shown = await bob.page(path(stage, "/talk"))
        assert f'data-path="{path(stage, f"/exercise/{exercise}/map")}"' in shown
        await ann.do(path(stage, "/present/stop"))
        assert 'id="presents"' not in await ann.page(path(stage))


async def plant(stage: Stage) -> None:
    """Put the canary into everything that is for allies, beside something of each kind that is for everyone."""
    async with stage["Bob"].open() as session:
        name = stage.call.hex()
        await agenda.add_point(session, name, {"title": "Open point", "speaker": ""}, "", "everyone")
        await agenda.go_to_point(session, name, "", "everyone")
        await agenda.add_point(session, name, {"title": f"{CANARY} point", "speaker": CANARY}, "", "allies")
        await agenda.go_to_point(session, name, "", "allies")
        await discussing.say(session, name, f"{CANARY} message", on="", circle="allies")
        await calls.code(session, name, roll_call=True)
    document = await stage.put_up("Bob", f"{CANARY}.txt", b"x", "allies")
    async with stage["Bob"].open() as session:
        await presenting.present(session, stage.call.hex(), "agenda")
        await presenting.present(session, stage.call.hex(), f"doc:{document}")


@pytest.mark.parametrize("guest", [False, True], ids=["no guest", "a guest"])
async def test_g06_the_window_to_share_shows_nothing_that_is_for_allies_alone(stage: Stage, guest: bool) -> None:
    if guest:
        await stage.receive("Gus")
    await plant(stage)
    async with visiting(stage["Bob"]) as bob:
        assert CANARY in await bob.page(path(stage))
        shown = await bob.page(f"/present/{stage.call.hex()}")
        assert "Open point" in shown
        assert "roster" in shown
        for word in (CANARY, "Bob", "Ann", "Cem", "Harbour Watch", "/lock", 'href="'):
            assert word not in shown
        await bob.do(path(stage, "/present"), thing="agenda")
        assert 'id="stage-title"' in await bob.page(f"/present/{stage.call.hex()}")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "voice room", "https:", "//x"]
)
def test_m15_a_link_that_is_no_address_of_the_web_is_never_a_link(link: str) -> None:
    assert not is_address(link)
    assert is_address("https://voice.example.org/room")


async def test_m15_such_a_link_is_shown_as_text(stage: Stage) -> None:
    async with visiting(stage["Bob"]) as bob:
        await bob.do(path(stage, "/link"), link="javascript:alert(1)")
        shown = await bob.page(path(stage))
        assert 'href="javascript' not in shown
        assert "javascript:alert(1)" in shown


async def test_a_guest_reads_and_is_offered_no_form_that_would_be_refused(stage: Stage) -> None:
    await stage.receive("Gus")
    async with visiting(stage["Gus"]) as gus:
        for rest in ("", "/talk", "/outcomes"):
            shown = await gus.page(path(stage, rest))
            for word in ("roll-call", "talk/say", "minutes/take", "agenda/add", '/commitments"', '/present"'):
                assert word not in shown


async def test_l06_a_call_is_destroyed_by_its_owner_once_its_title_is_typed(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec, visiting(stage["Ann"]) as ann:
        assert "/destroy" not in await ann.page(path(stage))
        assert "wner" in await ann.refused(path(stage, "/destroy"), typed=CALL)
        assert 'id="destroy-form"' in await sec.page(path(stage))
        assert "another name" in await sec.refused(path(stage, "/destroy"))
        assert "another name" in await sec.refused(path(stage, "/destroy"), typed="another call")
        await sec.do(path(stage, "/destroy"), typed=CALL)
        after = await sec.page(path(stage))
        assert ">destroyed<" in after
        assert "destroy-form" not in after
        for rest in ("/people", "/exercises", "/documents", "/talk", "/outcomes"):
            assert ">destroyed<" in await sec.page(path(stage, rest)), rest


async def test_two_of_a_call_talk_on_a_page_of_their_own(stage: Stage) -> None:
    await stage.sync()
    async with visiting(stage["Ann"]) as ann, visiting(stage["Cem"]) as cem:
        assert "You have none in this call" in await ann.page(path(stage, "/people"))
        async with ann.program.desk.at() as session:
            await session.reach()
            cem_id = member_of(await session.view(stage.call), "Cem").hex()
        person = path(stage, f"/people/{cem_id}")
        assert f'action="{person}/pair"' in await ann.page(person)
        at = await ann.do(f"{person}/pair")
        assert await ann.do(f"{person}/pair") == at
        assert f'href="{at}"' in await ann.page(path(stage, "/people"))
        assert "no text" in await ann.refused(f"{at}/say", text=" ")
        assert await ann.do(f"{at}/say", text="<b>quartz") == at
        async with cem.program.desk.at() as session:
            await session.reach()
            await session.sync_all()
        assert f'href="{at}"' in await cem.page(path(stage, "/people"))
        page = await cem.page(at)
        assert "&lt;b&gt;quartz" in page
        assert "I have read everything" in page
        [message] = re.findall(r'id="message-([0-9a-f]{32})"', page)
        await cem.do(f"{at}/read")
        page = await cem.page(at)
        assert "I have read everything" not in page
        assert f'id="change-{message}"' not in page, "it is not his to change"
        assert await cem.refused(f"{at}/change", message=message, text="mine")
        await cem.do(f"{at}/say", text="granite", reply=message)
        assert "answers <bdi>Ann" in re.sub(r"\s+", " ", await cem.page(at))
        await ann.do(f"{at}/change", message=message, text="basalt")
        page = await ann.page(at)
        assert "basalt" in page
        assert "changed once" in page
        await ann.do(f"{at}/change", message=message, withdraw="yes")
        assert "Taken back by its author" in await ann.page(at)
        assert "no text" in await ann.refused(f"{at}/change", message=message, text="")
        assert "no such space" in await (await ann.ask("GET", f"/pair/{stage.call.hex()}", ann.own)).text()


async def test_a_guest_is_not_told_that_there_is_no_agenda_where_there_is_one_for_allies(stage: Stage) -> None:
    await stage.receive("Gil")
    async with visiting(stage["Sec"]) as sec:
        await sec.do(path(stage, "/agenda/add"), title="Updates", minutes="5", circle="allies")
    async with visiting(stage["Gil"]) as gil:
        async with gil.program.desk.at() as session:
            await session.reach()
            await session.sync_all()
        page = await gil.page(path(stage))
    assert "There is no agenda yet" not in page
    assert "There is no agenda for guests" in page
