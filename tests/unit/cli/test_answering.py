"""Answers: from files of three formats, from stdin, and row by row at the keyboard."""

import io
import json

import pytest
from openpyxl import load_workbook

from securecall_client.acts.exercises import Asked
from securecall_client.cli import ask
from securecall_client.errors import OfflineError, RefusedError
from securecall_client.results.exercises import Answered
from securecall_client.work.answer_sheet import write_sheet
from tests.answers import WHO, a_row, answer_of
from tests.unit.cli.acts import Notebook

ROW = a_row("monitoring", "KE", None, None, "planned", (), (), ())
TYPED = ["monitoring", "ke-30", "2026-01", "2026-06", "2", "A; B", "", "legal aid"]
TYPED_ROW = a_row("monitoring", "KE-30", "2026-01", "2026-06", "under way", ("A", "B"), (), ("legal aid",))
ANSWER = ["exercise", "answer", "C", "E"]


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, place):
    """Let a person type these lines; an exception among them happens instead. Gives the questions back."""
    questions: list[str] = []

    def give(*lines: object) -> list[str]:
        rest = iter(lines)

        def shown(question: str) -> str:
            questions.append(question)
            line = next(rest)
            if isinstance(line, BaseException):
                raise line
            return str(line)

        monkeypatch.setattr(ask, "types_here", lambda: True)
        monkeypatch.setattr(ask, "shown", shown)
        return questions

    return give


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.toml", '[[rows]]\nactivity = "monitoring"\nplace = "KE"\nstatus = "planned"\n'),
        ("r.json", '{"rows": [{"activity": "monitoring", "place": "KE", "status": "planned"}]}'),
        ("r.csv", "activity,place,status\nmonitoring,KE,planned\n"),
        ("R.CSV", "\ufeffactivity,place,status\nmonitoring,KE,planned\n"),
    ],
)
def test_rows_from_a_file_by_its_ending(run, acts, place, name, text) -> None:
    (place.files / name).write_text(text, "utf-8")
    assert run(*ANSWER, "--file", name)[0] == 0
    assert acts.last["given"] == answer_of(ROW)


def test_rows_from_stdin_with_a_format(run, acts, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"activity,place,status\nmonitoring,KE,planned\n")))
    assert run(*ANSWER, "--file", "-", "--format", "csv")[0] == 0
    assert acts.last["given"] == answer_of(ROW)


@pytest.mark.parametrize(
    ("text", "words"),
    [("activity,place\nmonitoring,ZZ\n", "Row 1, place"), ("activity\n" + "x" * 2_000_000, "too long")],
)
def test_bad_rows_send_nothing(run, acts, place, text, words) -> None:
    (place.files / "bad.csv").write_text(text, "utf-8")
    code, _, err = run(*ANSWER, "--file", "bad.csv")
    assert code == 1
    assert words in err
    assert "answer_exercise" not in [name for name, _ in acts.calls]


def test_row_by_row(run, acts, person) -> None:
    questions = person(*TYPED, "", "", "y")
    code, out, err = run(*ANSWER)
    assert (code, acts.last["given"]) == (0, answer_of(TYPED_ROW))
    assert "saved on the server" in out
    assert "Row 1" in err
    assert questions[-1].startswith("Send it?")


def test_enter_stands_for_the_calls_country_and_planned_and_commas_part_words(run, acts, person) -> None:
    acts.give("acts.exercises.asked", Asked(WHO, "KE", "open"))
    questions = person("monitoring", "", "", "", "", "A, B; C", "", "", "", "", "whatever", "y")
    assert run(*ANSWER)[0] == 0
    assert acts.last["given"] == answer_of(a_row("monitoring", "KE", None, None, "planned", ("A", "B", "C"), (), ()))
    assert "Enter for KE" in questions[1]


def test_a_bad_word_is_asked_for_again_and_a_list_is_shown(run, acts, person) -> None:
    person("", "?", *TYPED[:1], "Kenya", *TYPED[1:2], "January", *TYPED[2:4], "9", *TYPED[4:], "", "", "")
    code, _, err = run(*ANSWER)
    assert (code, acts.last["given"]) == (0, answer_of(TYPED_ROW))
    assert "strategic litigation" in err
    assert "not a known place" in err


