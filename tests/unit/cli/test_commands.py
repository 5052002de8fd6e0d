"""Every command, with acts behind it that are made here: documents, words, options in both places."""

import json
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
import typer
from msgspec.structs import asdict

from securecall_client.acts.page_rules import Wanted
from securecall_client.cli import ask, main
from securecall_client.cli.command import spec_of
from securecall_client.cli.manual import document, leaves
from securecall_client.cli.map_table import MEANING, matrix
from securecall_client.cli.program import NAME, app
from securecall_client.results.calls import Call, Calls
from securecall_client.results.documents import Documents, GotDocument
from securecall_client.results.exercises import ExerciseAnswers, ExerciseMap, Exercises, StartedExercise
from securecall_client.results.people import Admitted
from securecall_client.results.status import Confirmer, SpaceLine, Status, WaitingLine
from securecall_client.text import is_hidden
from securecall_client.work import map as mapping
from securecall_client.work.map_grid import lay_out
from securecall_client.work.map_rows import Row
from tests.unit.cli.acts import COMMANDS, ID, RESULTS, give_everything, made

TREE = dict(leaves(typer.main.get_command(app), NAME))
WITHOUT_DOCUMENT = {"call watch", "demo", "shell", "web"}
WRITERS = {
    "invite", "invite again", "invite revoke", "org add",
    "admit", "sync", "call open", "call invite", "call remove", "call rotate", "call close", "call code",
    "call destroy", "call claim", "leave", "member remove", "doc add", "doc replace", "doc withdraw", "exercise start",
    "exercise answer", "exercise withdraw", "exercise close", "exercise decide", "exercise reveal",
    "exercise draft send", "guest page", "guest take",
    "call role", "call label", "call link", "call pair", "call present",
    "agenda set", "agenda add", "agenda remove", "agenda now", "discuss say", "discuss withdraw", "minutes write",
    "minutes hand", "decision add", "commit add", "commit done", "commit undo", "commit drop",
    "device add", "device recovery", "device name", "device remove",
}  # fmt: skip
ALONE = {"alarm list", "alarm show", "alarm dismiss", "alarm export", "evidence export"}
"""What never asks the server, so that nothing it does keeps a person from it."""
NO_PROFILE = {
    "evidence verify",
    "doc check",
    *(f"exercise template {verb}" for verb in ("list", "show", "check", "export")),
}
HOSTILE = "Am\x1b]0;x\x07ina\x1b[2J\x9b31m\u202e\u200b\nowner\r\x08"


def test_every_command_is_in_the_table_of_these_tests() -> None:
    assert {words.removeprefix(f"{NAME} ") for words in TREE} == {*COMMANDS} | WITHOUT_DOCUMENT


@pytest.mark.parametrize("name", COMMANDS)
def test_json_is_the_one_document_of_the_act(run, name) -> None:
    words, place = COMMANDS[name]
    code, out, _ = run(*words, "--json")
    assert code == 0
    assert out.count("\n") == 1
    told = json.loads(out)
    if name != "exercise show":
        assert told == json.loads(msgspec.json.encode(made(RESULTS[place])))
    assert run("--json", *words)[1] == out


@pytest.mark.parametrize("name", COMMANDS)
def test_words_go_to_stdout_and_are_no_json(run, name) -> None:
    code, out, _ = run(*COMMANDS[name][0])
    assert code == 0
    assert out.strip()
    assert not out.startswith("{")


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("name", [*COMMANDS, "call watch", "admit --watch"])
def test_m14_text_from_others_cannot_drive_the_terminal(run, acts, name, as_json) -> None:
    give_everything(acts, HOSTILE)
    acts.give("acts.exercises.show_exercise", made(ExerciseAnswers, HOSTILE))
    words = {"call watch": ["call", "watch", "C"], "admit --watch": ["admit", "--watch"]}.get(name) or COMMANDS[name][0]
    _, out, err = run(*words, *(["--json"] if as_json else []))
    assert [c for c in out + err if is_hidden(c) and c != "\n"] == []
    assert "\nowner" not in out + err


@pytest.mark.parametrize("words", TREE)
def test_every_help_has_one_example_that_runs(run, monkeypatch, words) -> None:
    found = TREE[words]
    spec = spec_of(found.callback)
    code, out, _ = run(*words.split()[1:], "--help")
    assert code == 0
    assert f"Example:\n    {spec.example}" in out.replace("\n\n", "\n")
    monkeypatch.setattr(ask, "someone_is_there", lambda: True)
    monkeypatch.setattr(ask, "hidden", lambda _question: "harbour violin seventeen moss")
    if words not in (f"{NAME} demo", f"{NAME} shell", f"{NAME} web"):
        example = shlex.split(spec.example.partition(" > ")[0])
        assert example[: len(words.split())] == words.split()
        assert run(*example[1:])[0] == 0


