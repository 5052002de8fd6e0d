"""An exercise in words: answers under their headings, who has answered, and what comes out when they are counted."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

from securecall.sentences import several
from securecall_client.cli.table import short
from securecall_client.text import for_terminal, in_digits

if TYPE_CHECKING:
    from securecall_client.results.exercises import AnswerLine, ExerciseAnswers, Participant
    from securecall_client.results.templates import FieldShown, QuestionShown
    from securecall_client.work.tally import Tally


def exercise_words(result: "ExerciseAnswers") -> Iterator[str]:
    """An exercise with everybody's answers."""
    number = several(len(result.answers), "answer")
    if result.sealed and not result.revealed:
        yield f"{for_terminal(result.title)} ({short(result.exercise)}), {result.state}, sealed: not revealed yet"
        yield f"You can read {number}. All whom the exercise is for read all answers, once it is revealed."
    else:
        yield f"{for_terminal(result.title)} ({short(result.exercise)}), {result.state}: {number}"
    yield from answer_words(result)
    yield from _company(result)
    for tally in result.tally:
        if tally.by_organisation:
            yield ""
            yield from _tally(tally)
    yield from _hints(result)


def own_words(result: "ExerciseAnswers") -> Iterator[str]:
    """All versions of one's own answer."""
    if not result.answers:
        yield "You have not answered this exercise."
        return
    number = several(len(result.answers), "version")
    yield f"{for_terminal(result.title)} ({short(result.exercise)}): {number} of your answer, the newest last"
    yield from answer_words(result)


def answer_words(result: "ExerciseAnswers") -> Iterator[str]:
    """Each answer, under the headings of what was asked."""
    for answer in result.answers:
        yield ""
        yield from _answer(answer, result.questions)


def _answer(answer: "AnswerLine", questions: Sequence["QuestionShown"]) -> Iterator[str]:
    name, org = for_terminal(answer.name), for_terminal(answer.org)
    entered = f"by sealed page, entered by {name}" if answer.by_page else f"by {name}"
    who = f"on behalf of {org}, {entered}" if answer.on_behalf else f"{name}, {org}" if org else name
    counts = "" if answer.counts else "; does not count"
    yield f"{who} ({answer.state}{counts}; answer {short(answer.answer)})"
    if not answer.questions:
        yield "  taken back"
    rows = (f"{short(answer.answer)}:{number}" for number in count())
    for question in questions:
        yield from _question(question, answer.questions.get(question.name), rows)


def _question(question: "QuestionShown", value: object, rows: Iterator[str]) -> Iterator[str]:
    """What was answered to one question; ``rows`` gives what each row is called where a command takes one."""
    if question.type != "rows":
        if question.type == "long" and isinstance(value, str):
            yield f"  {for_terminal(question.title)}:"
            yield from (f"    {for_terminal(line)}" for line in value.split("\n"))
        elif said := _words(question.columns[0], value):
            yield f"  {for_terminal(question.title)}: {said}"
        return
    for row in value if isinstance(value, list | tuple) else ():
        yield f"  {next(rows)}  {'; '.join(_cells(question.columns, row))}"


def _cells(columns: Sequence["FieldShown"], row: object) -> Iterator[str]:
    for column in columns:
        said = _words(column, row.get(column.name) if isinstance(row, Mapping) else None)
        if said:
            yield f"{for_terminal(column.title)}: {said}"


def _words(field: "FieldShown", value: object) -> str:
    from securecall_client.work.values import plain_in_words

    return for_terminal(plain_in_words(field.type, value))


def _company(result: "ExerciseAnswers") -> Iterator[str]:
    groups = (("Answered", result.answered), ("Writing now", result.writing), ("Not yet", result.waiting))
    told = [f"{what} ({len(people)}): {_names(people)}" for what, people in groups if people]
    if told:
        yield ""
        yield from told


def _names(people: Sequence["Participant"]) -> str:
    return ", ".join(for_terminal(person.name) for person in people)


def _tally(tally: "Tally") -> Iterator[str]:
    number = several(len(tally.by_organisation), "organisation")
    yield f"{for_terminal(tally.title)}: {number}; {for_terminal(tally.how)}"
    for scored in tally.scores:
        yield f"  {scored.place}. {for_terminal(scored.word)}: {in_digits(scored.score)}"
    if tally.numbers is not None:
        numbers = tally.numbers
        yield (
            f"  on average {in_digits(numbers.mean)}, in the middle {in_digits(numbers.median)},"
            f" from {in_digits(numbers.lowest)} to {in_digits(numbers.highest)}"
        )


def _hints(result: "ExerciseAnswers") -> Iterator[str]:
    exercise = short(result.exercise)
    if any(answer.on_behalf for answer in result.answers):
        yield ""
        yield "Whoever is of an organisation that others answered for makes it their own with:"
        yield f"  securecall exercise answer CALL {exercise} --confirm"
    if any(answer.state == "late" for answer in result.answers):
        yield ""
        yield "Late answers count unless an owner or chair sets them aside:"
        yield f"  securecall exercise decide CALL {exercise} ANSWER set-aside"
    if not result.answers and not result.answered and result.state == "open":
        yield f"Nobody has answered yet. Be the first: securecall exercise answer CALL {exercise}"
