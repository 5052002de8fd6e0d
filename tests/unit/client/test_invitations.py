"""Invitations in bulk, and what becomes of invitations: listed, made anew, taken back."""

from datetime import timedelta
from pathlib import Path

import pytest

from securecall import entries as e
from securecall_client.acts import admitting, invitations, inviting_people, issuing, organisations
from securecall_client.errors import FileError, InvitationError, NotFoundError, RefusedError
from securecall_client.files import save_new
from securecall_client.work.covering import RULE, code_in
from securecall_client.work.errors import PeopleError
from securecall_client.work.people import Row
from tests.simulator.people import TITLE, Stage, check_plain, enter, invite, member_of

WEEK = timedelta(days=7)


def rows(*labels: str) -> list[Row]:
    return [Row(line, label, "River Watch", "member") for line, label in enumerate(labels, start=2)]


async def invite_all(stage: Stage, people: list[Row], folder: Path, who: str = "Sec") -> dict[str, Path]:
    async with stage[who].open() as session:
        made = await inviting_people.invite_people(session, people, folder, WEEK)
    assert [each.label for each in made.invitations] == [row.label for row in people]
    return {each.label: Path(each.file) for each in made.invitations}


async def states(stage: Stage, who: str = "Sec") -> dict[str, str]:
    async with stage[who].open() as session:
        listed = await invitations.invitations(session, None)
    return {line.label: line.state for line in listed.invitations if line.label not in ("Bob", "Ann", "Cem")}


