"""`securecall call watch`: what happens in a call, as it happens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import typer

from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.line import Line
from securecall_client.cli.table import by, short
from securecall_client.text import for_terminal, size

Event = Mapping[str, object]

_SENTENCES: Final[Mapping[str, str]] = {
    "started": "Watching {title}. Press Ctrl-C to stop.",
    "connected": "The line to the server is up.",
    "line_lost": "The line to the server is lost. SecureCall keeps trying; nothing that was saved is lost.",
    "document": "{author} put up {name} ({size}).",
    "version": "{author} put up version {version} of {name} ({size}).",
    "withdrawn": "{name} was withdrawn; nobody can fetch it any more.",
    "exercise": "A new exercise has started: {title}.",
    "answer": "{name} ({org}) answered. This answer: {state}.",
    "answer_for": "{name} answered on behalf of {org}. This answer: {state}.",
    "answer_by_page": "{name} entered an answer of {org} that came back by sealed page. This answer: {state}.",
    "answer_withdrawn": "{name} ({org}) took their answer back.",
    "sealed_answer": "{name} ({org}) sent something sealed in {exercise}.",
    "asked_to_reveal": "{name} asks everybody to reveal their own answer to the exercise {exercise}.",
    "revealed": "The exercise {exercise} is revealed.",
    "exercise_closed": "The exercise {exercise} is closed. Answers from now on are late.",
    "joined": "{name} is in the call now.",
    "left": "{name} is out of the call; a new key is in use (epoch {epoch}).",
    "present": "{name} is here.",
    "away": "{name} is away: nothing was heard for a while.",
    "writing": "{name} is writing.",
    "not_writing": "{name} has stopped writing.",
    "confirmed": "Confirmed{by}: they have the same as you, up to place {seq}.",
    "unconfirmed": "Nobody has confirmed lately that they see the same as you. It may be the line; wait.",
    "roll_call": "Roll call. Every screen must show: {code} (place {seq}).",
    "removed": "You are no longer in {title}. You keep what you have; nothing new comes to this computer.",
    "link": "The voice call is held elsewhere now: {link}",
    "agenda": "{name} put up the agenda for {circle}.",
    "agenda_now": "The call is at: {title}.",
    "agenda_over": "The call is at no point of its agenda.",
    "message": "{name}, about {about}: {text}",
    "message_changed": "{name} changed what they said about {about}: {text}",
    "message_withdrawn": "{name} took back what they said about {about}.",
    "minutes": "{name} wrote version {version} of the minutes for {circle}.",
    "minutes_beside": "{name} wrote minutes for {circle} without the pen; they are kept as version {version}.",
    "pen": "{name} has the pen of the minutes for {circle}.",
    "pen_down": "Nobody has the pen of the minutes for {circle}.",
    "decision": "Decided: {text}",
    "commitment": "{who} will, by {by}: {what}",
    "commitment_state": "{who}, by {by}, is {state}: {what}",
    "presenting": "{name} presents: {about}",
    "page_now": "{name} is at page {page} of {about}",
    "presenting_over": "Nobody presents any more.",
    "closed": "The call is closed. What is in it can still be read.",
}
"""What each event says, with its own fields in braces."""


commands = typer.Typer(rich_markup_mode=None)


@command(
    commands,
    "watch",
    example='securecall call watch "Situation in spring"',
    gives="{event: string, ...}, one a line",
)
def watch(line: Line, call: CallName) -> None:
    """Show what happens in a call as it happens, until Ctrl-C.

    With --json each event is one document on a line of its own.
    """
    from securecall_client.acts import watching

    line.each(lambda session: watching.watch(session, call), lambda event: _show(line, event))


def _show(line: Line, event: Event) -> None:
    if line.screen.as_json:
        line.screen.document(event)
    else:
        line.screen.words([sentence(event)])


def sentence(event: Event) -> str:
    """An event in words, with its time if it has one; one that this program does not know, by its fields."""
    kind = "answer_for" if event.get("on_behalf") is True else str(event.get("event"))
    form = _SENTENCES.get("answer_by_page" if event.get("by_page") is True else kind)
    try:
        told = _listed(event) if form is None else form.format_map(_fields(event))
    except KeyError:
        told = _listed(event)
    return _time(event) + told


def _fields(event: Event) -> dict[str, str]:
    fields = {for_terminal(name): short(str(value)) for name, value in event.items()}
    fields["by"] = _by(event)
    number = event.get("size")
    if isinstance(number, int) and number >= 0:
        fields["size"] = size(number)
    return fields


def _by(event: Event) -> str:
    """Who confirms, where an event says it in its own form."""
    people, others = event.get("confirmed_by"), event.get("others")
    if not isinstance(people, list) or not isinstance(others, int):
        return ""
    return by([str(one.get("name")) for one in people if isinstance(one, dict)], others)


def _listed(event: Event) -> str:
    fields = ((name, value) for name, value in _fields(event).items() if name in event)
    others = ", ".join(f"{name} {value}" for name, value in fields if name not in ("event", "at"))
    kind = for_terminal(str(event.get("event", "something"))).replace("_", " ")
    return f"{kind}: {others}" if others else f"{kind}."


def _time(event: Event) -> str:
    try:
        return f"{datetime.fromisoformat(str(event['at'])).astimezone():%H:%M} "
    except (KeyError, ValueError, OverflowError):
        return ""
