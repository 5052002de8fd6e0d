"""The shell: one unlock, many commands, from a person or from stdin."""

import io
import json
import sys

import pytest
import typer

from securecall_client.cli import ask, main
from securecall_client.cli.program import app
from securecall_client.cli.shell import following
from securecall_client.profile import Lock, Profile
from securecall_keys.device import DeviceKeys

DEVICE = DeviceKeys.generate()


@pytest.fixture
def typed(run, monkeypatch):
    """Type lines into the shell; gives the exit code, stdout and stderr."""
    opened: list[Lock] = []

    def unlock(_profile: Profile, lock: Lock) -> DeviceKeys:
        opened.append(lock)
        return DEVICE

    monkeypatch.setattr(Profile, "unlock", unlock)

    def typed(*lines: str, words: tuple[str, ...] = ()) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
        outcome = run("shell", *words)
        assert len(opened) == 1
        return outcome

    return typed


def test_each_line_is_a_command_and_the_profile_is_opened_once(typed, acts) -> None:
    code, out, _ = typed("whoami", "# a word to oneself", "", 'call show "Situation in spring"', "securecall call list")
    assert code == 0
    assert [name for name, _ in acts.calls] == ["whoami", "show_call", "list_calls"]
    assert acts.last.keys() == {"session"}
    assert out


@pytest.mark.parametrize("word", ["help", "?"])
def test_a_cry_for_help_is_heard(typed, word: str) -> None:
    code, out, _ = typed(word)
    assert code == 0
    assert "Usage: securecall" in out


def test_with_json_each_command_is_one_document(typed) -> None:
    _, out, _ = typed("whoami", "nonsense", "call list", words=("--json",))
    assert [list(json.loads(line)) for line in out.splitlines()][1:] == [["error"], ["calls"]]


@pytest.mark.parametrize(("lines", "code"), [
    (("whoami",), 0), (("nonsense", "whoami"), 2), (("whoami", "call show"), 2), (('call show "half',), 2),
    (("shell",), 2), (("exit", "nonsense"), 0), (("whoami --home elsewhere",), 2), (("--home elsewhere whoami",), 2),
])  # fmt: skip
def test_it_goes_on_after_a_failure_and_leaves_with_its_code(typed, lines, code) -> None:
    assert typed(*lines)[0] == code


def test_options_of_the_shell_hold_for_every_line(typed, acts, place, tmp_path) -> None:
    typed("whoami", f"whoami --home {place.home}", "call list --offline", words=("--offline",))
    assert [settings.offline for settings in acts.settings] == [True, True, True]
    assert {settings.home for settings in acts.settings} == {place.home}


def test_a_person_is_asked_line_by_line_and_ctrl_c_drops_a_line(run, acts, monkeypatch) -> None:
    answers: list[str | type[BaseException]] = ["whoami", KeyboardInterrupt, "call list", EOFError]

    def asked(_prompt: str) -> str:
        answer = answers.pop(0)
        if isinstance(answer, str):
            return answer
        raise answer

    monkeypatch.setattr(Profile, "unlock", lambda _profile, _lock: DEVICE)
    monkeypatch.setattr(ask, "types_here", lambda: True)
    monkeypatch.setattr("builtins.input", asked)
    assert run("shell")[0] == 0
    assert [name for name, _ in acts.calls] == ["whoami", "list_calls"]


def test_tab_offers_nouns_then_verbs_then_nothing() -> None:
    program = typer.main.get_command(app)
    assert {"call", "doc", "whoami"} <= set(following(program, []))
    assert {"open", "show"} <= set(following(program, ["call"]))
    assert following(program, ["call", "show"]) == following(program, ["nonsense", "show"]) == []


def test_there_must_be_a_profile(acts, place, capfd) -> None:
    assert main(["shell"]) == 1
    assert "There is no profile" in capfd.readouterr().err
