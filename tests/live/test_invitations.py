"""A table of twenty people is invited by the command, over real HTTP, and three of them join."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from securecall_server.codes import setup_code
from tests.live.process import ServerProcess
from tests.live.seat import Seat

pytestmark = pytest.mark.slow


@pytest.fixture
def secretariat(new_server: ServerProcess, tmp_path: Path) -> Iterator[Seat]:
    new_server.start()
    seat = Seat(tmp_path / "secretariat")
    (seat.folder / "code").write_text(setup_code(new_server.setup.seed, new_server.key), "utf-8")
    found = ["found", "C", "--server", new_server.url, "--name", "Sec", "--org", "Secretariat", "--from", "code"]
    seat.told(*found, "--passphrase-memory", "64")
    yield seat
    assert new_server.stop() == 0


def table(number: int) -> str:
    """As Excel writes it where the comma stands in numbers."""
    rows = "".join(f"Person {n};Group {n % 7};member;p{n}@mail.example\r\n" for n in range(number))
    return f"\ufefflabel;org;role;email\r\n{rows}\r\n"


def test_twenty_are_invited_by_a_table_and_three_join(secretariat: Seat, tmp_path: Path) -> None:
    (secretariat.folder / "people.csv").write_text(table(20), "utf-8")
    made = secretariat.told("invite", "--people", "people.csv", "-o", "out")["invitations"]
    assert [each["label"] for each in made] == [f"Person {n}" for n in range(20)]
    files = [secretariat.folder / each["file"] for each in made]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert len(secretariat.told("org", "list")["organisations"]) == 8

    seats = [Seat(tmp_path / f"seat {n}") for n in (0, 7, 19)]
    for seat, n in zip(seats, (0, 7, 19), strict=True):
        join = ["join", "--name", f"Person {n}", "--from", files[n], "--no-wait", "--passphrase-memory", "64"]
        assert seat.told(*join)["state"] == "waiting"
        waiting = seat.run("status")
        assert (waiting.returncode, "You are not in C yet" in waiting.stdout) == (0, True)
    assert len(secretariat.told("admit")["admitted"]) == 3
    for seat in seats:
        assert seat.told("join")["state"] == "joined"

    listed = {each["label"]: each["state"] for each in seats[0].told("invite", "list")["invitations"]}
    assert sorted(label for label, state in listed.items() if state == "joined") == [
        "Person 0",
        "Person 19",
        "Person 7",
    ]
    assert set(listed.values()) == {"open", "joined"}
    members = {each["name"]: each["org"] for each in seats[2].told("member", "list")["members"]}
    assert members == {"Sec": "Secretariat", "Person 0": "Group 0", "Person 7": "Group 0", "Person 19": "Group 5"}

    again = secretariat.run("invite", "--people", "people.csv", "-o", "out", "--json")
    assert (again.returncode, json.loads(again.stdout)["error"]["code"]) == (1, "people-refused")
    assert "Line 2: 'Person 0' is in the coalition already." in again.stdout
