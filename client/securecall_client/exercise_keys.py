"""The keys of sealed exercises, which clients of owners and chairs look after by themselves (protocol 8.6; row R01).

What is owed follows from the chain: who is a facilitator now, and to which devices which key was passed on. So nothing
is queued anywhere, and whichever facilitator's device syncs next does what the one before it could not. When an owner
asks for it, each author's client reveals that author's answer.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from securecall.identity import Device
from securecall.rights import KEEPERS, Circle
from securecall.sentences import sentence
from securecall_client import content
from securecall_client.sealed_answers import facilitators, held_halves, holders, needs_key, was_given
from securecall_client.sealed_kinds import BOXES, AnswerSecret, ExerciseKey, KeyShare, Reveal, RevealOwn
from securecall_client.view import SpaceView
from securecall_client.work.fold_sealed import answer_place
from securecall_client.work.state import Origin
from securecall_client.work.template import parse
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import fresh
from securecall_keys.sealed_answers import public_half, secret_by_device, share_half
from securecall_keys.secret import Secret

if TYPE_CHECKING:
    from securecall_client.session import Session

OURS = (ExerciseKey, KeyShare, Reveal, RevealOwn)


async def make_key(session: "Session", view: SpaceView, exercise: bytes, circle: Circle) -> bytes:
    """A new key for an exercise, given to the devices of all facilitators. Returns its public half.

    The shares go ahead of the record that names the key, so that none ever stands that nobody can open.

    Raises: as `Writer.write`.
    """
    half = fresh()
    await _share(session, view, exercise, circle, half, list(facilitators(view.chain.roster).values()))
    return public_half(half)


async def see_to(session: "Session", space: bytes) -> None:
    """Do for the sealed exercises of a space what is owed there. Raises: as `Writer.write`."""
    view = await session.view(space)
    if not session.reached or not view.state.sealed or not view.is_in() or view.chain.roster.due:
        return
    if await _is_on_its_way(session, space):
        return
    for exercise, sealing in view.state.sealed.items():
        if sealing.asked is not None:
            await _reveal_own(session, view, exercise, sealing.asked)
        if session.role_in(view) in KEEPERS:
            await _look_after(session, view, exercise)


async def _is_on_its_way(session: "Session", space: bytes) -> bool:
    """Whether something of this kind waits in the outbox, so that the chain does not show it yet."""
    waiting = [outgoing for of, outgoing in await session.outbox.listing() if of == space]
    return any(isinstance(content.read(outgoing.content)[1], OURS) for outgoing in waiting)


async def _look_after(session: "Session", view: SpaceView, exercise: bytes) -> None:
    circle, sealing = view.state.exercises[exercise][0].circle, view.state.sealed[exercise]
    if len(sealing.halves) == len(sealing.keys):
        return
    halves = held_halves(view.state, view.space, exercise, session.device)
    if not view.state.is_sealed(exercise):
        left = [half.expose() for key, half in halves.items() if key not in sealing.halves]
        if left and sealing.revealed is not None:
            await session.writer.write(view.space, Reveal(exercise, left), circle)
        return
    newest, _ = sealing.newest
    cheated = newest not in halves and was_given(view.state, exercise, newest, session.device.id)
    if cheated or needs_key(view.state, view.chain.roster, exercise):
        key = await make_key(session, view, exercise, circle)
        await session.writer.write(view.space, ExerciseKey(exercise, key), circle)
    for key, half in halves.items():
        held = holders(view.state, exercise, key)
        lack = [device for name, device in facilitators(view.chain.roster).items() if name not in held]
        await _share(session, view, exercise, circle, half, lack)


async def _share(
    session: "Session", view: SpaceView, exercise: bytes, circle: Circle, half: Secret, devices: Sequence[Device]
) -> None:
    for start in range(0, len(devices), BOXES):
        boxes = share_half(half, view.space, exercise, devices[start : start + BOXES])
        await session.writer.write(view.space, KeyShare(exercise, public_half(half), boxes), circle)


async def _reveal_own(session: "Session", view: SpaceView, exercise: bytes, asked: Origin) -> None:
    """Reveal the newest of what one answered oneself, and the newest for each organisation, and say who asked."""
    secrets = _own_secrets(session, view, exercise)
    if not secrets:
        return
    origin, started = view.state.exercises[exercise]
    await session.writer.write(view.space, RevealOwn(exercise, secrets), origin.circle)
    session.say.line(
        sentence(
            "%(author)s, an owner of %(title)s, has asked everybody to reveal their own answer to "
            "%(title2)s. That is for when nobody is left who could reveal all of them. Yours can now "
            "be read by all whom the exercise is for.",
            author=view.state.name(asked.author),
            title=view.state.title,
            title2=parse(started.template).title,
        )
    )


def _own_secrets(session: "Session", view: SpaceView, exercise: bytes) -> list[AnswerSecret]:
    """Of one's sealed answers the newest ones, back to the first that this device cannot open: it came later, and an
    older answer is never revealed in the place of a newer one.
    """
    sealing = view.state.sealed[exercise]
    mine = [(origin, body) for origin, body in sealing.answers if origin.author == session.member]
    opened: dict[int, AnswerSecret] = {}
    for origin, body in reversed(mine):
        try:
            secret = secret_by_device(body.sealed, answer_place(view.space, origin, body), session.device)
        except CannotOpenError:
            break
        opened[origin.seq] = AnswerSecret(origin.record, secret.expose())
    sight = view.unsealed().state
    given = [*sight.answers.items(), *sight.answers_for.items()]
    newest = {answers[-1][0].seq for (of, _), answers in given if of == exercise}
    return [opened[seq] for seq in sorted(newest & opened.keys() - sealing.opened)]
