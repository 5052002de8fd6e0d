"""Who may say what in the other written parts of a call, judged in the fold alone; and whose pen it is."""

from dataclasses import replace
from itertools import product

import pytest

from securecall.entries import Seen
from securecall.rights import Circle, Role
from securecall_client import content, parts
from securecall_client.captions import MemberName
from securecall_client.exercise_kinds import Exercise
from securecall_client.work import template
from securecall_client.work.errors import VoidError, WorkError
from securecall_client.work.fold_parts import LINE_BYTES, is_open, point_now, take
from securecall_client.work.state import MinutesState, Origin, State, Version

ANN, BOB, CEM, DAN = (bytes([n]) * 32 for n in (1, 2, 3, 4))
DOC, EX, DEC, COM, MSG, POINT, ORG, OTHER = (bytes([n]) * 16 for n in range(11, 19))
NOTHING = parts.NOTHING
FILE = content.Document(DOC, 1, "plan.pdf", "application/pdf", 1, DOC, bytes(32), [bytes(32)])
EXERCISE = Exercise(EX, template.load_text("who-does-what"))
ROW = parts.OnRow(EX, ANN, MSG, 0)
FINDING = parts.OnFinding(EX, "gap", "legal aid", "KE")
GOOD: tuple[parts.Written, ...] = (
    parts.Agenda([parts.AgendaPoint(POINT, "Updates", None, 10, "")]),
    parts.AgendaNow(POINT),
    parts.Message(MSG, parts.OnSpace(), NOTHING, "hello"),
    parts.Minutes("We met."),
    parts.Pen(ANN),
    parts.Decision(DEC, "We go.", "all", "", "", NOTHING),
    parts.Commitment(COM, "write the letter", ANN, NOTHING, "2027-01-31", None),
    parts.CommitmentState(COM, "done"),
)


def by(author: bytes, role: Role = "member", circle: Circle = "allies", seq: int = 9) -> Origin:
    return Origin(seq, 0, bytes(16), author, author, role, circle, Seen(1, bytes(32)), 29_000_000)


def begun(circle: Circle = "allies") -> State:
    """A document, an exercise and a commitment of Ann's, for a circle."""
    origin = by(BOB, "owner", circle, 2)
    return State(
        names={ANN: MemberName(ANN, "Ann", ORG, "Harbour Watch"), CEM: MemberName(CEM, "Cem", OTHER, "Others")}
        | {DAN: MemberName(DAN, "Dan", bytes(16), "")},
        documents={DOC: (Version(1, origin, FILE),)},
        exercises={EX: (origin, EXERCISE)},
    )


def fold(state: State, *said: tuple[Origin, parts.Written]) -> State:
    for origin, body in said:
        state = take(state, origin, body)
    return state


LEADERS = {"agenda", "agenda_now", "decision"}
KIND = {body: name for (name, _), body in content.KINDS.items()}


@pytest.mark.parametrize("role", ["owner", "chair", "member", "guest"])
@pytest.mark.parametrize("body", GOOD, ids=lambda body: KIND[type(body)])
def test_every_kind_by_every_role(body: parts.Written, role: Role) -> None:
    state = begun("everyone")
    if isinstance(body, parts.CommitmentState):
        state = take(state, by(ANN, circle="everyone"), GOOD[6])
    allowed = role != "guest" and (role != "member" or KIND[type(body)] not in LEADERS)
    if allowed:
        assert take(state, by(ANN, role, "everyone"), body) != state
    else:
        with pytest.raises(VoidError):
            take(state, by(ANN, role, "everyone"), body)


COMMITMENTS = (
    ("one's own", GOOD[6], ANN, "member", True),
    ("another's", GOOD[6], CEM, "member", False),
    ("another's, by a chair", GOOD[6], CEM, "chair", True),
    ("one's organisation's", parts.Commitment(COM, "x", bytes(32), ORG, "2027-01-31", None), ANN, "member", True),
    ("another organisation's", parts.Commitment(COM, "x", bytes(32), ORG, "2027-01-31", None), CEM, "member", False),
    (
        "any organisation's, by one without",
        parts.Commitment(COM, "x", bytes(32), ORG, "2027-01-31", None),
        DAN,
        "member",
        False,
    ),
)