def test_a_row_that_ends_before_it_begins_is_typed_again(run, acts, person) -> None:
    person(*TYPED[:2], "2026-06", "2026-01", *TYPED[4:], *TYPED, "", "", "")
    code, _, err = run(*ANSWER)
    assert (code, acts.last["given"]) == (0, answer_of(TYPED_ROW))
    assert "type this row again" in err


def test_stopping_before_the_answer_goes_says_not_sent_and_while_it_goes_that_nobody_knows(run, acts, person) -> None:
    kept = notebook(acts)
    person(*TYPED, KeyboardInterrupt())
    assert "Not sent. It is kept" in run(*ANSWER)[2]
    kept.drop()
    person(*TYPED, "", "", "y")
    acts.give("acts.exercises.answer_exercise", KeyboardInterrupt())
    code, _, err = run(*ANSWER)
    assert code == 130
    assert "Whether it was sent is not known" in err


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), EOFError()])
def test_stopping_shows_what_was_typed_and_sends_nothing(run, acts, person, stop) -> None:
    person(*TYPED, "relocation", stop)
    code, out, err = run(*ANSWER)
    assert (code, out) == (130, "")
    kept = json.loads(err[err.index("{") :])
    assert kept["rows"][0]["offers"] == ["legal aid"]
    assert kept["rows"][1] == {"activity": "relocation"}
    assert "answer_exercise" not in [name for name, _ in acts.calls]


def test_a_no_at_the_end_sends_nothing(run, acts, person) -> None:
    person(*TYPED, "", "", "n")
    code, _, err = run(*ANSWER)
    assert code == 130
    assert "\nNot sent. It is kept as a draft" in f"\n{err}"
    assert "legal aid" in err
    assert "answer_exercise" not in [name for name, _ in acts.calls]


def test_what_cannot_be_sent_is_shown_and_goes_back_in_as_a_file(run, acts, person, place) -> None:
    person(*TYPED, "", "", "y")
    acts.give("acts.exercises.answer_exercise", OfflineError("The server was not reached."))
    code, _, err = run(*ANSWER)
    assert code == 1
    text = err[err.index("{") : err.rindex("}") + 1]
    (place.files / "rows.json").write_text(text, "utf-8")
    run(*ANSWER, "--file", "rows.json")
    assert acts.last["given"] == answer_of(TYPED_ROW)


def test_on_behalf_of_an_organisation_and_confirmed(run, acts) -> None:
    acts.give("acts.on_behalf.organisation_for", None)
    code, _, _ = run(*ANSWER, "--file", "rows.toml", "--for", "O")
    assert (code, acts.last["org"], acts.last["given"]) == (0, "O", answer_of(ROW))
    assert acts.calls[-2][0] == "organisation_for"
    acts.give("acts.on_behalf.answer_for", Answered(answer="a" * 32, title="T", on_behalf_of="O", saved="server"))
    assert "on behalf of O is saved on the server" in run(*ANSWER, "--file", "rows.toml", "--for", "O")[1]
    assert run(*ANSWER, "--confirm")[0] == 0
    assert acts.calls[-1][0] == "confirm_answer"


@pytest.mark.parametrize("more", [["--for", "O"], ["--file", "rows.toml"], ["--format", "csv"]])
def test_a_confirmation_takes_nothing_else(run, acts, more) -> None:
    assert run(*ANSWER, "--confirm", *more)[0] == 2
    assert acts.calls == []


def test_who_may_not_answer_for_others_is_told_before_typing(run, acts, person) -> None:
    questions = person(*TYPED, "", "y")
    acts.give("acts.on_behalf.organisation_for", RefusedError("Only owners and chairs."))
    assert run(*ANSWER, "--for", "O")[0] == 1
    assert questions == []


def notebook(acts) -> Notebook:
    """Let there be a draft, or none, that the test can look into."""
    kept = Notebook()
    acts.give("acts.drafts.keeper", kept)
    return kept


