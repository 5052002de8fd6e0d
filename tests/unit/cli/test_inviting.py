"""The screens of organisations and invitations: one person, a table of people, and what became of them."""

import json
from pathlib import Path

import msgspec
import pytest

from securecall_client.results.people import InvitationLine, Invitations
from securecall_client.work.covering import letter

PEOPLE = ["invite", "--people", "people.csv", "-o", "out"]


def test_a_table_of_people_gives_a_file_each(run, acts) -> None:
    code, out, err = run(*PEOPLE, "--json", "--expires", "12h")
    assert (code, json.loads(out)) == (0, {"invitations": [{"label": "Amina", "file": "Amina"}]})
    assert [(row.line, row.label, row.org, row.role) for row in acts.last["rows"]] == [
        (2, "Amina", "River Watch", "member")
    ]
    assert (acts.last["folder"], acts.last["expires"].total_seconds()) == (Path("out"), 12 * 3600)
    assert err == ""
    assert "not encrypted" in run(*PEOPLE)[1]


def test_columns_that_are_not_read_are_named(run, place) -> None:
    (place.files / "people.csv").write_text("label,org,role,email\nA,O,member,a@b.example\n", "utf-8")
    code, _, err = run(*PEOPLE)
    assert code == 0
    assert "email is not read" in err


@pytest.mark.parametrize(
    "data", [b"label,org,role\nA,O,boss\n", b"label,org,role\n\xe9,O,member\n", b"", b"x" * 2_000_000]
)
def test_a_bad_table_makes_nothing_and_opens_no_profile(run, acts, place, data) -> None:
    (place.files / "people.csv").write_bytes(data)
    code, out, _ = run(*PEOPLE, "--json")
    assert (code, json.loads(out)["error"]["code"] in ("people-refused", "file-refused")) == (1, True)
    assert acts.settings == []


MISUSED = {
    "neither": ["invite"],
    "no organisation": ["invite", "--role", "member"],
    "no role": ["invite", "--org", "O"],
    "no folder": ["invite", "--people", "people.csv"],
    "no table": ["invite", "--role", "member", "--org", "O", "-o", "out"],
    "both": [*PEOPLE, "--role", "member", "--org", "O"],
    "options before the verb": ["invite", "--role", "member", "list"],
    "no such verb": ["invite", "lst"],
}


@pytest.mark.parametrize("case", MISUSED)
def test_what_does_not_go_together_is_said(run, acts, case) -> None:
    code, out, err = run(*MISUSED[case])
    assert (code, out, acts.calls) == (2, "", [])
    assert "--help" in err


def test_shared_options_stand_between_noun_and_verb_too(run) -> None:
    assert json.loads(run("invite", "--json", "list")[1])["invitations"]


def listed(*states: str) -> Invitations:
    ends = "2026-12-01T15:00Z"
    line = InvitationLine(id="ab" * 32, label="Amina", org="O", role="member", state="open", expires=ends)
    return Invitations(invitations=[msgspec.structs.replace(line, state=state) for state in states])


def test_the_list_says_who_has_not_joined_and_what_to_do(run, acts) -> None:
    acts.give("acts.invitations.invitations", listed("open", "waiting", "joined", "expired", "revoked"))
    out = run("invite", "list")[1]
    for words in ("not used yet", "asks to be let in", "has joined", "has run out", "taken back"):
        assert words in out
    assert "Not joined yet: 3. Joined: 1." in out
    assert "securecall admit" in out
    assert "securecall invite again" in out
    acts.give("acts.invitations.invitations", Invitations(invitations=[]))
    assert "Nobody has been invited yet" in run("invite", "list")[1]


def test_made_again_the_text_alone_is_on_stdout(run) -> None:
    _, out, err = run("invite", "again", "Amina", "--expires", "2d")
    assert out == "Amina\n"
    assert "Hand it over" in err


def test_the_letter_of_a_file_is_taken_for_its_code(run, acts, place) -> None:
    (place.files / "amina.txt").write_text(letter("abcdefgh-ijklmnop", "2026-12-01 15:00 UTC"), "utf-8")
    assert run("join", "--name", "Amina", "--from", "amina.txt")[0] == 0
    assert acts.last["invitation"] == "abcdefgh-ijklmnop"