@pytest.mark.parametrize(("body", "author", "role", "sound"), [each[1:] for each in COMMITMENTS], ids=lambda _: "")
def test_whose_commitment_it_is(body: parts.Commitment, author: bytes, role: Role, sound: bool) -> None:
    told = fold(begun(), (by(BOB, "owner"), body))
    for state, said in ((begun(), body), (told, parts.CommitmentState(COM, "dropped"))):
        if sound:
            assert is_open(take(state, by(author, role), said), COM) is isinstance(said, parts.Commitment)
        else:
            with pytest.raises(VoidError, match="somebody else's"):
                take(state, by(author, role), said)


def test_a_reader_who_is_told_no_organisations_takes_a_commitment_as_its_own() -> None:
    state = replace(begun("everyone"), names={})
    body = parts.Commitment(COM, "x", bytes(32), ORG, "2027-01-31", None)
    assert COM in take(state, by(CEM, circle="everyone"), body).commitments


THINGS: dict[str, parts.On] = {
    "a document": parts.OnDocument(DOC),
    "a row": ROW,
    "a finding": FINDING,
    "a decision": parts.OnDecision(DEC),
}


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize(("of", "circle"), list(product(("allies", "everyone"), repeat=2)))
def test_what_is_said_is_for_the_circle_of_its_thing(thing: str, of: Circle, circle: Circle) -> None:
    state = fold(begun(of), (by(BOB, "owner", of), parts.Decision(DEC, "We go.", "", "", "", NOTHING)))
    body = parts.Message(MSG, THINGS[thing], NOTHING, "hello")
    if of == circle:
        assert MSG in take(state, by(ANN, circle=circle), body).messages
    else:
        with pytest.raises(VoidError, match="another circle"):
            take(state, by(ANN, circle=circle), body)


@pytest.mark.parametrize("thing", THINGS)
def test_a_thing_must_stand_unless_something_is_kept_from_the_reader(thing: str) -> None:
    body = parts.Message(MSG, THINGS[thing], NOTHING, "hello")
    with pytest.raises(VoidError, match="nothing that stands"):
        take(State(), by(ANN), body)
    assert MSG in take(State(unreadable=(3,)), by(ANN), body).messages


def said(text: str, reply: bytes = NOTHING, message: bytes = MSG, on: parts.On | None = None) -> parts.Message:
    return parts.Message(message, on or parts.OnSpace(), reply, text)


def test_a_message_changes_by_its_author_alone_and_keeps_its_versions() -> None:
    state = fold(begun(), (by(ANN), said("one")), (by(ANN), said("two")), (by(ANN), said("")))
    assert [body.text for _, body in state.messages[MSG]] == ["one", "two", ""]
    for origin, body in (
        (by(BOB, "owner"), said("mine now")),
        (by(ANN, circle="everyone"), said("louder")),
        (by(ANN), said("elsewhere", on=parts.OnDocument(DOC))),
        (by(ANN), said("as an answer", reply=OTHER)),
    ):
        with pytest.raises(VoidError, match="it is not of"):
            take(state, origin, body)


def test_a_reply_is_about_the_same_thing_for_the_same_circle() -> None:
    state = fold(begun(), (by(ANN), said("one")))
    assert OTHER in take(state, by(CEM), said("yes", MSG, OTHER)).messages
    for origin, body, words in (
        (by(CEM), said("yes", MSG, OTHER, parts.OnDocument(DOC)), "something else"),
        (by(CEM, circle="everyone"), said("yes", MSG, OTHER), "another circle"),
        (by(CEM), said("yes", DEC, OTHER), "nothing that stands"),
    ):
        with pytest.raises(VoidError, match=words):
            take(state, origin, body)
    with pytest.raises(VoidError, match="was not said"):
        take(State(), by(ANN), said(""))