@pytest.mark.parametrize("words", TREE)
def test_every_document_has_a_shape_and_no_option_takes_a_secret(words) -> None:
    found = TREE[words]
    gives = spec_of(found.callback).gives
    assert gives is not None
    assert document(gives).startswith("{")
    options = {option for parameter in found.params for option in getattr(parameter, "opts", [])}
    secret = {word for word in options if any(part in word for part in ("pass", "secret", "code", "invitation", "key"))}
    # The latter names a file.
    assert secret <= {"--passphrase-memory", "--passphrase-file"}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NO_PROFILE])
def test_the_folder_is_named_before_or_after_or_by_the_environment(run, acts, place, tmp_path, name) -> None:
    words = COMMANDS[name][0]
    other = tmp_path / "other"
    if name not in ("found", "join"):
        other.mkdir()
        (other / "keystore").touch()
    for line in ([*words, "--home", str(other)], ["--home", str(other), *words]):
        run(*line)
        assert acts.settings[-1].home == other
    run(*words)
    assert acts.settings[-1].home == place.home


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in {"sync", *NO_PROFILE}])
def test_offline_stands_before_or_after(run, acts, name) -> None:
    words = COMMANDS[name][0]
    for line in ([*words, "--offline"], ["--offline", *words]):
        run(*line)
        assert acts.settings[-1].offline is True
    run(*words)
    assert acts.settings[-1].offline is (name in ALONE)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_unconfirmed_is_for_commands_that_write(run, acts, name) -> None:
    words = COMMANDS[name][0]
    for line in ([*words, "--unconfirmed"], ["--unconfirmed", *words]):
        code, _, err = run(*line)
        if name in WRITERS:
            assert acts.settings[-1].unconfirmed is True
        else:
            assert (code, bool(acts.calls)) == (2, False)
            assert "--unconfirmed" in err


def test_without_any_word_the_folder_is_the_systems(run, acts, monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("SECURECALL_HOME")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_args, **_more: tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "keystore").touch()
    assert run("whoami")[0] == 0
    assert acts.settings[-1].home == tmp_path / "data"


def test_what_was_typed_reaches_the_acts(run, acts) -> None:
    run("call", "open", "T", "--country", "KE", "--starts", "2026-12-01T15:00+03:00", "--link", "L")
    assert acts.last["starts"] == datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert (acts.last["title"], acts.last["civic_space"], acts.last["link"]) == ("T", "", "L")
    run("doc", "add", "C", "a", "b", "--circle", "everyone")
    assert (acts.last["files"], acts.last["circle"]) == ([Path("a"), Path("b")], "everyone")
    assert not acts.last["keep_metadata"]
    run("doc", "add", "C", "a", "--keep-metadata")
    assert acts.last["keep_metadata"]
    run("doc", "add", "C", "a")
    assert acts.last["circle"] == "allies"
    run("invite", "--role", "chair", "--org", "O", "--expires", "12h", "--label", "L")
    assert (acts.last["role"], acts.last["expires"].total_seconds()) == ("chair", 12 * 3600)
    run("call", "code", "C", "--roll-call")
    assert acts.last["roll_call"] is True
    run("admit")
    assert acts.last["confirmed"] is True
    run("join", "--name", "N", "--no-wait")
    assert acts.last["wait"] is False
    run("exercise", "start", "C", "who-does-what", "--sealed")
    assert acts.last["sealed"] is True


def test_only_an_exercise_that_is_sealed_is_called_so(run, acts) -> None:
    """The words go by what came of it, so that nobody writes openly and believes it is closed to others."""
    acts.give("acts.exercises.start_exercise", StartedExercise(exercise=ID, title="T", sealed=False, saved="server"))
    assert "nobody else" not in run("exercise", "start", "C", "who-does-what", "--sealed")[1]
    acts.give("acts.exercises.start_exercise", StartedExercise(exercise=ID, title="T", sealed=True, saved="server"))
    assert "nobody else" in run("exercise", "start", "C", "who-does-what", "--sealed")[1]


