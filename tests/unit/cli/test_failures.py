"""What goes wrong: one document or a sentence, the right exit code, and no secret in either."""

import errno
import json
import os
from pathlib import Path

import pytest

from securecall.errors import InvalidError, Problem
from securecall_client.cli import failures, main
from securecall_client.errors import NotFoundError, OfflineError, ProofError, SecureCallError, TextError
from securecall_client.results.calls import Call
from securecall_client.results.common import Grade
from securecall_client.results.documents import AddedDocument, AddedDocuments
from securecall_client.results.exercises import Answered
from securecall_client.results.status import AlarmLine, Status
from securecall_client.work.errors import RowsError, TemplateError
from securecall_keys.errors import WrongPassphraseError
from tests.unit.cli.acts import COMMANDS, made

CASES: dict[str, tuple[Exception, int, str]] = {
    "refused": (SecureCallError("No.", hint="Wait."), 1, "refused"),
    "unknown id": (NotFoundError("There is no call."), 1, "not-found"),
    "server away": (OfflineError("The server was not reached."), 1, "offline"),
    "proof": (ProofError("The server showed two histories."), 3, "proof"),
    "a code of its own": (SecureCallError("No.", code="stale"), 1, "stale"),
    "rows": (RowsError("Row 1, place: is missing."), 1, "rows-refused"),
    "template": (TemplateError("There is no template."), 1, "template-refused"),
    "rules": (InvalidError(Problem.NO_RIGHT, "A guest cannot do this."), 1, "no-right"),
    "passphrase": (WrongPassphraseError("The passphrase is wrong."), 1, "wrong-passphrase"),
    "disk full": (OSError(errno.ENOSPC, "No space left on device"), 1, "disk-full"),
    "disk fails": (OSError(errno.EIO, "Input/output error"), 1, "disk-fails"),
    "memory": (MemoryError(), 1, "no-memory"),
    "our mistake": (KeyError("what somebody wrote"), 1, "internal"),
    "a pipe that is not ours": (BrokenPipeError(errno.EPIPE, "what somebody wrote"), 1, "internal"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_failure_is_one_document_or_a_sentence(run, acts, name) -> None:
    error, exit_code, stable = CASES[name]
    acts.give("acts.people.whoami", error)
    code, out, err = run("whoami", "--json")
    told = json.loads(out)
    assert (code, out.count("\n"), err) == (exit_code, 1, "")
    assert set(told) == {"error"}
    assert set(told["error"]) == {"code", "message", "hint"}
    assert told["error"]["code"] == stable
    assert "what somebody wrote" not in out
    code, out, err = run("whoami")
    assert (code, out) == (exit_code, "")
    assert told["error"]["message"] in err
    assert "Traceback" not in err
    assert "what somebody wrote" not in err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_fails_with_one_document(run, acts, name) -> None:
    words, place = COMMANDS[name]
    acts.give(place, ProofError("The server showed two histories.", hint="Stop writing."))
    code, out, _ = run(*words, "--json")
    assert (code, out.count("\n")) == (3, 1)
    assert json.loads(out)["error"] == {
        "code": "proof", "message": "The server showed two histories.", "hint": "Stop writing."
    }  # fmt: skip


def test_a_watch_that_breaks_off_says_why(run, acts) -> None:
    acts.give_many("acts.watching.watch", [{"event": "connected"}, ProofError("Two histories.")])
    code, out, _ = run("call", "watch", "C", "--json")
    assert code == 3
    assert [next(iter(json.loads(line))) for line in out.splitlines()] == ["event", "error"]


def test_where_it_happened_is_shown_to_whoever_asks(run, acts, monkeypatch) -> None:
    acts.give("acts.people.whoami", KeyError("somebody"))
    monkeypatch.setenv("SECURECALL_DEBUG", "1")
    code, out, err = run("whoami", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "internal")
    assert "Traceback" in err


def test_interrupted_is_quiet(run, acts) -> None:
    acts.give_many("acts.watching.watch", [{"event": "connected"}, KeyboardInterrupt()])
    code, out, err = run("call", "watch", "C", "--json")
    assert (code, out, err) == (130, '{"event": "connected"}\n', "")


def test_a_closed_pipe_is_quiet(acts, place, monkeypatch, capfd) -> None:
    place.begin()
    reader, writer = os.pipe()
    os.close(reader)
    acts.give_many("acts.watching.watch", [{"event": "connected"}] * 3)
    with os.fdopen(writer, "w") as closed:
        monkeypatch.setattr("sys.stdout", closed)
        code = main(["call", "watch", "C", "--json"])
    monkeypatch.undo()
    assert code == failures.OUTPUT_CLOSED
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize("form", [["--json"], []])
def test_o06_a_result_that_cannot_be_written_out_is_said_to_be_done(form, acts, place, monkeypatch, capfd) -> None:
    """Whoever read "The disk is full, try again" after the answer was sent would send it twice."""
    place.begin()
    acts.give("acts.exercises.answer_exercise", Answered(title="T", on_behalf_of=None, answer="a", saved="server"))
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", full)
        code = main(["exercise", "answer", "C", "E", "--file", "rows.toml", *form])
    monkeypatch.undo()
    said = capfd.readouterr().err
    assert code == 1
    assert "could not be written out: No space left on device. What you asked for is done" in said
    assert "second time" in said


@pytest.mark.parametrize(
    ("act", "words", "kind"),
    [
        ("acts.documents.add_documents", ["doc", "add", "C", "a"], "documents"),
        ("acts.exercises.answer_exercise", ["exercise", "answer", "C", "E", "--file", "rows.toml"], "answer"),
    ],
)
def test_saved_here_alone_is_said_and_is_exit_code_4(run, acts, act, words, kind) -> None:
    answered = Answered(title="T", on_behalf_of=None, answer="a", saved="here")
    added = AddedDocument(document="d", name="a", size=1, circle="allies", saved="here", metadata="none", hidden=[])
    acts.give(act, answered if kind == "answer" else AddedDocuments(documents=[added]))
    code, out, err = run(*words)
    assert code == 4
    assert "on this computer" in out
    assert "The server was not reached" in err
    code, out, _ = run(*words, "--json")
    assert (code, out.count("\n")) == (4, 1)
    assert '"saved": "here"' in out


def test_status_and_sync_leave_with_what_they_found(run, acts) -> None:
    def state(grade: Grade, *, reached: bool) -> Status:
        alarm = AlarmLine(
            alarm="a", grade=grade, message="The server showed two histories", space=None, when=None, evidence=False
        )
        return Status(spaces=[], outbox=0, waiting=[], alarms=[alarm], reached=reached, why=None, joining=None)

    cases: list[tuple[Grade, bool, int, int]] = [
        ("late", True, 0, 0), ("odd", True, 0, 0), ("late", False, 0, 4), ("proof", True, 3, 3), ("proof", False, 3, 3)
    ]  # fmt: skip
    for grade, reached, status, sync in cases:
        acts.give("acts.status.status", state(grade, reached=reached))
        acts.give("acts.status.sync", state(grade, reached=reached))
        assert (run("status")[0], run("sync", "--json")[0]) == (status, sync)
        assert "The server showed two histories" in run("status")[1]


USAGE: dict[str, list[str]] = {
    "no command": ["call"],
    "unknown command": ["cal"],
    "unknown option": ["whoami", "--nope"],
    "argument missing": ["call", "show"],
    "option missing": ["invite", "--org", "O"],
    "no such choice": ["invite", "--org", "O", "--role", "queen"],
    "guests come with calls": ["invite", "--org", "O", "--role", "guest"],
    "too little memory": ["join", "--name", "N", "--from", "code.txt", "--passphrase-memory", "8"],
    "too much memory": ["join", "--name", "N", "--from", "code.txt", "--passphrase-memory", "4096"],
    "no number": ["join", "--name", "N", "--from", "code.txt", "--passphrase-memory", "much"],
    "no name": ["join", "--from", "code.txt"],
    "a word too many": ["whoami", "me"],
    "rows without format": ["exercise", "answer", "C", "E", "--file", "-"],
    "rows of an odd ending": ["exercise", "answer", "C", "E", "--file", "rows.txt"],
    "rows from nobody": ["exercise", "answer", "C", "E"],
    "sync that stays": ["sync", "--offline"],
}


@pytest.mark.parametrize("name", USAGE)
def test_usage_errors_are_exit_code_2(run, acts, name) -> None:
    words = USAGE[name]
    code, out, err = run(*words, "--json")
    assert (code, out.count("\n"), err) == (2, 1, "")
    assert json.loads(out)["error"]["code"] == "usage"
    code, out, _ = run("--json", *words)
    assert (code, json.loads(out)["error"]["code"]) == (2, "usage")
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.strip()
    assert "Traceback" not in err
    assert acts.calls == []


@pytest.mark.parametrize("starts", ["2026-12-01T15:00", "tomorrow", "2026-12-01", "2026-13-01T15:00Z"])
def test_a_time_without_zone_is_refused(run, acts, starts) -> None:
    code, out, _ = run("call", "open", "T", "--country", "KE", "--starts", starts, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (TextError.exit_code, TextError.code)
    assert acts.calls == []


@pytest.mark.parametrize("command", ["found", "join"])
def test_a_secret_among_the_arguments_is_refused_and_not_repeated(run, acts, command) -> None:
    secret = "securecall-invitation-Zm9vYmFy"
    words = [command, "C", "--server", "S", "--name", "N", "--org", "O"] if command == "found" else ["join"]
    for line in ([*words, secret], [*words, secret, "--json"]):
        code, out, err = run(*line)
        assert code == 2
        assert secret not in out + err
    assert acts.calls == []


def test_no_word_at_all_is_help(run) -> None:
    code, out, _ = run()
    assert code == 0
    assert "Commands:" in out


def test_the_shapes_that_these_tests_make_are_whole() -> None:
    assert isinstance(made(Call), Call)
