"""What `securecall device` shows: texts on stderr, QR codes, and the sheet on paper (rows S25, M14)."""

import json
import stat

import pytest

from securecall.entries import Seen
from securecall_client.cli import ask, paper
from securecall_client.results.devices import Devices, MadeSheet
from securecall_keys.secret import Secret
from securecall_keys.sheet import Sheet, SheetPlace, read_sheet

SHEET = Sheet(
    Secret(bytes(range(32))), SheetPlace("https://calls.example.org", b"m" * 32, b"s" * 32, Seen(9, b"h" * 32))
)
MADE = MadeSheet(device="d" * 64, words=SHEET.words(), place=SHEET.place_text(), sheet=SHEET.line(), spaces=[])


def test_s25_what_is_printed_is_read_back(run, acts, place) -> None:
    acts.give("acts.recovering.make_sheet", MADE)
    _, out, _ = run("device", "recovery")
    assert read_sheet(out) == SHEET
    code, out, _ = run("device", "recovery", "-o", "sheet.txt")
    file = place.files / "sheet.txt"
    assert code == 0
    assert read_sheet(file.read_text("utf-8")) == SHEET
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SHEET.words()[3] not in out.split()
    assert max(map(len, file.read_text("utf-8").splitlines())) < 100


def test_s25_a_file_that_is_there_is_not_written_over_and_no_sheet_is_made(run, acts, place) -> None:
    acts.give("acts.recovering.make_sheet", MADE)
    (place.files / "sheet.txt").write_text("mine", "utf-8")
    code, _, _ = run("device", "recovery", "-o", "sheet.txt")
    assert code == 1
    assert acts.calls == []
    assert (place.files / "sheet.txt").read_text("utf-8") == "mine"


def test_s25_a_sheet_that_cannot_be_written_is_shown(run, acts, place) -> None:
    acts.give("acts.recovering.make_sheet", MADE)
    code, out, _ = run("device", "recovery", "-o", "no such folder/sheet.txt")
    assert code == 0
    assert read_sheet(out) == SHEET


def test_a_sheet_is_typed_off_in_steps(run, acts, monkeypatch) -> None:
    lines = iter([SHEET.place_text()[:90], SHEET.place_text()[90:]])
    monkeypatch.setattr(ask, "someone_is_there", lambda: True)
    monkeypatch.setattr(ask, "hidden", lambda _question: " ".join(SHEET.words()))
    monkeypatch.setattr(ask, "shown", lambda _question: next(lines))
    assert run("device", "link", "--recovery")[0] == 0
    assert read_sheet(str(acts.last["text"])) == SHEET
    assert acts.calls[-1][0] == "recover"


def test_a_square_of_a_camera_is_the_whole_sheet(run, acts, monkeypatch) -> None:
    monkeypatch.setattr(ask, "someone_is_there", lambda: True)
    monkeypatch.setattr(ask, "hidden", lambda _question: SHEET.line().upper())
    assert run("device", "link", "--recovery")[0] == 0
    assert read_sheet(str(acts.last["text"])) == SHEET


@pytest.mark.parametrize("on_screen", [True, False])
def test_a_qr_code_holds_the_text_and_drives_no_terminal(on_screen: bool) -> None:
    lines = list(paper.qr("abcdefgh-ijkl2345", on_screen=on_screen))
    assert set("".join(lines)) <= set(" ▄▀█")
    assert len({len(line) for line in lines}) == 1
    corner = lines[0][0]
    assert corner == ("█" if on_screen else " ")


def test_m14_the_text_to_hand_over_is_on_stderr_and_the_document_alone_on_stdout(run, acts) -> None:
    async def add_device(_session: object, *, name: str, show: object) -> object:
        assert callable(show)
        show("abcdefgh-ijkl2345")
        return MADE

    acts.monkeypatch.setattr("securecall_client.acts.linking.add_device", add_device)
    code, out, err = run("device", "add", "--json")
    assert code == 0
    assert json.loads(out)["device"] == MADE.device
    assert "abcdefgh-ijkl2345\n" in err
    assert "█" not in err


def test_who_has_no_sheet_is_told_how_to_make_one(run, acts) -> None:
    acts.give("acts.devices.list_devices", Devices(devices=[]))
    assert run("device", "list")[0] == 0


def test_another_members_lost_device_is_barred(run, acts) -> None:
    assert run("device", "remove", "D", "--of", "Amina")[0] == 0
    assert acts.calls[-1][0] == "bar_device"
    assert (acts.last["typed"], acts.last["of"]) == ("D", "Amina")
