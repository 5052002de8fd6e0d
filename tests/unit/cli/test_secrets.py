"""Passphrases, invitations and setup codes: where they may come from."""

import io
import json
import os

import msgspec
import pytest

from securecall.entries import Seen
from securecall_client.cli import ask, passphrase
from securecall_client.passphrases import PassphraseError
from securecall_client.results.people import Invited
from securecall_keys.invitation import InvitationKeys, InvitationText, fresh_invitation
from securecall_keys.secret import Secret
from tests.unit.cli.acts import made
from tests.unit.cli.conftest import PASSPHRASE

FOUND = ["found", "C", "--server", "S", "--name", "N", "--org", "O"]


def refusal(outcome: tuple[int, str, str]) -> tuple[int, str]:
    """The exit code and the stable code of a failure."""
    return outcome[0], json.loads(outcome[1])["error"]["code"]


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch):
    def give(data: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))

    return give


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, place):
    """Let a person be there who types these answers; gives the questions back."""
    questions: list[str] = []

    def give(*answers: str) -> list[str]:
        rest = list(answers)

        def hidden(question: str) -> str:
            questions.append(question)
            return rest.pop(0)

        monkeypatch.delenv("SECURECALL_PASSPHRASE_FILE")
        monkeypatch.setattr(ask, "someone_is_there", lambda: True)
        monkeypatch.setattr(ask, "hidden", hidden)
        monkeypatch.setattr(ask, "pasted", lambda question, _most: hidden(question))
        return questions

    return give


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o610])
def test_a_passphrase_file_that_others_can_touch_is_refused(run, acts, place, mode) -> None:
    place.passphrase.chmod(mode)
    assert refusal(run("whoami", "--json")) == (1, "passphrase-file-open")
    assert "chmod 600" in run("whoami")[2]
    assert acts.settings == []


def test_T09_a_passphrase_file_that_another_user_owns_is_refused(run, acts, place, monkeypatch) -> None:
    """Whoever owns it can change it and its mode at any time, and has chosen what is in it."""
    monkeypatch.setattr("os.geteuid", lambda: place.passphrase.stat().st_uid + 1)
    assert refusal(run("whoami", "--json")) == (1, "passphrase-file-of-another")
    assert "of your own" in run("whoami")[2]
    assert acts.settings == []


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_passphrase_file_of_ones_own_is_read(run, place, mode) -> None:
    place.passphrase.chmod(mode)
    assert run("whoami")[0] == 0