FLAGS = [
    (words.removeprefix(f"{NAME} "), parameter.opts[0])
    for words, leaf in TREE.items()
    for parameter in leaf.params
    if getattr(parameter, "is_flag", False) and words.removeprefix(f"{NAME} ") in COMMANDS
]
EVERYWHERE = {"--json", "--offline", "--unconfirmed", "--yes"}
ON_SCREEN = {("discuss show", "--versions"), ("evidence verify", "--names"), ("exercise answer", "--confirm")}
"""What changes the words alone, asks a profile for them, or goes with other words than those of the table."""


@pytest.mark.parametrize(("name", "flag"), [one for one in FLAGS if one[1] not in EVERYWHERE and one not in ON_SCREEN])
def test_no_flag_is_swallowed_on_its_way_to_the_act(run, acts, name, flag) -> None:
    words, _ = COMMANDS[name]
    run(*words)
    without, acts.calls = _told(acts), []
    assert run(*words, flag)[0] == 0
    assert _told(acts) != without


def _told(acts) -> list[tuple[str, dict[str, object]]]:
    """Which acts were called, with all that was typed."""
    plain = (str, bytes, int, bool, float, list, tuple, Path, Wanted, type(None))
    return [(act, {key: it for key, it in given.items() if isinstance(it, plain)}) for act, given in acts.calls]


def test_the_invitation_alone_is_on_stdout(run) -> None:
    _, out, err = run("invite", "--role", "member", "--org", "O")
    assert out == "Amina\n"
    assert "Hand it over" in err


def test_empty_states_say_what_to_do_first(run, acts) -> None:
    acts.give("acts.calls.list_calls", Calls(calls=[]))
    assert "securecall call open" in run("call", "list")[1]
    acts.give("acts.documents.list_documents", Documents(documents=[]))
    out = run("doc", "list", "C")[1]
    assert "securecall doc add" in out
    assert "that you can read" in out
    acts.give("acts.exercises.list_exercises", Exercises(exercises=[]))
    out = run("exercise", "list", "C")[1]
    assert "securecall exercise start" in out
    assert "that you can read" in out
    acts.give("acts.admitting.admit", Admitted(admitted=[], names=[], waiting=[]))
    assert "securecall invite" in run("admit")[1]


def test_a_call_that_one_has_left_is_not_called_open(run, acts) -> None:
    call = made(Call)
    assert isinstance(call, Call)
    call = msgspec.structs.replace(call, state="open", inside=False)
    acts.give("acts.calls.list_calls", Calls(calls=[call]))
    out = run("call", "list")[1]
    assert "you are out" in out
    assert "open" not in out


def test_tables_show_the_beginning_of_an_id_and_json_the_whole(run) -> None:
    words, whole = run("call", "list")[1], run("call", "list", "--json")[1]
    assert "1a2b3c4d " in words
    assert "1a2b3c4d1a2b" not in words
    assert "1a2b3c4d1a2b" in whole


def test_status_says_where_everything_is(run, acts) -> None:
    letter = WaitingLine(
        space="s", what="document a.pdf", text="", since="2026-12-01T10:00:00+00:00", why="It is early."
    )
    other = WaitingLine(space="s", what="an answer", text="", since="2026-12-01T11:00:00+00:00", why="It is late.")
    here = Status(
        spaces=[], outbox=2, waiting=[letter, other], alarms=[], reached=False, why="The server was not reached.",
        joining=None,
    )  # fmt: skip
    acts.give("acts.status.status", here)
    code, out, _ = run("status")
    assert code == 0
    assert "all but 2 things that you wrote, kept here until then. The server was not reached." in out
    assert out.count("Waiting here for s:") == 1
    assert "document a.pdf, since " in out
    assert " It is early." in out
    assert out.index("a.pdf") < out.index("an answer")
    whole = made(Status)
    assert isinstance(whole, Status)
    acts.give("acts.status.status", msgspec.structs.replace(whole, joining=None))
    out = run("status")[1]
    assert all(words in out for words in ("On this computer:", "On the server:", "Others have it:"))


def test_o12_status_claims_nothing_of_a_server_that_was_put_back(run, acts) -> None:
    acts.give(
        "acts.status.status",
        Status(spaces=[], outbox=0, waiting=[], alarms=[], reached=True, why=None, joining=None, lacking=True),
    )
    out = run("status")[1]
    assert "everything that you wrote" not in out
    assert "securecall heal" in out


