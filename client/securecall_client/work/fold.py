"""The fold: one verified item after the other into a `State` (protocol 8). Pure.

Whether an author had the right to say something is judged here, once, by the role they had at that place.
What fails that, or does not parse, is void for all and stops nothing.
"""

from dataclasses import replace

from securecall import entries as e
from securecall.errors import InvalidError
from securecall.records import Header, Record
from securecall.rights import KEEPERS, Role
from securecall.sentences import sentence
from securecall.state import Step
from securecall.wire import decode
from securecall_client import content, parts, sealed_kinds
from securecall_client.captions import CAPTION_BYTES, EveryoneCaption, ServerCaption, read_allies
from securecall_client.exercise_kinds import Answer, AnswerFor, CloseExercise, CountAnswer, Exercise, Started
from securecall_client.text import too_alike
from securecall_client.work import (
    fold_again,
    fold_answers,
    fold_documents,
    fold_parts,
    fold_presenting,
    fold_sealed,
)
from securecall_client.work.errors import VoidError, WorkError
from securecall_client.work.fold_counting import count_answer
from securecall_client.work.state import Mark, Origin, Put, State, Void

Leading = (
    content.Organisation
    | content.CallInfo
    | content.RollCall
    | content.Close
    | CloseExercise
    | Started
    | content.Again
    | AnswerFor
    | content.ByPage
    | CountAnswer
)
"""What owners and chairs alone may say."""


def about(change: e.Change, author: bytes) -> set[bytes]:
    """The members whom an entry is about, so that what it says of anybody else does not count."""
    match change:
        case e.Create():
            return {author}
        case e.Admit(admissions=admissions):
            return {admission.member for admission in admissions}
        case e.Relabel(members=members):
            return set(members)
        case _:
            return set()


def fold_entry(state: State, step: Step, body: e.EntryBody, allies: bytes, everyone: bytes) -> State:
    """Take in an entry and what it says under seal (empty where that is nothing, or not for this reader).

    Titles and names are for owners and chairs to set; others relabel nothing but their own alias.
    """
    keeps = step.role in KEEPERS
    named = about(body.change, body.author)
    titled = keeps and isinstance(body.change, e.Create | e.Relabel)
    state = fold_parts.lay_down(_hear(state, body.author, body.seen.seq, body.minute), step)
    try:
        if everyone and isinstance(body.change, e.Server):
            state = replace(state, addresses=tuple(decode(everyone, ServerCaption, CAPTION_BYTES).addresses))
        elif everyone:
            state = _fold_everyone(state, step, body, decode(everyone, EveryoneCaption, CAPTION_BYTES))
        if allies:
            told = read_allies(allies)
            names = {name.member: name for name in told.names if name.member in named and keeps}
            invites = {note.key: note for note in told.invites} if isinstance(body.change, e.Invite) else {}
            state = replace(
                state,
                title=(titled and told.title) or state.title,
                names={**state.names, **names},
                invites={**state.invites, **invites},
            )
    except InvalidError:
        return replace(
            state, void=(*state.void, Void(-1, body.author, sentence("an entry whose caption does not parse")))
        )
    return state


def _fold_everyone(state: State, step: Step, body: e.EntryBody, said: EveryoneCaption) -> State:
    """What guests read. An entry that makes somebody a guest says for them how the call and all in it are called."""
    repeats = body.start is not None and isinstance(body.change, e.Admit | e.SetRole)
    if step.role in KEEPERS and (repeats or isinstance(body.change, e.Create | e.Relabel)):
        state = replace(state, title=said.title or state.title)
    everybody = step.roster.members if repeats and step.roster is not None else ()
    named = {*about(body.change, body.author), *everybody}
    called = {alias.member: alias.alias for alias in said.aliases if alias.member in named}
    if step.role not in KEEPERS and _is_anothers(state, body.author, called.get(body.author, "")):
        told = Void(-1, body.author, sentence("an alias that could be taken for somebody else"))
        return replace(state, void=(*state.void, told))
    given = {member for member in called if isinstance(body.change, e.Relabel) or member in state.aliases}
    aliases = {member: called[member] for member in given}
    kinds = {member: called[member] for member in called.keys() - given}
    return replace(state, aliases={**state.aliases, **aliases}, kinds={**state.kinds, **kinds})


def _is_anothers(state: State, member: bytes, alias: str) -> bool:
    """Whether guests could take for somebody else whoever chooses this alias for themselves (row M14)."""
    others = (state.aliases.keys() | state.kinds.keys()) - {member}
    return any(too_alike(alias, state.for_guests(other)) for other in others)


def fold_absent(state: State, seq: int) -> State:
    """Note a record that is not readable here."""
    return replace(state, unreadable=(*state.unreadable, seq))


