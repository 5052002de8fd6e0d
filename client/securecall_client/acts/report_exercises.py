"""The part of a call's report that its exercises make: the map with its picture, its findings, and what each wrote."""

from collections.abc import Iterable, Iterator, Sequence

from securecall.sentences import several
from securecall_client.acts.parties import ballots, draw_map, party_of
from securecall_client.acts.taking_part import counting, latest
from securecall_client.exercise_kinds import AnswerFor, Given
from securecall_client.text import in_digits
from securecall_client.view import SpaceView
from securecall_client.work import map_why as why
from securecall_client.work.lateness import answer_state, phase
from securecall_client.work.map_findings import Map, kinds
from securecall_client.work.map_picture import to_svg
from securecall_client.work.question import Question, Table, fields
from securecall_client.work.report import Block, Heading, Paragraph, Picture, Points, table
from securecall_client.work.report_cast import Cast
from securecall_client.work.report_sections import when
from securecall_client.work.rows import QuestionAnswer
from securecall_client.work.state import Origin
from securecall_client.work.tally import Tally, tally
from securecall_client.work.template import parse
from securecall_client.work.values import in_words

FINDINGS_MOST = 200
"""Findings of one kind that a report tells in full; a spreadsheet is the better place for more."""


def exercises(view: SpaceView, cast: Cast) -> Iterator[Block]:
    """Each exercise with what came out of it."""
    for _, body in view.state.exercises.values():
        asks = parse(body.template)
        yield Heading(1, asks.title)
        if view.state.is_sealed(body.exercise):
            yield Paragraph("People write first here, and answers are revealed together. None stands here yet.", "note")
            continue
        counted = counting(view, body.exercise)
        answers = [(origin, answer) for origin, answer in counted if _is_known(view, origin, answer)]
        state = phase(view.state, body.exercise)
        yield Paragraph(f"The exercise is {state}. {several(len(answers), 'answer')}.", "note")
        drawn = draw_map(view, body, lambda party, _: cast.party(party))
        said = ballots(view, counted, lambda party, _: cast.party(party))
        yield from _map(drawn, asks.title)
        for each in tally(said, asks):
            yield from _tally(each)
        for number, question in enumerate(asks.questions):
            if not isinstance(question, Table):
                yield from _values(cast, question, number, answers)
        yield from _written(cast, asks.questions, answers)


def on_time(view: SpaceView, cast: Cast) -> Iterator[str]:
    """Which answers came late, were taken back, or speak for an organisation that nobody knows."""
    for _, body in view.state.exercises.values():
        title = parse(body.template).title
        for origin, answer in latest(view, body.exercise):
            speaker = _speaker(cast, origin, answer)
            state = answer_state(view.state, body.exercise, origin)
            if not _is_known(view, origin, answer):
                yield f"{title}: an answer for an organisation that the coalition does not have counts nowhere."
            elif not view.state.counted.get(origin.seq, True):
                yield f"{title}: the answer of {speaker} came late, and owners or chairs have set it aside."
            elif state == "late":
                yield f"{title}: the answer of {speaker} came late."
            elif state == "arrived after":
                yield f"{title}: the answer of {speaker} was sent before the end and came after."
            if origin.seq in view.state.by_page:
                yield f"{title}: the answer of {speaker} came back by a sealed page; nobody knows who typed it."
        for (of, author), given in view.state.answers.items():
            if of == body.exercise and not given[-1][1].questions:
                yield f"{title}: {cast.member(author)} took their answer back."


def _is_known(view: SpaceView, origin: Origin, answer: Given) -> bool:
    return party_of(view, origin, answer) is not None


def _speaker(cast: Cast, origin: Origin, answer: Given) -> str:
    return cast.party(answer.organisation) if isinstance(answer, AnswerFor) else cast.member(origin.author)


def _map(drawn: Map, title: str) -> Iterator[Block]:
    found = kinds(drawn)
    if drawn.left_out:
        yield Points(tuple(why.left_out(name) for name in drawn.left_out))
    if not any(kind.findings for kind in found):
        return
    if drawn.matrix:
        yield Picture(to_svg(drawn, title), f"The map of {title}: activity by place")
    elif drawn.on_behalf:
        yield Points(tuple(why.on_behalf(name) for name in drawn.on_behalf))
    for kind in found:
        yield Heading(2, f"{kind.heading}: {len(kind.findings)}")
        yield Paragraph(kind.meaning, "note")
        if kind.findings:
            yield Points(tuple(finding.why for finding in kind.findings[:FINDINGS_MOST]))
        if len(kind.findings) > FINDINGS_MOST:
            yield Paragraph(f"And {len(kind.findings) - FINDINGS_MOST} more, in the map's own table (CSV).", "note")


def _tally(outcome: Tally) -> Iterator[Block]:
    """What came out of a question that is counted."""
    if outcome.scores:
        yield Heading(2, f"{outcome.title}: the outcome")
        yield Paragraph(f"How it is counted: {outcome.how}.", "note")
        rows = [(str(scored.place), scored.word, in_digits(scored.score)) for scored in outcome.scores]
        yield table(("Place", "What", "Score"), (12, 68, 20), rows)
    elif outcome.numbers is not None:
        numbers = outcome.numbers
        yield Heading(2, f"{outcome.title}: the outcome")
        lines = (("Mean", numbers.mean), ("Median", numbers.median), ("From", numbers.lowest), ("To", numbers.highest))
        yield Points(tuple(f"{name}: {in_digits(value)}" for name, value in lines))


def _values(cast: Cast, question: Question, number: int, answers: Sequence[tuple[Origin, Given]]) -> Iterator[Block]:
    """What everybody answered to a question that is no table."""
    [field] = fields(question)
    rows = [
        (_speaker(cast, origin, answer), in_words(field, answer.questions[number].rows[0][0]))
        for origin, answer in answers
        if answer.questions[number].rows
    ]
    if rows:
        yield Heading(2, question.title)
        yield table(("From", "Answer"), (34, 66), rows)


def _written(cast: Cast, questions: Iterable[Question], answers: Sequence[tuple[Origin, Given]]) -> Iterator[Block]:
    """The rows that everybody wrote into tables, as they wrote them."""
    tables = [(number, question) for number, question in enumerate(questions) if isinstance(question, Table)]
    if not tables or not answers:
        return
    yield Heading(2, "What each wrote")
    for origin, answer in answers:
        yield Heading(3, f"{_speaker(cast, origin, answer)} ({when(cast, origin)})")
        for number, question in tables:
            lines = tuple(_rows(question, answer.questions[number]))
            if len(tables) > 1:
                yield Paragraph(question.title, "note")
            if lines:
                yield Points(lines)


def _rows(question: Table, part: QuestionAnswer) -> Iterator[str]:
    for cells in part.rows:
        told = [(column.title, in_words(column, value)) for column, value in zip(question.columns, cells, strict=True)]
        yield "; ".join(f"{title}: {words}" if n else words for n, (title, words) in enumerate(told) if words)
