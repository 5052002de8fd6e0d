"""What comes back of a sealed page, entered for its guest and marked so (protocol 21.3).

It opens before anything in it is looked at, and all of it is judged before any of it is written.
"""

from io import BytesIO
from pathlib import Path

from nacl.utils import random

from securecall.sentences import sentence
from securecall_client import clock, content
from securecall_client.acts.checking import Ready, outgoing
from securecall_client.acts.exercises import the_exercise
from securecall_client.acts.named import the_call
from securecall_client.acts.on_behalf import answer_for, organisation_for
from securecall_client.acts.organisations import find_organisation
from securecall_client.acts.page_rules import Wanted, its_call, need_to_be_in_time, need_to_be_new
from securecall_client.acts.rights import need_open
from securecall_client.acts.too_much import need_room
from securecall_client.cleaning import UncleanableError
from securecall_client.errors import RefusedError
from securecall_client.files import save_as
from securecall_client.guest_page.kept import KeptPage, Pages
from securecall_client.guest_page.reply import Reply, ReplyAnswer, from_armour, read_reply
from securecall_client.results.documents import AddedDocument
from securecall_client.results.exercises import Answered
from securecall_client.results.guest_pages import TakenPage
from securecall_client.sealed_answers import room
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.errors import RowsError
from securecall_client.work.rows import Given, read_answer
from securecall_keys.errors import CannotOpenError
from securecall_keys.pages import PageKeys, page_of
from securecall_keys.secret import Secret

UNKNOWN = "unknown-page"
"""The code of the refusal that a code, a call and a name lift."""


async def take_page(session: Session, text: str, wanted: Wanted, code: Secret | None = None) -> TakenPage:
    """Enter what came back of a page. ``code`` opens it where this profile did not make the page.

    Raises: RefusedError (`UNKNOWN` if it takes a code, a call and a name), ClosedError, NotFoundError, FileError; then
    nothing was entered.
    """
    data = from_armour(text)
    pages = Pages(session.replica, session.device.storage)
    try:
        page = page_of(data)
        kept = await pages.find(page)
        if kept is not None and kept.is_withdrawn:
            raise RefusedError(
                "You have withdrawn the page that this is of, and its code is forgotten here. Nothing was entered.",
                hint="Make a new page for them, if you want their answer.",
                code="page-withdrawn",
            )
        kept = kept or await _anothers(session, page, wanted, code)
        said = read_reply(PageKeys(page, Secret(kept.code)).open("reply", data))
    except CannotOpenError as error:
        raise RefusedError(
            "This does not open: it was changed or cut on its way, or it is of another page or another code. Nothing "
            "was entered.",
            hint="Ask for it again, as a file, over another channel.",
            code="does-not-open",
        ) from error
    view = await its_call(session, kept, wanted)
    again = need_to_be_new(view, kept, again=wanted.again)
    late = need_to_be_in_time(kept, late=wanted.late)
    if said.file is not None and wanted.output is None:
        need_open(view)
    judged = [await _judge(session, view, kept, answer) for answer in said.answers]
    going = await _going(session, said, wanted.output)
    path = _write_out(said, wanted.output)
    answered = [await _enter(session, kept, *each) for each in judged]
    document = None if going is None else await _put_up(session, kept, going)
    await pages.mark_taken(kept)
    organisation = find_organisation(await session.view(session.coalition), kept.organisation.hex())
    everywhere = [each.saved for each in (*answered, document) if each is not None]
    return TakenPage(
        page=page.hex(),
        call=view.space.hex(),
        title=view.state.title,
        org=organisation.name,
        answers=answered,
        document=document,
        path=path,
        late=late,
        again=again,
        saved=min(everywhere, key=("here", "server", "others").index, default="here"),
    )


async def _anothers(session: Session, page: bytes, wanted: Wanted, code: Secret | None) -> KeptPage:
    """A page that another computer made, as whoever takes it says. Raises: RefusedError, NotFoundError."""
    if code is None or wanted.call is None or wanted.whom is None:
        raise RefusedError(
            "This computer did not make the page that this is of. Nothing was entered.",
            hint="Say which call and whom it is for, and have the page's code: securecall guest take FILE --call CALL "
            "--for ORG",
            code=UNKNOWN,
        )
    call = await the_call(session, wanted.call)
    organisation = find_organisation(await session.synced(session.coalition), wanted.whom)
    return KeptPage(page, code.expose(), call.space, organisation.organisation, 0, clock.minute(), 0)


async def _judge(session: Session, view: SpaceView, kept: KeptPage, answer: ReplyAnswer) -> tuple[str, Given]:
    """An exercise and the answer to it, if it may be entered now.

    Raises: NotFoundError, RefusedError.
    """
    origin, body = the_exercise(view, answer.exercise)
    if origin.circle != "everyone":
        raise RefusedError("This answers an exercise that is not for everyone. Nothing was entered.", code="other")
    await organisation_for(session, view.space.hex(), answer.exercise, kept.organisation.hex())
    asks = template.parse(body.template)
    try:
        given = read_answer(answer.questions, asks)
    except RowsError as error:
        raise RefusedError(
            sentence(
                "The answer to %(title)s does not fit: %(error)s Nothing was entered.", title=asks.title, error=error
            ),
            hint="Ask for it again, with that mended in the page.",
            code="bad-rows",
        ) from error
    need_room(body, given, room(view.state, body.exercise))
    return answer.exercise, given


async def _enter(session: Session, kept: KeptPage, exercise: str, given: Given) -> Answered:
    return await answer_for(session, kept.call.hex(), exercise, kept.organisation.hex(), given, page=kept.page)


def _write_out(said: Reply, output: Path | None) -> str | None:
    """Where the guest's file was written instead of being put up. Raises: FileError."""
    if said.file is None or output is None:
        return None
    with save_as(output) as file:
        file.write(said.file)
    return str(output)


async def _going(session: Session, said: Reply, output: Path | None) -> Ready | None:
    """The guest's file as it is put up, without what it hides; None if there is none, or it is written out instead.

    Raises: RefusedError if it cannot be cleaned.
    """
    if said.file is None or output is not None:
        return None
    try:
        return await outgoing(session.say, said.name, BytesIO(said.file), keep_metadata=False)
    except UncleanableError as error:
        raise RefusedError(
            sentence(
                "The guest's file %(name)s may hide what tells about people, and cannot be cleaned. "
                "Nothing was entered.",
                name=said.name,
            ),
            hint="Write it to your computer instead, and decide there: -o FILE",
            code="not-cleaned",
        ) from error


async def _put_up(session: Session, kept: KeptPage, ready: Ready) -> AddedDocument:
    """Put the guest's file up for everyone. Raises: FileError, RefusedError, ProofError."""

    def show(done: int, total: int) -> None:
        session.say.progress(sentence("Sealing %(name)s", name=ready.source.name), done, total)

    body, ref = await session.blobs.seal(ready.source, random(16), show)
    entered = content.ByPage(kept.page, kept.organisation, body)
    _, saved = await session.writer.write(kept.call, entered, "everyone", blobs=[ref])
    return AddedDocument(
        document=body.document.hex(), name=body.name, size=body.size, circle="everyone", saved=saved,
        metadata=ready.metadata, hidden=ready.hidden,
    )  # fmt: skip