CONTENTS = {
    "newline": (b"harbour violin\n", "harbour violin"),
    "no newline": (b"harbour violin", "harbour violin"),
    "of Windows": (b"harbour violin\r\n", "harbour violin"),
    "first line alone": (b"harbour violin\nand more\n", "harbour violin"),
    "spaces are part of it": (b" harbour violin \n", " harbour violin "),
    "other alphabets": ("صبر ومثابرة وأمل\n".encode(), "صبر ومثابرة وأمل"),
    "empty": (b"", None),
    "empty first line": (b"\nharbour violin\n", None),
    "endless": (b"x" * 5000, None),
    "no text": (b"\xff\xfe\n", None),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_the_first_line_is_the_passphrase(place, name) -> None:
    data, expected = CONTENTS[name]
    place.passphrase.write_bytes(data)
    if expected is None:
        with pytest.raises(PassphraseError):
            passphrase.read()
    else:
        assert passphrase.read() == expected


def test_a_passphrase_file_that_is_not_there_is_said(run, place) -> None:
    place.passphrase.unlink()
    assert refusal(run("whoami", "--json")) == (1, "passphrase-refused")


def test_without_file_and_person_there_is_a_way_shown(run, monkeypatch) -> None:
    monkeypatch.delenv("SECURECALL_PASSPHRASE_FILE")
    code, _, err = run("whoami")
    assert code == 2
    assert "SECURECALL_PASSPHRASE_FILE" in err


def test_without_a_profile_nothing_is_asked(run, place, typed) -> None:
    questions = typed()
    place.home.mkdir()
    assert refusal(run("whoami", "--json")) == (1, "no-profile")
    assert questions == []


def test_a_passphrase_that_is_there_is_asked_for_once(run, typed) -> None:
    questions = typed("short")
    assert run("whoami")[0] == 0
    assert questions == ["Passphrase"]


def test_a_new_passphrase_is_asked_for_twice(run, acts, typed) -> None:
    questions = typed(PASSPHRASE, PASSPHRASE)
    assert run(*FOUND, "--from", "code.txt")[0] == 0
    assert ["several words" in question for question in questions] == [True, False]
    lock = acts.last["lock"]
    assert (lock.secret.expose(), lock.memory) == (PASSPHRASE.encode(), 256 * 1024 * 1024)


def test_one_too_short_or_two_that_differ_are_asked_for_again(run, acts, typed) -> None:
    questions = typed("eleven char", PASSPHRASE, PASSPHRASE + "!", PASSPHRASE, PASSPHRASE)
    code, _, err = run(*FOUND, "--from", "code.txt")
    assert (code, acts.last["lock"].secret.expose()) == (0, PASSPHRASE.encode())
    assert ["several words" in question for question in questions] == [True, True, False, True, False]
    assert "at least 12 characters" in err
    assert "not the same" in err


@pytest.mark.parametrize("answers", [["eleven char"], [PASSPHRASE, PASSPHRASE + "!"]])
def test_after_five_tries_nothing_is_made(run, acts, typed, answers) -> None:
    questions = typed(*answers * 5)
    assert refusal(run(*FOUND, "--from", "code.txt", "--json")) == (1, "passphrase-refused")
    assert (len(questions), acts.calls) == (5 * len(answers), [])


@pytest.mark.parametrize("command", [FOUND, ["join", "--name", "N"]])
def test_a_new_passphrase_in_a_file_has_a_floor(run, acts, place, command) -> None:
    place.passphrase.write_text("eleven char\n", "utf-8")
    code, _, err = run(*command, "--from", "code.txt")
    assert code == 1
    assert "at least 12 characters" in err
    assert "several words" in err
    assert acts.calls == []


def test_the_cost_of_a_guess_is_chosen(run, acts) -> None:
    assert run("join", "--name", "N", "--from", "code.txt", "--passphrase-memory", "64")[0] == 0
    assert acts.last["lock"].memory == 64 * 1024 * 1024


@pytest.mark.parametrize(("command", "key"), [(FOUND, "setup"), (["join", "--name", "N"], "invitation")])
def test_what_is_handed_over_comes_from_file_stdin_or_prompt(
    run, acts, stdin, monkeypatch, place, command, key
) -> None:
    run(*command, "--from", "code.txt")
    assert acts.last[key] == "a-secret-that-was-handed-over"
    stdin(b"  from-stdin\r\n")
    run(*command, "--from", "-")
    assert acts.last[key] == "from-stdin"
    monkeypatch.setattr(ask, "someone_is_there", lambda: True)
    monkeypatch.setattr(ask, "hidden", lambda _question: " typed ")
    run(*command)
    assert acts.last[key] == "typed"


HANDED = {
    "nobody": ([], (2, "usage")),
    "not there": (["--from", "nowhere.txt"], (1, "file-refused")),
    "a folder": (["--from", "."], (1, "file-refused")),
    "empty": (["--from", "empty.txt"], (1, "file-refused")),
    "too long": (["--from", "long.txt"], (1, "file-refused")),
    "no text": (["--from", "bytes.txt"], (1, "file-refused")),
}


@pytest.mark.parametrize("name", HANDED)
def test_what_is_handed_over_badly_is_refused(run, acts, place, name) -> None:
    more, expected = HANDED[name]
    (place.files / "empty.txt").write_bytes(b" \n")
    (place.files / "long.txt").write_bytes(b"x" * 20_000)
    (place.files / "bytes.txt").write_bytes(b"\xff\xfe\xff")
    assert refusal(run(*FOUND, *more, "--json")) == expected
    assert acts.calls == []


def test_a_second_founding_is_refused_before_anything_is_asked(run, acts, place, typed) -> None:
    questions = typed()
    place.begin()
    assert refusal(run(*FOUND, "--json")) == (1, "profile-refused")
    assert (questions, acts.calls) == ([], [])


def test_a_join_that_waits_goes_on_without_the_invitation(run, acts, place) -> None:
    place.begin()
    assert run("join")[0] == 0
    assert acts.last["invitation"] is None
    code, _, err = run("join", "--name", "N", "--from", "code.txt")
    assert (code, acts.last["invitation"]) == (0, None)
    assert "the invitation is not read" in err


def test_no_secret_is_shown(run, acts, place) -> None:
    acts.give("acts.joining.join", RuntimeError(PASSPHRASE + "a-secret-that-was-handed-over"))
    for more in ([], ["--json"]):
        _, out, err = run("join", "--name", "N", "--from", "code.txt", *more)
        assert PASSPHRASE not in out + err
        assert "handed-over" not in out + err
    assert not any(PASSPHRASE in value for value in os.environ.values())


def test_g07_an_invitation_is_no_argument_and_is_not_repeated(run, acts, place) -> None:
    secret = "ss4wq5du-obztulzp-mnqwy3dt"
    for words in (
        ["join", secret],
        ["join", "--name", "N", secret],
        ["join", "--invitation", secret],
        ["join", f"--from={secret}", "--name", "N"],
    ):
        code, out, err = run(*words)
        assert code in (1, 2)
        if not words[1].startswith("--from"):
            assert secret not in out + err
    assert acts.calls == []


def test_g07_an_invitation_goes_to_stdout_and_nowhere_else(run, acts) -> None:
    like = made(Invited)
    assert isinstance(like, Invited)
    acts.give("acts.inviting.invite", msgspec.structs.replace(like, invitation="ss4wq5du-obztulzp"))
    for more in (["--role", "member"], ["--role", "guest", "--call", "C"]):
        code, out, err = run("invite", "--org", "O", *more)
        assert (code, out) == (0, "ss4wq5du-obztulzp\n")
        assert "ss4wq5du" not in err


def test_g07_what_an_invitation_holds_does_not_print_itself() -> None:
    text = InvitationText("http://127.0.0.1:1", bytes(32), Seen(0, bytes(32)), b"\xabsecret-of-16-by")
    keys = InvitationKeys(bytes(32), Secret(text.secret))
    for shown in (repr(text), str(text), repr(keys), str(keys.letter_key), repr(fresh_invitation())):
        assert "secret-of" not in shown
        assert keys.letter_key.expose().hex() not in shown