BAD: tuple[parts.Written, ...] = (
    said("x" * (parts.LONG + 1)),
    said("hidden \u202e mark"),
    said("two\r\nends"),
    said(" \n "),
    said("x", on=parts.OnFinding(EX, "gap", "", "KE")),
    said("x", on=parts.OnFinding(EX, "gap", "aid", "Kenya")),
    parts.Minutes("é" * parts.MINUTES_LONG),
    parts.Minutes(""),
    parts.Agenda([parts.AgendaPoint(POINT, title, None, 0, "") for title in ("one", "two")]),
    parts.Agenda([parts.AgendaPoint(POINT, "", None, 0, "")]),
    parts.Agenda([parts.AgendaPoint(POINT, "x" * (LINE_BYTES + 1), None, 0, "")]),
    parts.Agenda([parts.AgendaPoint(POINT, "one", None, 0, "a\nb")]),
    parts.Decision(DEC, "", "", "", "", NOTHING),
    parts.Decision(DEC, "We go.", "", "a\tb", "", NOTHING),
    parts.Decision(DEC, "We go.", "", "", "", OTHER),
    parts.Commitment(COM, "x", ANN, ORG, "2027-01-31", None),
    parts.Commitment(COM, "x", bytes(32), NOTHING, "2027-01-31", None),
    parts.Commitment(COM, "x", ANN, NOTHING, "2027-02-30", None),
    parts.Commitment(COM, "x", ANN, NOTHING, "31.1.2027", None),
    parts.Commitment(COM, "x", ANN, NOTHING, "2027-01-31", parts.OnRow(OTHER, ANN, MSG, 0)),
    parts.CommitmentState(OTHER, "done"),
)


@pytest.mark.parametrize("body", BAD, ids=lambda body: KIND[type(body)])
def test_what_is_not_as_it_must_be_is_void(body: parts.Written) -> None:
    with pytest.raises((VoidError, WorkError)):
        take(begun(), by(ANN, "owner"), body)


@pytest.mark.parametrize("body", [GOOD[5], GOOD[6]], ids=["decision", "commitment"])
def test_decisions_and_commitments_stand_as_they_are(body: parts.Written) -> None:
    state = take(begun(), by(ANN, "owner"), body)
    with pytest.raises(VoidError, match="stands already"):
        take(state, by(ANN, "owner"), body)


def test_there_is_an_agenda_for_each_circle_and_a_point_that_went_is_no_point() -> None:
    points = [parts.AgendaPoint(bytes([n]) * 16, str(n), None, 0, "") for n in (1, 2)]
    owner, open_ = by(BOB, "owner"), by(BOB, "owner", "everyone")
    state = fold(State(), (owner, parts.Agenda(points)), (owner, parts.AgendaNow(points[1].point)))
    state = fold(state, (open_, parts.Agenda(points[:1])))
    assert (point_now(state, "allies"), point_now(state, "everyone")) == (points[1].point, None)
    assert len(state.agendas["allies"][1].points) == 2
    assert point_now(fold(state, (owner, parts.Agenda(points[:1]))), "allies") is None


# The pen


def minutes(*done: tuple[Origin, parts.Written]) -> MinutesState:
    return fold(State(), *done).minutes.get("allies", MinutesState())


WRITE = parts.Minutes("We met.")


def test_of_two_who_write_at_once_the_chain_decides_and_both_texts_are_kept() -> None:
    state = minutes((by(ANN), WRITE), (by(CEM), parts.Minutes("They met.")))
    assert state.holder == ANN
    assert [(version.text, version.with_pen) for version in state.versions] == [("We met.", True), ("They met.", False)]
    assert state.newest is not None
    assert state.newest.text == "We met."


def test_the_pen_is_handed_over_laid_down_and_taken_openly() -> None:
    handed = ((by(ANN), parts.Pen(ANN)), (by(ANN), parts.Pen(CEM)))
    assert minutes(*handed).holder == CEM
    assert minutes(*handed, (by(ANN), parts.Pen(ANN))).holder == CEM
    assert minutes(*handed, (by(BOB, "chair"), parts.Pen(ANN))).holder == CEM
    taken = minutes(*handed, (by(BOB, "chair"), parts.Pen(BOB)))
    assert [to for _, to in taken.pens] == [ANN, CEM, BOB]
    free = (*handed, (by(CEM), parts.Pen(bytes(32))))
    assert minutes(*free).holder is None
    assert minutes(*free, (by(BOB), parts.Pen(ANN))).holder is None
    assert minutes(*free, (by(BOB), WRITE)).holder == BOB


def test_each_circle_has_minutes_and_a_pen_of_its_own() -> None:
    state = fold(State(), (by(ANN), WRITE), (by(CEM, circle="everyone"), parts.Minutes("For all.")))
    assert (state.minutes["allies"].holder, state.minutes["everyone"].holder) == (ANN, CEM)
