"""The window to share: what is for everyone as pixels and words, and no way from it to anything else (row G06)."""

import re
from collections.abc import AsyncIterator
from io import BytesIO

import pytest_asyncio
from msgspec import structs

from securecall_client import parts
from securecall_client.acts import calls, discussing, exercises, on_behalf, organisations
from securecall_client.blobs import Source
from securecall_client.errors import OfflineError
from securecall_client.profile import Profile
from securecall_client.session import Session
from tests.answers import a_row, answer_of
from tests.pages import Visitor, visiting
from tests.simulator.people import Stage, open_call, the_exercise
from tests.unit.cleaning import made

CANARY = "quartz"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest_asyncio.fixture
async def bob(stage: Stage) -> AsyncIterator[Visitor]:
    """The pages of Bob, who keeps the call and shares the window."""
    async with visiting(stage["Bob"]) as visitor:
        yield visitor


def window(stage: Stage, rest: str = "") -> str:
    return f"/present/{stage.call.hex()}{rest}"


async def show(stage: Stage, visitor: Visitor, thing: str) -> None:
    await visitor.do(f"/call/{stage.call.hex()}/present", thing=thing)


async def given(visitor: Visitor, path: str) -> tuple[int, bytes]:
    """Status and body of whatever our own page asks for."""
    answer = await visitor.ask("GET", path, visitor.own)
    return answer.status, await answer.read()


async def test_a_document_for_everyone_is_shown_as_pixels_page_by_page(stage: Stage, bob: Visitor) -> None:
    document = await stage.put_up("Bob", "map of the harbour.pdf", made.pdf(), "everyone")
    await show(stage, bob, f"doc:{document}")
    page = await bob.page(window(stage))
    assert 'data-led="1"' in page
    assert f'hx-get="{window(stage, f"/{document}/1")}"' in page
    assert 'data-pages="2"' in await bob.page(window(stage, f"/{document}/1"))
    assert (await given(bob, window(stage, f"/{document}/1/2?width=300")))[1].startswith(PNG)
    await bob.ask("POST", f"/call/{stage.call.hex()}/present/turn", bob.own, {"document": document, "page": "2"})
    assert 'data-led="2"' in await bob.page(window(stage))
    path = f"/call/{stage.call.hex()}/document/{document}"
    assert 'data-led="2"' in await bob.page(path), "whoever follows is taken to the page"


async def test_g06_of_a_document_for_allies_the_window_gives_nothing_whatever_is_asked(
    stage: Stage, bob: Visitor
) -> None:
    for_all = await stage.put_up("Bob", "open.txt", b"for all ears", "everyone")
    other = await stage.put_up("Bob", "other.txt", b"also open", "everyone")
    allies = await stage.put_up("Bob", f"{CANARY}.txt", f"{CANARY} words".encode())
    _, none = await given(bob, window(stage, f"/{'0' * 32}/1"))
    for thing in ("", f"doc:{allies}", f"doc:{for_all}"):
        if thing:
            await show(stage, bob, thing)
        for which in (allies, other):
            for rest in ("/1", "/2", "/0", "/1/1", "/1/1?width=900", "/1?version=1"):
                status, body = await given(bob, window(stage, f"/{which}{rest}"))
                assert CANARY.encode() not in body, (thing, rest)
                assert b"also open" not in body, "one that is not presented now"
                assert status == 422 or body == none, "as if it were not there"
        assert CANARY not in await bob.page(window(stage))
    assert "for all ears" in await bob.page(window(stage, f"/{for_all}/1"))
    for which in (f"{for_all}/2", f"{for_all}/0", f"{for_all}/x", f"{for_all}/1/2"):
        assert b"for all ears" not in (await given(bob, window(stage, f"/{which}")))[1]


async def forge(session: Session, stage: Stage, document: str, words: bytes) -> None:
    """Write a second version, for everyone, of whatever document; the program of a cheat does."""
    data = BytesIO(words)
    source = Source.of_file("forged.txt", data)
    body, ref = await session.blobs.seal(source, bytes.fromhex(document), lambda _done, _all: None)
    await session.writer.write(stage.call, structs.replace(body, version=2), "everyone", blobs=[ref])


async def test_g06_a_version_for_everyone_that_a_cheat_makes_of_an_allies_document_is_not_shown(
    stage: Stage, bob: Visitor
) -> None:
    """Guests let pass what they cannot judge; whoever shares the window reads more, and judges it."""
    allies = await stage.put_up("Bob", "theirs.txt", b"x")
    async with stage["Ann"].open() as session:
        await session.synced(stage.call)
        await forge(session, stage, allies, f"{CANARY} words".encode())
    async with bob.program.desk.at() as session:
        view = await session.synced(stage.call)
        assert bytes.fromhex(allies) in view.as_guest(0).state.documents, "the attack comes as far as this"
        body = parts.Presenting(session.member, parts.OnDocument(bytes.fromhex(allies)))
        await session.writer.write(stage.call, parts.Presenting(session.member, None), "everyone")
        await session.writer.write(stage.call, body, "everyone")
    shown = await bob.page(window(stage))
    assert "forged" not in shown
    assert 'id="stage"' not in shown
    for version in ("1", "2"):
        assert CANARY.encode() not in (await given(bob, window(stage, f"/{allies}/{version}")))[1]


