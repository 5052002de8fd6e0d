"""The fold: one verified item after the other into a `State` (protocol 8). Pure.

Whether an author had the right to say something is judged here, once, by the role they had at that place.
What fails that, or does not parse, is void for all and stops nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msgspec.structs import replace as change

from securecall import entries as e
from securecall.errors import InvalidError
from securecall.records import Header, Record
from securecall.rights import KEEPERS, Role
from securecall.state import Step
from securecall.wire import ZERO, decode
from securecall_client import content, parts, sealed_kinds
from securecall_client.captions import CAPTION_BYTES, EveryoneCaption, ServerCaption, read_allies
from securecall_client.text import too_alike
from securecall_client.work import fold_answers, fold_parts, fold_sealed, template
from securecall_client.work.errors import VoidError, WorkError
from securecall_client.work.fold_counting import count_answer
from securecall_client.work.state import Mark, Origin, Put, State, Version, Versions, Void
from securecall_keys.blobs import chunk_count

Leading = (
    content.Organisation
    | content.CallInfo
    | content.RollCall
    | content.Close
    | content.CloseExercise
    | content.Started
    | content.Again
    | content.AnswerFor
    | content.CountAnswer
)
"""What owners and chairs alone may say."""
NOT_SAID = "it repeats something that was not said like that"


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
    state = fold_parts.lay_down_pens(_hear(state, body.author, body.seen.seq, body.minute), step)
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
        return replace(state, void=(*state.void, Void(-1, body.author, "an entry whose caption does not parse")))
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
        told = Void(-1, body.author, "an alias that could be taken for somebody else")
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
    documents = _withdrawn(state.documents, header.drops) if header.drops else state.documents
    return replace(state, marks={**state.marks, header.device: marks}, documents=documents)


def _withdrawn(documents: Mapping[bytes, Versions], drops: Sequence[bytes]) -> dict[bytes, Versions]:
    """The documents without the keys of those versions whose blob is dropped."""

    def without(version: Version) -> Version:
        if version.body.blob not in drops:
            return version
        return replace(version, body=change(version.body, key=ZERO), withdrawn=True)

    return {document: tuple(map(without, versions)) for document, versions in documents.items()}


def fold_record(state: State, step: Step, record: Record, plaintext: bytes) -> State:
    """Take in a record; ``plaintext`` is empty where its seal did not open though the key is held."""
    header, seq = record.header, step.seq
    state = mark(state, seq, header)
    try:
        said, body = content.read(plaintext)
    except InvalidError:
        return _void(state, seq, header.author, "it cannot be read")
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
            return _document(state, origin, header, body)
        case content.Answer():
            return fold_answers.answer(state, origin, body)
        case _ if isinstance(body, parts.Part):
            return fold_parts.take(state, origin, body)
        case _ if isinstance(body, fold_sealed.Taken):
            return fold_sealed.take(state, header.space, origin, body)
        case _ if origin.role not in KEEPERS:
            raise VoidError("only owners and chairs may say this")
        case content.CallInfo() | content.RollCall() | content.Close() if origin.circle != "everyone":
            raise VoidError("what holds for a whole call, said behind its guests' backs")
        case _:
            return _keep_house(state, origin, body)


def _keep_house(state: State, origin: Origin, body: Leading) -> State:
    """Take in what owners and chairs alone may say."""
    match body:
        case content.Organisation():
            return replace(state, organisations={**state.organisations, body.organisation: body})
        case content.CallInfo():
            return replace(state, call=body, call_at=origin.seq)
        case content.RollCall():
            return replace(state, roll_calls=(*state.roll_calls, origin.seq))
        case content.Close():
            return replace(state, closed=origin.seq if state.closed is None else state.closed)
        case content.CloseExercise() | content.CountAnswer():
            return _of_exercise(state, origin, body)
        case content.Exercise() | sealed_kinds.SealedExercise():
            if body.exercise in state.exercises:
                raise VoidError("an exercise that stands already")
            return _start(state, origin, body, origin.seq)
        case content.AnswerFor():
            return fold_answers.answer_for(state, origin, body)
        case content.Again():
            return _again(state, origin, body)


def _of_exercise(state: State, origin: Origin, body: content.CloseExercise | content.CountAnswer) -> State:
    if isinstance(body, content.CountAnswer):
        fold_answers.the_exercise(state, origin, body.exercise, "a say over an answer")
        return count_answer(state, body)
    fold_answers.the_exercise(state, origin, body.exercise, "a closing")
    return replace(state, closed_exercises={body.exercise: origin.seq, **state.closed_exercises})


def _again(state: State, origin: Origin, body: content.Again) -> State:
    """For whoever cannot read the first, the repetition stands for it; all others hold it against the first."""
    if origin.circle != "everyone":
        raise VoidError("it repeats something, and not for everyone")
    match body.said:
        case content.CallInfo():
            state = _call_again(state, body.first, body.said)
        case sealed_kinds.ExerciseKey():
            state = fold_sealed.key_again(state, origin, body.first, body.said)
        case _:
            state = _exercise_again(state, origin, body.first, body.said)
    return replace(state, again={**state.again, body.first: origin.seq})


def _call_again(state: State, first: int, said: content.CallInfo) -> State:
    if first == state.call_at:
        holds = said == state.call
    else:
        holds = first in state.unreadable or first < state.call_at
    if not holds:
        raise VoidError(NOT_SAID)
    return replace(state, call=said, call_at=first) if first > state.call_at else state


def _exercise_again(state: State, origin: Origin, first: int, said: content.Started) -> State:
    known, hidden = state.exercises.get(said.exercise), first in state.unreadable
    if known is None:
        if not hidden:
            raise VoidError(NOT_SAID)
        return _start(state, origin, said, first)
    same = said in (known[1], fold_sealed.as_open(state, known[1]))
    if not same or known[0].circle != "everyone" or not (hidden or known[0].seq == first):
        raise VoidError(NOT_SAID)
    return state


def _start(state: State, origin: Origin, body: content.Started, first: int) -> State:
    """An exercise, first said at the place ``first``."""
    template.parse(body.template)
    state = replace(state, exercises={**state.exercises, body.exercise: (origin, body)})
    if isinstance(body, content.Exercise):
        return state
    return fold_sealed.begin(state, origin, body, first)


def _document(state: State, origin: Origin, header: Header, body: content.Document) -> State:
    versions = state.documents.get(body.document, ())
    if body.version == 0:
        raise VoidError("a version before the first")
    if versions:
        _check_version(versions[0], origin, body)
    elif body.version > 1 and not state.unreadable:
        raise VoidError("a new version of no document")
    count = chunk_count(body.size)
    listed = any(ref.blob == body.blob and ref.chunks == count for ref in header.blobs)
    if not listed or len(body.digests) != count:
        raise VoidError("a document whose file is not the one its record lists")
    version = Version(versions[-1].number + 1 if versions else body.version, origin, body)
    return replace(state, documents={**state.documents, body.document: (*versions, version)})


def _check_version(first: Version, origin: Origin, body: content.Document) -> None:
    """Raise VoidError unless this may be another version of the document that ``first`` began.

    Whoever was not given its first version (a guest who came later) cannot know its author, and lets that pass.
    """
    if body.version == 1:
        raise VoidError("a document that stands already")
    if origin.circle != first.origin.circle:
        raise VoidError("a version for another circle than its document")
    if first.number == 1 and origin.author != first.origin.author and origin.role not in KEEPERS:
        raise VoidError("only its author, owners and chairs replace a document")
