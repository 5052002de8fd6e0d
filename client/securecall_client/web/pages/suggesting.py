"""What an answer's form proposes while one types: words, places, organisations, people."""

from collections.abc import Mapping, Sequence
from typing import Final

from securecall_client.acts import organisations
from securecall_client.acts.answering import Mine
from securecall_client.acts.calls import show_call
from securecall_client.results.calls import Call
from securecall_client.results.exercises import ExerciseAnswers
from securecall_client.session import Session
from securecall_client.text import for_terminal
from securecall_client.web.pages.answer_shown import rows_of
from securecall_client.work.places import name, place_shown, to_choose_from
from securecall_client.work.question import Table
from securecall_client.work.values import Field

PLACES, ORGANISATIONS, PEOPLE = "list-places", "list-organisations", "list-people"
_PARTNERS: Final = "with"
"""The column of `who-does-what` that names organisations, as words."""
_MOST: Final = 300
"""Words in one list."""

Lists = Mapping[str, Sequence[tuple[str, str]]]
"""By the list's id what it proposes: what is put in, and what stands beside it."""


async def suggestions(
    session: Session, call: str, mine: Mine, everybody: ExerciseAnswers
) -> tuple[Lists, Mapping[tuple[str, str], str]]:
    """The lists, and by question and column the one that is proposed there."""
    lists: dict[str, Sequence[tuple[str, str]]] = {}
    listed: dict[tuple[str, str], str] = {}
    for question in mine.asks.questions:
        for field in question.columns if isinstance(question, Table) else (question,):
            which = _list(question.name, field)
            if which:
                listed[question.name, field.name] = which
            if which.startswith("words-"):
                lists[which] = _plain([*field.words, *_said(everybody, question.name, field.name)])
    here = await show_call(session, call)
    known = set(listed.values())
    lists |= {PLACES: _places(mine.country)} if PLACES in known else {}
    lists |= {ORGANISATIONS: _plain(await _organisations(session, here))} if ORGANISATIONS in known else {}
    lists |= {PEOPLE: _plain(sorted(member.name for member in here.members))} if PEOPLE in known else {}
    return lists, listed


def _list(question: str, field: Field) -> str:
    match field.type:
        case "place":
            return PLACES
        case "organisation":
            return ORGANISATIONS
        case "person":
            return PEOPLE
        case "words" if field.name == _PARTNERS:
            return ORGANISATIONS
        case "word" | "words":
            return f"words-{question}-{field.name}"
    return ""


def _said(everybody: ExerciseAnswers, table: str, column: str) -> list[str]:
    """What others wrote in a column, in the order of their places: a word that two share is what makes a match."""
    found: dict[str, None] = {}
    for line in everybody.answers:
        for question, rows in rows_of(line, everybody.questions):
            for row in rows if question.name == table else []:
                value = row.get(column)
                found |= dict.fromkeys(map(str, value if isinstance(value, list | tuple) else [value] if value else []))
    return list(found)


def _plain(words: Sequence[str]) -> list[tuple[str, str]]:
    """Words of others that hide nothing, as they are put in when one takes them."""
    return [(word, "") for word in dict.fromkeys(words) if for_terminal(word) == word][:_MOST]


def _places(country: str) -> list[tuple[str, str]]:
    """The call's country and its parts first, then all countries."""
    codes = dict.fromkeys(code for _, places in to_choose_from(country) for code, _ in places)
    return [(place_shown(code), code if place_shown(code) != code else name(code)) for code in codes]


async def _organisations(session: Session, here: Call) -> list[str]:
    return sorted({member.org for member in here.members if member.org} | {*await organisations.names(session)})