def mark(state: State, seq: int, header: Header) -> State:
    """Note when a record was made and what it drops, whether or not it can be read."""
    marks = (*state.marks.get(header.device, ()), Mark(seq, header.seen.seq, header.circle))
    documents = fold_documents.withdrawn(state.documents, header.drops) if header.drops else state.documents
    return replace(state, marks={**state.marks, header.device: marks}, documents=documents)


def fold_record(state: State, step: Step, record: Record, plaintext: bytes) -> State:
    """Take in a record; ``plaintext`` is empty where its seal did not open though the key is held."""
    header, seq = record.header, step.seq
    state = mark(state, seq, header)
    try:
        said, body = content.read(plaintext)
    except InvalidError:
        return _void(state, seq, header.author, sentence("it cannot be read"))
    origin = Origin(
        seq,
        header.epoch,
        header.id,
        header.author,
        header.device,
        _role(step),
        header.circle,
        header.seen,
        said.minute,
    )
    state = _hear(state, header.author, header.seen.seq, said.minute)
    if body is None:
        return replace(state, newer=(*state.newer, origin))
    try:
        return _take(state, origin, header, body)
    except (VoidError, WorkError) as error:
        return _void(state, seq, header.author, str(error))


def _hear(state: State, member: bytes, seen: int, minute: int) -> State:
    """Note what a member had seen, and when they said so; that also answers whoever asked before."""
    if state.asked is not None and state.asked[1] != member and seen >= state.asked[0]:
        state = replace(state, asked=None)
    if seen < state.heard.get(member, (0, 0))[0]:
        return state
    return replace(state, heard={**state.heard, member: (seen, minute)})


def _role(step: Step) -> Role:
    if step.role is None:
        raise RuntimeError("a record that was read has an author with a role")
    return step.role


def _void(state: State, seq: int, author: bytes, why: str) -> State:
    return replace(state, void=(*state.void, Void(seq, author, why)))


def _take(state: State, origin: Origin, header: Header, body: content.Body) -> State:
    match body:
        case content.Empty(asks=asks):
            return replace(state, asked=(origin.seq, origin.author)) if asks else state
        case content.Notice():
            return replace(state, notices=(*state.notices, Put(origin, body)))
        case content.DeviceName(device=device, name=name):
            return replace(state, device_names={**state.device_names, (origin.author, device): name})
        case content.Document():
            return fold_documents.document(state, origin, header, body)
        case Answer():
            return fold_answers.answer(state, origin, body)
        case _ if isinstance(body, parts.Part):
            return _part(state, origin, body)
        case _ if isinstance(body, fold_sealed.Taken):
            return fold_sealed.take(state, header.space, origin, body)
        case _ if origin.role not in KEEPERS:
            raise VoidError("only owners and chairs may say this")
        case content.CallInfo() | content.RollCall() | content.Close() if origin.circle != "everyone":
            raise VoidError("what holds for a whole call, said behind its guests' backs")
        case _:
            return _keep_house(state, origin, header, body)


def _part(state: State, origin: Origin, body: parts.Part) -> State:
    if isinstance(body, parts.Presenting):
        return fold_presenting.take(state, origin, body)
    if isinstance(body, parts.PageNow):
        return fold_presenting.turn(state, origin, body)
    return fold_parts.take(state, origin, body)


def _keep_house(state: State, origin: Origin, header: Header, body: Leading) -> State:
    """Take in what owners and chairs alone may say."""
    match body:
        case content.Organisation():
            return replace(state, organisations={**state.organisations, body.organisation: body})
        case content.CallInfo():
            return replace(state, call=body, call_at=origin.seq)
        case content.RollCall():
            return replace(state, roll_calls={**state.roll_calls, origin.seq: origin.minute})
        case content.Close():
            return replace(state, closed=origin.seq if state.closed is None else state.closed)
        case CloseExercise() | CountAnswer() | AnswerFor():
            return _of_exercise(state, origin, body)
        case Exercise() | sealed_kinds.SealedExercise():
            if body.exercise in state.exercises:
                raise VoidError("an exercise that stands already")
            return fold_again.start(state, origin, body, origin.seq)
        case content.ByPage():
            return _by_page(state, origin, header, body)
        case content.Again():
            return fold_again.again(state, origin, body)


def _of_exercise(
    state: State,
    origin: Origin,
    body: CloseExercise | CountAnswer | AnswerFor,
) -> State:
    if isinstance(body, AnswerFor):
        return fold_answers.answer_for(state, origin, body)
    if isinstance(body, CountAnswer):
        fold_answers.the_exercise(state, origin, body.exercise, sentence("a say over an answer"))
        return count_answer(state, body)
    fold_answers.the_exercise(state, origin, body.exercise, sentence("a closing"))
    return replace(state, closed_exercises={body.exercise: origin.seq, **state.closed_exercises})


def _by_page(state: State, origin: Origin, header: Header, body: content.ByPage) -> State:
    if isinstance(body.said, Answer):
        return fold_answers.by_page(state, origin, body)
    return fold_answers.mark_by_page(fold_documents.document(state, origin, header, body.said), origin, body)