def test_t04_what_is_typed_is_kept_at_each_question_and_gone_on_with(run, acts, person) -> None:
    kept = notebook(acts)
    person(*TYPED, "relocation", "FR", KeyboardInterrupt())
    assert run(*ANSWER)[0] == 130
    assert len(kept.pages) == 10
    assert kept.load() == json.loads(json.dumps(kept.load()))
    questions = person("y", "", "", "2", "", "", "", "", "", "y")
    questions.clear()
    code, _, err = run(*ANSWER)
    other = a_row("relocation", "FR", None, None, "under way")
    assert (code, acts.last["given"]) == (0, answer_of(TYPED_ROW, other))
    assert "You began an answer" in err
    assert "Go on with it?" in questions[0]
    assert questions[1].strip().startswith("From month")
    assert kept.pages == []


def test_a_draft_that_is_older_than_ones_newest_answer_is_offered_as_such(run, acts, person) -> None:
    kept = notebook(acts)
    kept.save({"rows": [], "note": "old"})
    kept.is_older = True
    person(KeyboardInterrupt())
    err = run(*ANSWER)[2]
    assert "It was kept 2026-11-23" in err
    assert "You have given an answer since" in err


def test_a_draft_that_nobody_wants_goes_with_the_first_new_answer(run, acts, person) -> None:
    kept = notebook(acts)
    kept.save({"rows": [], "note": "old"})
    person("n", *TYPED, "", KeyboardInterrupt())
    assert run(*ANSWER)[0] == 130
    latest = kept.load()
    assert latest is not None
    assert "note" not in latest


def test_a_draft_that_cannot_be_typed_on_with_says_why_and_stays(run, acts, person) -> None:
    kept = notebook(acts)
    kept.save({"rows": [{"activity": "a", "place": "ZZ", "status": "planned"}, {"activity": "b"}]})
    person("y")
    code, _, err = run(*ANSWER)
    assert (code, len(kept.pages)) == (1, 1)
    assert "Row 1, place" in err


def test_an_exercise_that_closes_under_ones_hands_is_told_and_the_draft_stays(run, acts, person, place) -> None:
    kept = notebook(acts)
    late = Answered(answer="a" * 32, title="T", on_behalf_of=None, saved="server", state="late")
    acts.give("acts.exercises.answer_exercise", late)
    person(*TYPED, "", "", "y")
    code, out, _ = run(*ANSWER)
    assert (code, len(kept.pages) > 0) == (0, True)
    assert "marked as late" in out
    kept.drop()
    assert run(*ANSWER, "--file", "rows.toml")[0] == 0
    assert kept.load() == {"rows": [{"activity": "monitoring", "place": "KE", "status": "planned"}]}


def test_who_answers_a_sealed_exercise_is_told_who_can_open_it_and_when_others_will(run, acts) -> None:
    sealed = Answered(answer="a" * 32, title="T", on_behalf_of=None, saved="server", sealed=True)
    acts.give("acts.exercises.answer_exercise", sealed)
    _, out, _ = run(*ANSWER, "--file", "rows.toml")
    assert "nobody but you and the owners and chairs of the call can open it now" in out
    assert "once an owner or chair reveals" in out


def test_a_sheet_is_an_answer_too(run, acts, place) -> None:
    book = load_workbook(io.BytesIO(write_sheet(WHO)))
    (place.files / "empty.xlsx").write_bytes(write_sheet(WHO))
    code, _, err = run(*ANSWER, "--file", "empty.xlsx")
    assert (code, [name for name, _ in acts.calls if name == "answer_exercise"]) == (1, [])
    assert "securecall exercise withdraw" in err
    for column, cell in ((1, "monitoring"), (2, "KE"), (5, "planned")):
        book.worksheets[0].cell(2, column).value = cell
    book.save(place.files / "filled.xlsx")
    code, _, err = run(*ANSWER, "--file", "filled.xlsx")
    assert (code, acts.last["given"]) == (0, answer_of(ROW))
    (place.files / "no.xlsx").write_bytes(b"activity,place,status\n")
    code, _, err = run(*ANSWER, "--file", "no.xlsx")
    assert code == 1
    assert "not an XLSX workbook" in err
