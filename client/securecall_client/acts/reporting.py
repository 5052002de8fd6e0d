"""The report of a call: made on this computer from what it has, and written into a new file."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.named import the_call
from securecall_client.acts.parties import known_organisations
from securecall_client.acts.report_exercises import exercises, on_time
from securecall_client.errors import RefusedError
from securecall_client.files import save_as
from securecall_client.results.reports import Reported, ReportForm
from securecall_client.session import Session
from securecall_client.text import for_terminal
from securecall_client.view import SpaceView
from securecall_client.work import report_sections as sections
from securecall_client.work.report import Block, Heading, Paragraph, Points, Report, make, pictures, table, texts
from securecall_client.work.report_cast import Cast, cast, left
from securecall_client.work.report_extra import need_extra
from securecall_client.work.report_html import to_html
from securecall_client.work.report_who import Who

_NAMED_MOST = 20
"""Letters that a sentence names."""


async def report_call(
    session: Session, call: str, path: Path, form: ReportForm, who: Who, *, anyway: bool = False
) -> Reported:
    """Write a call's report into the new file ``path``. Letters that cannot be shown refuse it, unless ``anyway``.

    Raises: NotFoundError, RefusedError, FileError, ExtraError, ProofError.
    """
    if form != "html":
        need_extra()
    view = await the_call(session, call)
    people = cast_of(view, who)
    now = clock.now()
    report = of_call(view, people, now)
    lost = not_shown(report, form)
    if lost and not anyway:
        raise _cannot_show(lost)
    data = to_file(report, form, int(now))
    with save_as(path) as file:
        file.write(data)
    return Reported(
        call=view.space.hex(),
        title=view.state.title,
        path=str(path),
        size=len(data),
        form=form,
        who=who,
        names_left=left(people, (*texts(report), *(picture.svg for picture in pictures(report)))),
        not_shown=lost,
    )


def cast_of(view: SpaceView, who: Who) -> Cast:
    """What the people of a call are called in its report."""
    return cast(view.state, view.chain.roster.known, known_organisations(view) or {}, who)


def of_call(view: SpaceView, people: Cast, now: float) -> Report:
    """The report of a call as it stands; ``now`` in unix seconds."""
    state = view.state
    title = state.call.title if state.call else state.title
    return make(f"Report: {title}", tuple(sections.head(state, now)), _sections(view, people, now))


def not_shown(report: Report, form: ReportForm) -> list[str]:
    """The letters that would be missing: of a DOCX in its pictures alone, of a page none; readers have fonts too."""
    if form == "html":
        return []
    from securecall_client.work.report_fonts import missing

    drawn = (picture.svg for picture in pictures(report))
    return missing(drawn if form == "docx" else (*texts(report), *drawn))


def to_file(report: Report, form: ReportForm, made: int) -> bytes:
    """The report as a file; ``made`` in unix seconds."""
    match form:
        case "html":
            return to_html(report).encode()
        case "pdf":
            from securecall_client.work.report_pdf import to_pdf

            return to_pdf(report, made)
        case "docx":
            from securecall_client.work.report_docx import to_docx

            return to_docx(report, made)


def _sections(view: SpaceView, people: Cast, now: float) -> Iterator[Block]:
    state = view.state
    yield from sections.context(state, people)
    yield from sections.agenda(state, people)
    yield from _who(view, people)
    yield from exercises(view, people)
    yield from sections.discussion(state, people)
    yield from sections.decisions(state, people)
    yield from sections.commitments(state, people, clock.at(now).astimezone().date())
    yield from sections.minutes(state, people)
    yield from sections.questions(state, people)
    yield from sections.withheld(state, people, on_time(view, people))


def _who(view: SpaceView, people: Cast) -> Iterator[Block]:
    """Who is in the call: by name, by how many of each kind of organisation, or how many."""
    yield Heading(1, "Who took part")
    members = view.chain.roster.members
    if people.who == "named":
        rows = sorted((view.state.org(each), view.state.name(each), member.role) for each, member in members.items())
        yield table(("Organisation", "Name", "Role"), (45, 37, 18), rows)
        return
    parties = {view.state.organisation(each) or each for each in members}
    known = {each: people.party(each) for each in parties}
    yield Paragraph(f"{len(members)} people of {len(known)} organisations.")
    if people.who == "kind":
        kinds = Counter(_kind(word) for word in known.values())
        yield Points(tuple(f"{kind}: {number}" for kind, number in sorted(kinds.items())))
    yield Paragraph("Their names are left out, and each organisation is called the same throughout.", "note")


def _kind(word: str) -> str:
    """A kind without the number that tells organisations of it apart."""
    kind, _, number = word.rpartition(" ")
    return kind if kind and number.isdecimal() else word


def _cannot_show(lost: list[str]) -> RefusedError:
    named: list[str] = [f"{for_terminal(letter)} (U+{ord(letter):04X})" for letter in lost[:_NAMED_MOST]]
    if len(lost) > _NAMED_MOST:
        number = len(lost) - _NAMED_MOST
        named = [*named[:-1], sentence("%(letter)s and %(number)s more", letter=named[-1], number=number)]
    return RefusedError(
        sentence(
            "The fonts at hand lack %(number)s of the letters in this report: %(letters)s. Nothing was written.",
            number=len(lost),
            letters=named,
        ),
        hint="Write it as .html, which is shown with the reader's own fonts, or go on without these letters: --anyway.",
        code="letters-missing",
    )
