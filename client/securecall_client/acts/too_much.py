"""What one record holds, told before an answer is sealed: how much of a table fits."""

from securecall.sentences import sentence
from securecall_client import content
from securecall_client.errors import RefusedError
from securecall_client.exercise_kinds import Answer, Started
from securecall_client.parts import NOTHING
from securecall_client.text import size
from securecall_client.work.rows import Given, QuestionAnswer


def need_room(body: Started, given: Given, room: int) -> None:
    """Raise RefusedError if an answer is more than one record holds (``room`` bytes), with how many rows of it fit."""
    if _fits(body, given, room):
        return
    most = sentence("An answer holds at most %(size)s, and this is more.", size=size(room))
    longest = max(range(len(given)), key=lambda place: len(given[place].rows), default=0)
    rows = given[longest].rows
    if len(rows) < 2:
        raise RefusedError(
            sentence("%(most)s Nothing was saved.", most=most),
            hint="Put up the long text as a document.",
            code="too-long",
        )
    first, last = 0, len(rows)
    while first < last:
        middle = (first + last + 1) // 2
        cut = QuestionAnswer(given[longest].question, rows[:middle])
        first, last = (
            (middle, last) if _fits(body, (*given[:longest], cut, *given[longest + 1 :]), room) else (first, middle - 1)
        )
    raise RefusedError(
        sentence(
            "%(most)s Of its %(number)s rows about %(first)s fit. Nothing was saved.",
            most=most,
            number=len(rows),
            first=first,
        ),
        hint="Join some rows, or put up a document with the rest.",
        code="too-long",
    )


def _fits(body: Started, given: Given, room: int) -> bool:
    # By a sealed page, for an organisation, it is a little longer, so that is what must fit.
    longest = content.ByPage(NOTHING, NOTHING, Answer(body.exercise, given))
    return len(content.write(longest, 0xFFFFFFFF)) <= room