@pytest.mark.parametrize(
    ("confirmed", "names", "others", "words"),
    [
        (None, [], 0, "nobody else is in it"),
        (None, [], 2, "not yet"),
        ("2027-01-15T14:02:00+00:00", ["Amina", "Tomas"], 5, " by Amina, Tomas (2 of 5)"),
        ("2027-01-15T14:02:00+00:00", list("ABCDEF"), 9, " by A, B, C, D and 2 more (6 of 9)"),
    ],
)
def test_status_says_by_whom_a_head_is_confirmed(run, acts, confirmed, names, others, words) -> None:
    by = [Confirmer(member=name, name=name, confirmed="2027-01-15T14:02:00+00:00", seq=3) for name in names]
    line = SpaceLine(
        space="5" * 64, kind="call", name="Call", seq=3, head="0" * 64, epoch=0, confirmed=confirmed,
        confirmed_by=by, others=others,
    )  # fmt: skip
    acts.give(
        "acts.status.status",
        Status(spaces=[line], outbox=0, waiting=[], alarms=[], reached=True, why=None, joining=None),
    )
    assert words in run("status")[1]
    gone = msgspec.structs.replace(line, inside=False)
    acts.give(
        "acts.status.status",
        Status(spaces=[gone], outbox=0, waiting=[], alarms=[], reached=True, why=None, joining=None),
    )
    assert "no longer in it" in run("status")[1]


def test_an_event_a_line_and_each_at_once(run, acts, monkeypatch) -> None:
    seen: list[int] = []
    events = [{"event": "started", "title": "T"}, {"event": "closed", "seq": 7}]
    acts.give_many("acts.watching.watch", events)
    flush = sys.stdout.flush

    def flushed() -> None:
        seen.append(1)
        flush()

    monkeypatch.setattr("sys.stdout.flush", flushed)
    code, out, _ = run("call", "watch", "C", "--json")
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == events
    assert len(seen) >= len(events)


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ({"event": "answer", "name": "Amina", "org": "O", "state": "on time"}, "Amina (O) answered."),
        (
            {"event": "answer", "name": "Sec", "org": "O", "state": "on time", "on_behalf": True},
            "Sec answered on behalf of O.",
        ),
        (
            {"event": "sealed_answer", "name": "Jo", "org": "O", "exercise": "1a2b"},
            "Jo (O) sent something sealed in 1a2b.",
        ),
        ({"event": "revealed", "exercise": "1a2b"}, "The exercise 1a2b is revealed."),
        ({"event": "document", "author": "Jo", "name": "a.pdf", "size": 2048}, "Jo put up a.pdf (2 KiB)."),
        ({"event": "joined", "name": "Jo"}, "Jo is in the call now."),
        ({"event": "roll_call", "code": "a b", "seq": 4}, "Every screen must show: a b (place 4)."),
        ({"event": "line_lost"}, "The line to the server is lost."),
        ({"event": "closed"}, "The call is closed."),
        ({"event": "present", "name": "Jo"}, "Jo is here."),
        ({"event": "away", "name": "Jo"}, "Jo is away: nothing was heard for a while."),
        ({"event": "writing", "name": "Jo"}, "Jo is writing."),
        ({"event": "not_writing", "name": "Jo"}, "Jo has stopped writing."),
        (
            {"event": "confirmed", "seq": 9, "confirmed_by": [{"name": "Jo"}, {"name": "Amina"}], "others": 5},
            "Confirmed by Jo, Amina (2 of 5): they have the same as you, up to place 9.",
        ),
        ({"event": "unconfirmed"}, "Nobody has confirmed lately"),
        ({"event": "vote_cast", "seq": 3}, "vote cast: seq 3"),
        ({"event": "answer"}, "answer."),
    ],
)
def test_events_in_words(run, acts, event, sentence) -> None:
    acts.give_many("acts.watching.watch", [event])
    assert sentence in run("call", "watch", "C")[1]


def test_the_map_goes_to_new_files_and_never_over_another(run, place) -> None:
    asked = ("exercise", "map", "C", "E", "--csv", "map.csv", "--svg", "map.svg", "--json")
    code, out, err = run(*asked)
    assert (code, set(json.loads(out))) == (
        0,
        {"overlaps", "gaps", "matches", "alone", "on_behalf", "matrix", "left_out", "title", "not_revealed"},
    )
    assert err.count("not encrypted") == 2
    written = (place.files / "map.csv").read_bytes()
    assert written.startswith(b'"finding"')
    assert (place.files / "map.svg").read_bytes().startswith(b"<?xml")
    (place.files / "map.svg").unlink()
    code, out, _ = run(*asked)
    assert (code, json.loads(out)["error"]["code"]) == (1, "file-exists")
    assert (place.files / "map.csv").read_bytes() == written
    assert not (place.files / "map.svg").exists()


