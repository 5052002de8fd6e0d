"""One's own answer to an exercise, sent or not: what a form is filled with, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from securecall.rights import Circle
from securecall_client import clock, content, exercise_kinds
from securecall_client.acts import on_behalf
from securecall_client.acts.drafts import Keeper, keeper
from securecall_client.acts.exercises import answer_exercise, the_exercise
from securecall_client.acts.named import the_call
from securecall_client.confirming import saved
from securecall_client.results.common import AnswerState, ExercisePhase, Saved
from securecall_client.results.exercises import Answered
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.errors import RowsError
from securecall_client.work.lateness import answer_state, phase
from securecall_client.work.rows import Given, Raw, read_answer, to_json
from securecall_client.work.state import Origin
from securecall_client.work.template import Template, parse


@dataclass(frozen=True, slots=True)
class Sent:
    """The newest answer: what it says, where it is safe, whether it came in time (None: nobody can tell yet), when."""

    raw: Raw
    saved: Saved
    state: AnswerState | None
    at: str


@dataclass(frozen=True, slots=True)
class Mine:
    """What one has answered to an exercise, or others for an organisation (``org``), and what was typed since.

    ``unsent``: whether the draft says something else than what was sent; ``older``: and was kept before that.
    ``country`` is that of the call.
    """

    asks: Template
    circle: Circle
    state: ExercisePhase
    country: str
    org: content.Organisation | None
    keeper: Keeper
    sent: Sent | None
    draft: Raw | None
    kept_at: str
    older: bool
    unsent: bool

    @property
    def raw(self) -> Raw:
        """What to go on with."""
        return self.draft if self.draft is not None else self.sent.raw if self.sent else {}


async def mine(session: Session, call: str, exercise: str, org: str | None = None) -> Mine:
    """One's own answer as it stands on this computer, or that on behalf of an organisation.

    Raises: NotFoundError; as `on_behalf.organisation_for`.
    """
    view = (await the_call(session, call)).unsealed()
    origin, body = the_exercise(view, exercise)
    asks = parse(body.template)
    organisation = await on_behalf.organisation_for(session, call, exercise, org) if org is not None else None
    kept = await keeper(session, call, exercise, org)
    sent = await _sent(session, view, asks, body.exercise, organisation)
    raw, when = kept.load(), kept.when()
    return Mine(
        asks=asks,
        circle=origin.circle,
        state=phase(view.state, body.exercise),
        country=view.state.call.country if view.state.call else "",
        org=organisation,
        keeper=kept,
        sent=sent,
        draft=raw,
        kept_at=when.at if when else "",
        older=when is not None and when.is_older,
        unsent=raw is not None and not _same(raw, sent.raw if sent else {}, asks),
    )


async def send(session: Session, call: str, exercise: str, raw: Raw, org: str | None = None) -> Answered:
    """Give what was typed as one's answer, or on behalf of an organisation. It stays a draft while it waits on this
    computer, and if the exercise was closed meanwhile.

    Raises: RowsError; as `exercises.answer_exercise` and `on_behalf.answer_for`.
    """
    before = await mine(session, call, exercise, org)
    before.keeper.save(raw)
    given = read_answer(raw, before.asks)
    if org is None:
        answered = await answer_exercise(session, call, exercise, given)
    else:
        answered = await on_behalf.answer_for(session, call, exercise, org, given)
    done = answered.saved != "here" and (answered.state != "late" or before.state == "closed")
    # What was typed while this was on its way is a draft of its own.
    if done and before.keeper.load() == raw:
        before.keeper.drop()
    return answered


def _same(one: Raw, other: Raw, asks: Template) -> bool:
    """Whether two answers would be sent as one and the same."""
    try:
        return read_answer(one, asks) == read_answer(other, asks)
    except RowsError:
        return False


async def _sent(
    session: Session, view: SpaceView, asks: Template, exercise: bytes, org: content.Organisation | None
) -> Sent | None:
    """The newest answer, be it that it waits on this computer; None where there is none, or it was taken back."""
    waiting = await _waiting(session, view.space, exercise, org)
    if waiting is not None:
        at, questions = waiting
        return Sent(to_json(questions, asks), "here", None, at) if questions else None
    given: Sequence[tuple[Origin, exercise_kinds.Given]] = (
        view.state.answers.get((exercise, session.member), ())
        if org is None
        else view.state.answers_for.get((exercise, org.organisation), ())
    )
    if not given or not given[-1][1].questions:
        return None
    origin, answer = given[-1]
    state = answer_state(view.state, exercise, origin)
    safe = saved(view, session.member, origin.record) if origin.author == session.member else "others"
    return Sent(to_json(answer.questions, asks), safe, state, clock.iso(origin.minute * 60))


async def _waiting(
    session: Session, space: bytes, exercise: bytes, org: content.Organisation | None
) -> tuple[str, Given] | None:
    """When the newest answer that waits in the outbox was written, and its rows."""
    found = None
    for where, outgoing in await session.outbox.listing():
        said, body = content.read(outgoing.content)
        if (
            where != space
            or not isinstance(body, exercise_kinds.Answer | exercise_kinds.AnswerFor)
            or body.exercise != exercise
        ):
            continue
        if (body.organisation if isinstance(body, exercise_kinds.AnswerFor) else None) == (
            org.organisation if org else None
        ):
            found = clock.iso(said.minute * 60), body.questions
    return found
