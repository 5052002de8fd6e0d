"""What the other written parts of a call say where there is nothing yet, and how a text reaches them."""

import pytest
from msgspec import structs

from securecall_client.cli import writing
from securecall_client.results.agenda import AgendaLine, Agendas, AgendaSaid, PointLine
from securecall_client.results.announcing import CallLink
from securecall_client.results.decisions import Commitments, Decisions
from securecall_client.results.discussion import Discussion, Said, Thread
from securecall_client.results.drafts import DraftShown
from securecall_client.results.minutes import MinutesEvent, MinutesHistory, MinutesShown
from securecall_client.results.pairs import Pairs

C = {"call": "c", "title": "T"}
S = {"space": "c", "title": "T"}
NO_MINUTES = MinutesShown(
    **C, circle="allies", version=0, text="", name="", at=None, with_pen=True, pen=None, pen_name=None
)
EMPTY = (
    (("agenda", "show"), "agenda.show_agenda", Agendas(**C, agendas=[]), "securecall agenda add"),
    (("discuss", "list"), "discussing.list_threads", Discussion(**S, threads=[]), "securecall discuss say"),
    (
        ("discuss", "show"),
        "discussing.show_thread",
        Thread(**S, on="", about="the call", circle=None, messages=[]),
        "securecall discuss say",
    ),
    (("minutes", "show"), "minutes.show_minutes", NO_MINUTES, "securecall minutes write"),
    (
        ("minutes", "history"),
        "minutes.minutes_history",
        MinutesHistory(**C, circle="allies", events=[]),
        "nobody has the pen",
    ),
    (("decision", "list"), "deciding.list_decisions", Decisions(**C, decisions=[]), "securecall decision add"),
    (("commit", "list"), "committing.list_commitments", Commitments(**C, commitments=[]), "securecall commit add"),
    (("call", "pairs"), "pairs.list_pairs", Pairs(**C, pairs=[]), "securecall call pair"),
    (("call", "link"), "announcing.show_link", CallLink(**C, link="", saved=None), "securecall call link"),
)


@pytest.mark.parametrize(("words", "act", "result", "says"), EMPTY, ids=[" ".join(each[0]) for each in EMPTY])
def test_where_there_is_nothing_the_words_say_what_to_do(run, acts, words, act, result, says) -> None:
    acts.give(f"acts.{act}", result)
    code, out, _ = run(*words, "C")
    assert code == 0
    assert says in out


def test_a_text_comes_from_a_file_or_the_line_or_is_asked_for(run, acts, monkeypatch, place) -> None:
    (place.files / "said.txt").write_text("from a file\n", "utf-8")
    run("discuss", "say", "C", "--file", "said.txt")
    assert acts.last["text"] == "from a file\n"
    run("discuss", "say", "C", "from the line")
    assert acts.last["text"] == "from the line"
    for words in (("C",), ("C", "both", "--file", "said.txt"), ("C", "x", "--reply", "m", "--on", "doc:d")):
        before = len(acts.calls)
        assert run("discuss", "say", *words)[0] == 2
        assert len(acts.calls) == before
    monkeypatch.setattr("sys.stdin", iter(["one\n", "two\n", ".\n", "not this\n"]))
    assert writing.typed("message") == "one\ntwo\n"


def test_a_version_without_the_pen_is_told_as_one(run, acts) -> None:
    events = [
        MinutesEvent(version=None, name="Ann", at="", with_pen=True, pen_name="Ann"),
        MinutesEvent(version=2, name="Cem", at="", with_pen=False, pen_name=None),
        MinutesEvent(version=None, name="Ann", at="", with_pen=True, pen_name=None),
    ]
    acts.give("acts.minutes.minutes_history", MinutesHistory(**C, circle="allies", events=events))
    out = run("minutes", "history", "C")[1]
    assert "Ann took the pen." in out
    assert "Cem wrote version 2, without the pen." in out
    assert "Ann put the pen down." in out


def test_in_a_pair_there_is_nobody_else_to_say_it_for(run, acts) -> None:
    said = Said(message="m", on="", about="the pair", circle="allies", saved="server")
    acts.give("acts.discussing.say", said)
    assert "allies" not in run("discuss", "say", "C", "x")[1]


def test_past_the_last_point_the_agenda_says_so(run, acts) -> None:
    point = PointLine(point="p", number=1, title="Updates", starts=None, minutes=None, speaker="", now=True)
    for at, said in ((point, False), (structs.replace(point, now=False), True)):
        agenda = AgendaLine(circle="allies", points=[at], name="Sec")
        acts.give("acts.agenda.go_to_point", AgendaSaid(**C, agenda=agenda, saved="server"))
        assert ("That was the last point" in run("agenda", "now", "C")[1]) is said


def test_a_draft_says_how_it_is_sent_by_the_names_that_were_typed(run, acts) -> None:
    shown = DraftShown(
        exercise="e", title="T", saved_at="2026-11-23T10:00:00Z", questions={}, problem=None, older=False
    )
    acts.give("acts.drafts.show_draft", shown)
    out = run("exercise", "draft", "show", "Situation in spring", "who-does-what")[1]
    assert "securecall exercise draft send 'Situation in spring' who-does-what" in out
    acts.give("acts.drafts.show_draft", structs.replace(shown, older=True))
    out = run("exercise", "draft", "show", "Situation in spring", "who-does-what")[1]
    assert "You have given an answer since" in out
    assert "draft send" not in out