THEIRS = (CANARY, "Bob", "Ann", "Cem", "Harbour Watch", "Secretariat")
"""What is for allies alone: the canary, and what people and organisations are called."""


async def test_g06_of_exercises_maps_and_messages_it_shows_what_is_for_everyone_by_the_names_that_guests_know(
    stage: Stage, bob: Visitor
) -> None:
    call = stage.call.hex()
    async with stage["Sec"].open() as session:
        of_allies = await the_exercise(session, stage.call)
        started = await exercises.start_exercise(session, call, "who-does-what", "everyone")
        org = (await organisations.add_organisation(session, "Open Door", "un agency", "FR")).organisation
        await on_behalf.answer_for(session, call, started.exercise, org, answer_of(a_row("open training", "FR")))
        await discussing.say(session, call, f"{CANARY} for allies", on="", circle="allies")
        await discussing.say(session, call, "to all ears", on="", circle="everyone")
    async with stage["Cem"].open() as session:
        await session.synced(stage.call)
        await exercises.answer_exercise(session, call, of_allies, answer_of(a_row(CANARY, "FR")))
        await exercises.answer_exercise(session, call, started.exercise, answer_of(a_row("legal aid", "FR-75")))
    await show(stage, bob, f"map:{started.exercise}")
    page, drawn = await bob.page(window(stage)), await bob.page(window(stage, "/map"))
    for shown in (page, drawn):
        assert "legal aid" in shown
        assert "open training" in shown
        assert not [word for word in (*THEIRS, "Open Door") if word in shown]
    assert "to all ears" in page
    assert not re.search(r"<bdi>[0-9a-f]{8}</bdi>", page), "nobody is called by a number"
    await show(stage, bob, f"map:{of_allies}")
    assert CANARY not in await bob.page(window(stage))
    status, body = await given(bob, window(stage, "/map"))
    assert status == 422
    assert CANARY.encode() not in body


async def test_g06_what_is_sealed_stays_so_in_the_window_also_what_whoever_shares_it_wrote(
    stage: Stage, bob: Visitor
) -> None:
    call = stage.call.hex()
    async with stage["Bob"].open() as session:
        started = await exercises.start_exercise(session, call, "who-does-what", "everyone", sealed=True)
        await exercises.answer_exercise(session, call, started.exercise, answer_of(a_row(CANARY, "FR")))
        seen = await exercises.show_exercise(session, call, started.exercise)
        assert len(seen.answers) == 1, "on their own pages they read it"
    await show(stage, bob, f"map:{started.exercise}")
    shown = await bob.page(window(stage))
    assert "1 sealed answer" in shown
    assert "Sealed: everybody writes first" in shown
    assert CANARY not in shown
    assert CANARY.encode() not in (await given(bob, window(stage, "/map")))[1]


async def test_g06_no_failure_is_told_in_the_window_by_name(stage: Stage, bob: Visitor) -> None:
    document = await stage.put_up("Bob", "open.txt", b"for all ears", "everyone")
    await show(stage, bob, f"doc:{document}")
    async with bob.program.desk.at() as session:
        session.line.lost(OfflineError(f"{CANARY} did not answer."))
        session.line.reached = False
    for rest in (f"/{document}/1", f"/{document}/1/1"):
        assert CANARY.encode() not in (await given(bob, window(stage, rest)))[1]
    status, body = await given(bob, f"/present/{'0' * 64}")
    assert status == 422
    for word in (b"Lock", b'href="', b"no call"):
        assert word not in body


async def put_up_as(stage: Stage, name: str, call: bytes, blob: bytes) -> str:
    """Put up a file for everyone whose blob is called as another call's; the program of a cheat does."""
    document = bytes(15) + b"1"
    async with stage[name].open() as session:
        await session.synced(call)
        source = Source.of_file("open.txt", BytesIO(b"for all ears"))
        body, ref = await session.blobs.seal(source, document, lambda _done, _all: None)
        chunks = Profile(stage[name].home).chunks
        (chunks / ref.blob.hex()).rename(chunks / blob.hex())
        body, ref = structs.replace(body, blob=blob), structs.replace(ref, blob=blob)
        await session.writer.write(call, body, "everyone", blobs=[ref])
    return document.hex()


async def test_g06_a_file_whose_blob_is_called_as_another_call_s_is_not_shown_as_that_one(
    stage: Stage, bob: Visitor
) -> None:
    """Whoever may not read a file sees what its blob is called all the same, and each call has blobs of its own."""
    allies = await stage.put_up("Bob", "theirs.txt", f"{CANARY} words".encode())
    async with bob.program.desk.at() as session:
        blob = (await session.synced(stage.call)).state.documents[bytes.fromhex(allies)][-1].body.blob
        other = await open_call(session, "Another call")
        await calls.invite_to_call(session, other.hex(), ["Ann"])
    document = await put_up_as(stage, "Ann", other, blob)
    assert CANARY in await bob.page(f"/call/{stage.call.hex()}/document/{allies}/look/1")
    async with bob.program.desk.at() as session:
        await session.synced(other)
    await bob.do(f"/call/{other.hex()}/present", thing=f"doc:{document}")
    shown = await bob.page(f"/present/{other.hex()}/{document}/1")
    assert CANARY not in shown