def test_a_table_and_a_picture_do_not_go_to_one_file(run, place) -> None:
    code, out, _ = run("exercise", "map", "C", "E", "--csv", "map", "--svg", "map", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, "usage")
    assert not (place.files / "map").exists()


def test_the_map_in_words_is_a_matrix_and_lists_with_reasons(run, acts, place) -> None:
    said = [
        mapping.Answer("1", "a", "Amani", (Row("legal aid", "KE", needs=("shelter",)), Row("relief", "UG"))),
        mapping.Answer("2", "b", "Baraza", (Row("legal aid", "KE-30"),), on_behalf=True),
    ]
    drawn = mapping.draw(said, ["research"])
    acts.give("acts.mapping.map_exercise", ExerciseMap(**asdict(drawn), title="Spring", not_revealed=False))
    lines = run("exercise", "map", "C", "E", "--svg", "map.svg")[1].splitlines()
    picture = (place.files / "map.svg").read_text("utf-8")
    assert "<title>Spring</title>" in picture
    assert "1 overlap and 2 gaps" in picture
    assert [line.split() for line in lines[:4]] == [
        ["Activity", "KE", "KE-30", "UG"],
        ["legal", "aid", "1*", "1*"],
        ["relief", "1"],
        ["shelter", "gap"],
    ]
    assert lines[4:6] == ["", MEANING]
    assert lines[6:] == [
        "Places: KE Kenya; KE-30 Nairobi City, Kenya; UG Uganda.",
        "",
        "1 overlap. Two organisations plan the same, in places and months that meet.",
        "  Amani and Baraza both name “legal aid” in Kenya, which contains Nairobi City, Kenya, with no months named.",
        "2 gaps. Somebody needs it and nobody plans it there, or it is on the list and nobody plans it anywhere.",
        "  Amani needs “shelter” in Kenya, and nobody plans it anywhere.",
        "  On the list, and nobody plans it anywhere: research.",
        "0 matches.",
        "1 plan alone. Nobody else plans it there in these months.",
        "  Only Amani names “relief” in Uganda.",
        "What stands here for Baraza was entered on their behalf, and they have not confirmed it.",
    ]


def test_a_map_that_is_not_revealed_yet_says_so_on_screen_and_beside_a_file(run, acts) -> None:
    drawn = mapping.draw([mapping.Answer("1", "a", "Amani", (Row("legal aid", "KE"),))])
    acts.give("acts.mapping.map_exercise", ExerciseMap(**asdict(drawn), title="Spring", not_revealed=True))
    _, out, err = run("exercise", "map", "C", "E", "--csv", "map.csv")
    assert out.startswith("Not revealed yet")
    assert "show it to nobody" in err


def test_the_matrix_is_parted_where_a_terminal_is_narrow(monkeypatch) -> None:
    rows = tuple(Row(f"activity {number}", f"KE-{number:02}") for number in range(1, 8))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    grid = lay_out(mapping.draw([mapping.Answer("1", "a", "Amani", rows)]))
    lines = "\n".join(matrix(grid)).splitlines()
    assert [line.split()[1:] for line in lines if "Activity" in line] == [
        ["KE-01", "KE-02", "KE-03", "KE-04"],
        ["KE-05", "KE-06", "KE-07"],
    ]
    assert max(len(line) for line in lines if "activity" in line) <= 60


def test_bytes_on_stdout_push_the_words_aside(run, acts) -> None:
    got = GotDocument(document="d" * 32, path="-", size=3)
    acts.give("acts.documents.get_document", got)
    code, out, err = run("doc", "get", "C", "D", "-o", "-", "--json")
    assert (code, out, json.loads(err)) == (0, "", msgspec.to_builtins(got))
    assert acts.last["output"] == Path("-")
    assert run("doc", "get", "C", "D", "-o", "-")[1] == ""


def test_demo_is_run_with_what_was_asked(place, monkeypatch) -> None:
    called: list[tuple[bool, bool]] = []

    def play(*, keep: bool, json: bool) -> int:
        called.append((keep, json))
        return 1

    demo = SimpleNamespace(main=play)
    monkeypatch.setattr("securecall_client.demo.run", demo, raising=False)
    assert main(["demo", "--keep", "--json"]) == 1
    assert main(["--json", "demo"]) == 1
    assert called == [(True, True), (False, True)]
