"""What cannot be undone is asked for at a terminal, and done at once where nobody types."""

import pytest

from securecall_client.cli import ask
from tests.unit.cli.acts import COMMANDS

FINAL = ["leave", "member remove", "call destroy"]


@pytest.mark.parametrize("name", FINAL)
@pytest.mark.parametrize("typed", ["", "y", "no", "yes please"])
def test_anything_but_yes_changes_nothing(run, acts, monkeypatch, name: str, typed: str) -> None:
    monkeypatch.setattr(ask, "types_here", lambda: True)
    monkeypatch.setattr(ask, "input", lambda: typed, raising=False)
    code, out, err = run(*COMMANDS[name][0])
    assert (code, out, acts.calls) == (1, "", [])
    assert "cannot be undone" in err
    assert "Nothing was changed." in err


@pytest.mark.parametrize("name", FINAL)
def test_yes_is_taken_in_any_case_and_json_stays_one_document(run, acts, monkeypatch, name: str) -> None:
    monkeypatch.setattr(ask, "types_here", lambda: True)
    monkeypatch.setattr(ask, "input", lambda: " Yes ", raising=False)
    code, out, err = run(*COMMANDS[name][0], "--json")
    assert code == 0
    assert out.count("\n") == 1
    assert "cannot be undone" in err
    assert len(acts.calls) == 1


@pytest.mark.parametrize("name", FINAL)
@pytest.mark.parametrize("there", [True, False])
def test_with_the_option_or_without_a_terminal_nobody_is_asked(run, acts, monkeypatch, name: str, there: bool) -> None:
    monkeypatch.setattr(ask, "types_here", lambda: there)
    code, _, err = run(*COMMANDS[name][0], *(["--yes"] if there else []))
    assert code == 0
    assert "cannot be undone" not in err
    assert len(acts.calls) == 1


@pytest.mark.parametrize("name", FINAL)
def test_the_passphrase_comes_first_lest_it_is_typed_where_it_shows(run, acts, monkeypatch, name: str) -> None:
    asked: list[str] = []

    def answer(question: str, given: str) -> str:
        asked.append(question)
        return given

    monkeypatch.delenv("SECURECALL_PASSPHRASE_FILE")
    monkeypatch.setattr(ask, "types_here", lambda: True)
    monkeypatch.setattr(ask, "someone_is_there", lambda: True)
    monkeypatch.setattr(ask, "hidden", lambda question: answer(question, "harbour violin seventeen moss"))
    monkeypatch.setattr(ask, "input", lambda: answer("the question", "yes"), raising=False)
    assert run(*COMMANDS[name][0])[0] == 0
    assert asked == ["Passphrase", "the question"]