async def test_a_table_is_one_entry_and_a_file_a_person(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        number = (await session.synced(stage.coalition)).chain.number
    files = await invite_all(stage, rows("Dora", "Emil"), stage.root / "out")
    async with stage["Sec"].open() as session:
        view = await session.view(stage.coalition)
        assert view.chain.number == number + 1
        assert [org.name for org in view.state.organisations.values()].count("River Watch") == 1
    assert await states(stage) == {"Dora": "open", "Emil": "open"}
    assert await stage["Dora"].join(code_in(files["Dora"].read_text())) == "waiting"
    assert await states(stage) == {"Dora": "waiting", "Emil": "open"}
    async with stage["Sec"].open() as session:
        assert (await admitting.admit(session, confirmed=False)).names == ["Dora"]
        view = await session.view(stage.coalition)
        assert view.state.org(member_of(view, "Dora")) == "River Watch"
    assert await states(stage) == {"Dora": "joined", "Emil": "open"}


async def test_f01_files_are_ones_own_and_their_names_lead_nowhere(stage: Stage) -> None:
    labels = ("../../up", "A/B", "A:B", "CON", "dora", "DORA", ".hidden", "=cmd", "x" * 200)
    files = await invite_all(stage, rows(*labels), stage.root / "out")
    assert len(set(files.values())) == len(labels)
    assert {file.parent for file in files.values()} == {stage.root / "out"}
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert (stage.root / "out").stat().st_mode & 0o777 == 0o700
    assert all(file.name.endswith(".txt") and file.is_file() for file in files.values())


async def test_the_letter_says_what_to_do_and_gives_nobody_away(stage: Stage) -> None:
    files = await invite_all(stage, rows("Dora"), stage.root / "out")
    text = files["Dora"].read_text()
    for alien in (TITLE, "Dora", "River Watch", "Sec ", "127.0.0.1", "coalition", "member", "+0", "-0"):
        assert alien not in text.partition(RULE)[0]
    for needed in (
        "securecall web",
        "I was invited",
        "securecall join",
        "If you did not expect it",
        "destroy this note",
        "UTC",
        "Never send this note on",
    ):
        assert needed in text
    assert len(text) < 4096


DORA = Row(2, "Dora", "O", "member")
BAD = {
    "a role beyond one's own": (
        "Bob",
        [Row(2, "Dora", "O", "member"), Row(3, "Emil", "O", "chair")],
        "Line 3: a chair",
    ),
    "a look-alike that stands": ("Sec", [Row(2, "Dora", "harbour watch", "member")], "Line 2: There is"),
    "look-alikes in the table": (
        "Sec",
        [Row(2, "Dora", "River Watch", "member"), Row(9, "Emil", "River-Watch", "member")],
        "Line 9: 'River-Watch' looks like",
    ),
    "somebody who is waited for": (
        "Sec",
        [Row(2, "Dora", "O", "member"), Row(3, "Fay", "O", "member")],
        "Line 3: there is",
    ),
    "somebody who is in": ("Sec", [DORA, Row(3, "Cem", "O", "member")], "Line 3: 'Cem' is in"),
    "an id that is none": ("Sec", [Row(2, "Dora", "0123456789abcdef", "member")], "Line 2: There is no organisation"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_row_makes_nothing(case: str, stage: Stage) -> None:
    who, people, words = BAD[case]
    async with stage["Sec"].open() as session:
        await invite(session, "Fay")
    places = len(stage.server.spaces[stage.coalition].places)
    async with stage[who].open() as session:
        with pytest.raises(PeopleError, match=words):
            await inviting_people.invite_people(session, people, stage.root / "out", WEEK)
    assert len(stage.server.spaces[stage.coalition].places) == places
    assert not (stage.root / "out").exists()


async def test_a_member_and_a_bad_folder_make_nothing(stage: Stage) -> None:
    places = len(stage.server.spaces[stage.coalition].places)
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError):
            await inviting_people.invite_people(session, rows("Dora"), stage.root / "out", WEEK)
    (stage.root / "file").touch()
    async with stage["Sec"].open() as session:
        with pytest.raises(FileError):
            await inviting_people.invite_people(session, rows("Dora"), stage.root / "file", WEEK)
    assert len(stage.server.spaces[stage.coalition].places) == places


async def test_m12_more_than_one_entry_holds_go_into_several(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "LETTERS_BYTES", 5_000)
    async with stage["Sec"].open() as session:
        number = (await session.synced(stage.coalition)).chain.number
    files = await invite_all(stage, rows(*(f"P{n}" for n in range(9))), stage.root / "out")
    async with stage["Sec"].open() as session:
        assert (await session.view(stage.coalition)).chain.number == number + 3
    assert await stage["P8"].join(code_in(files["P8"].read_text())) == "waiting"
    assert await stage["P0"].join(code_in(files["P0"].read_text())) == "waiting"


async def test_the_caps_of_an_entry_hold_for_the_longest_names(stage: Stage) -> None:
    people = [Row(n, f"{n:03} " + "é" * 98, f"{n % 7} " + "ö" * 98, "member") for n in range(2, 252)]
    files = await invite_all(stage, people, stage.root / "out")
    assert len(files) == 250


async def test_g03_made_again_the_old_one_is_worth_nothing(stage: Stage) -> None:
    files = await invite_all(stage, rows("Dora"), stage.root / "out")
    old = code_in(files["Dora"].read_text())
    async with stage["Bob"].open() as session:
        again = await invitations.invite_again(session, "Dora", None, WEEK)
    assert (again.label, again.org, again.role) == ("Dora", "River Watch", "member")
    assert [line.state for line in again.invitations] == ["open"]
    with pytest.raises(InvitationError):
        await stage["Dora"].join(old)
    assert await stage["Dora"].join(again.invitation) == "waiting"
    async with stage["Sec"].open() as session:
        assert (await admitting.admit(session, confirmed=True)).names == ["Dora"]


async def test_g03_who_asked_with_the_old_one_is_not_let_in(stage: Stage) -> None:
    files = await invite_all(stage, rows("Dora"), stage.root / "out")
    assert await stage["Eve"].join(code_in(files["Dora"].read_text())) == "waiting"
    async with stage["Sec"].open() as session:
        again = await invitations.invite_again(session, "Dora", None, WEEK)
    assert any("asked to be let in" in line for line in stage["Sec"].say.lines)
    assert await stage["Dora"].join(again.invitation) == "waiting"
    async with stage["Sec"].open() as session:
        assert (await admitting.admit(session, confirmed=True)).names == ["Dora"]


async def test_taken_back_nobody_joins_with_it(stage: Stage) -> None:
    files = await invite_all(stage, rows("Dora", "Emil"), stage.root / "out")
    async with stage["Sec"].open() as session:
        [line] = (await invitations.revoke_invitation(session, "Dora", None)).invitations
        assert line.state == "revoked"
    assert await states(stage, "Ann") == {"Dora": "revoked", "Emil": "open"}
    with pytest.raises(InvitationError):
        await stage["Dora"].join(code_in(files["Dora"].read_text()))
    async with stage["Sec"].open() as session:
        await invitations.revoke_invitation(session, line.id[:8], None)  # once more does no harm
        again = await invitations.invite_again(session, "Dora", None, WEEK)
        assert again.invitations[0].id != line.id


async def test_one_is_named_by_label_or_id_and_only_by_who_has_the_right(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        for _ in range(2):
            await invite(session, "Dora")
        await invite(session, "Boss", "owner")
        ids = {line.id for line in (await invitations.invitations(session, None)).invitations if line.label == "Dora"}
        with pytest.raises(NotFoundError) as caught:
            await invitations.revoke_invitation(session, "Dora", None)
        assert caught.value.code == "ambiguous"
        await invitations.revoke_invitation(session, ids.pop(), None)
        [line] = (await invitations.revoke_invitation(session, "Dora", None)).invitations
        assert {line.id} == ids
        for act in (
            invitations.revoke_invitation(session, "Ann", None),
            invitations.invite_again(session, "Ann", None, WEEK),
        ):
            with pytest.raises(RefusedError) as refused:
                await act
            assert refused.value.code == "joined-already"
            check_plain(refused.value, 1)
    async with stage["Bob"].open() as session:
        with pytest.raises(RefusedError) as refused:
            await invitations.revoke_invitation(session, "Boss", None)
    assert refused.value.code == "no-right"
    assert (await states(stage))["Boss"] == "open"


async def test_one_of_an_inviter_who_lost_the_right_counts_as_taken_back(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        await invite(session, "Dora")
    async with stage["Sec"].open() as session:
        bob = member_of(await session.synced(stage.coalition), "Bob")
        await enter(session, stage.coalition, e.SetRole([e.NewRole(bob, "member", None)]))
    assert await states(stage) == {"Dora": "revoked"}
    async with stage["Sec"].open() as session:
        again = await invitations.invite_again(session, "Dora", None, WEEK)
    assert await stage["Dora"].join(again.invitation) == "waiting"


async def test_one_that_ran_out_is_shown_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage["Sec"].open() as session:
        await invite(session, "Dora")
    monkeypatch.setattr("securecall_client.clock.minute", lambda: 40_000_000)
    async with stage["Sec"].open(offline=True) as session:
        listed = await invitations.invitations(session, None)
    assert [line.state for line in listed.invitations if line.label == "Dora"] == ["expired"]


async def test_a_call_has_invitations_of_its_own(stage: Stage) -> None:
    call = stage.call.hex()
    async with stage["Sec"].open() as session:
        view = await session.synced(stage.coalition)
        wanted = issuing.Wanted("Una", "member", organisations.find_organisation(view, "Harbour Watch"))
        [issued] = await issuing.issue(session, stage.call, [wanted], issuing.expiry_of(WEEK))
        assert repr(issued) == f"Issued({issued.key.hex()})"
        [line] = (await invitations.invitations(session, call)).invitations
        assert (line.label, line.org, line.state) == ("Una", "Harbour Watch", "open")
        assert "Una" not in await states(stage, "Ann")
        again = await invitations.invite_again(session, "Una", call, WEEK)
        [gone] = (await invitations.revoke_invitation(session, "Una", call)).invitations
        assert gone.id == again.invitations[0].id
        listed = (await invitations.invitations(session, call)).invitations
        assert [line.state for line in listed] == ["revoked", "revoked"]


async def test_o06_a_disk_that_fills_leaves_what_was_written_and_says_how_to_go_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:

    def full(folder: Path, name: str) -> object:
        if "Emil" in name:
            raise FileError("The disk is full: Letter for Emil.txt was not written.", code="disk-full")
        return save_new(folder, name)

    monkeypatch.setattr(inviting_people, "save_new", full)
    async with stage["Sec"].open() as session:
        with pytest.raises(FileError, match="2 of them are in no file, from 'Emil' on") as caught:
            await inviting_people.invite_people(session, rows("Dora", "Emil", "Fay"), stage.root / "out", WEEK)
    assert "securecall invite again" in str(caught.value.hint)
    assert [path.name for path in (stage.root / "out").iterdir()] == ["Letter for Dora.txt"]
    async with stage["Sec"].open() as session:
        again = await invitations.invite_again(session, "Emil", None, WEEK)
    assert await stage["Emil"].join(again.invitation) == "waiting"
