"""What goes from this computer when its device goes from a space, or the space is destroyed (row R08).

Grants, and with them every key, and the bytes of all records go; entries and digests stay, so that the chain still
verifies. What one wrote is sealed anew, under the storage key, before that; of a destroyed space nothing stays.
"""

from securecall import entries as e
from securecall.records import Record
from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.guest_page.kept import Pages
from securecall_client.kept import Kept, KeptRecord
from securecall_client.progress import Say
from securecall_client.replica import Replica
from securecall_client.text import when
from securecall_client.view import SpaceView
from securecall_client.wiped import Wiped
from securecall_keys.secret import Secret

WEEK = 7 * 24 * 3600
"""Seconds for which a destroyed space can still be read from this computer."""


class Wiping:
    """Wipes spaces of one profile when it is time, and says so."""

    def __init__(self, replica: Replica, key: Secret, say: Say) -> None:
        self._replica, self._key, self._say = replica, key, say
        self._wiped = Wiped(replica.database)

    async def restore(self, view: SpaceView) -> None:
        """Let a view know what is kept of its space, and until when the rest is."""
        bodies = await self._wiped.kept(view.space)
        if bodies:
            view.keep(Kept.unseal(self._key, view.space, bodies))
        view.until = await self._replica.number(_until(view.space))

    async def see_to(self, view: SpaceView, *, removed: bool = False) -> bool:
        """Wipe what must go by now, or since this device was ``removed``, which no chain here shows yet.

        Returns whether anything went; the view is then to be made anew.
        """
        if view.is_wiped or not view.chain.heads:
            return False
        if view.chain.destroyed:
            return await self._see_to_the_end(view)
        if (view.is_in() or not view.was_in()) and not removed:
            return False
        kept = _own(view)
        others = sum(isinstance(step.body, Record) for step in view.steps) - len(kept.records)
        await self._set_aside(view.space, "not-a-member")
        await self._wiped.wipe(view.space, kept.seal(self._key, view.space))
        await Pages(self._replica, self._key).drop_all_of(view.space)
        gone = sentence("This device no longer counts in") if removed else sentence("You are no longer in")
        self._say.line(
            sentence(
                "%(gone)s %(title)s. Its keys, and %(others)s records that others wrote, were wiped from "
                "this computer. What you wrote there can still be read here. Files are on the server "
                "alone, and closed to you now.",
                gone=gone,
                title=kept.title,
                others=others,
            )
        )
        return True

    async def _see_to_the_end(self, view: SpaceView) -> bool:
        if view.until is None:
            view.until = clock.now() + WEEK
            await self._set_aside(view.space, "destroyed")
            await self._replica.set_meta(_until(view.space), str(view.until).encode())
            self._say.line(
                sentence(
                    "%(title)s was destroyed by %(ender)s, and the server has deleted what was in it. What "
                    "this computer has can be read until %(time)s; then it is wiped. To keep it in an "
                    "encrypted archive: securecall call export CALL -o FILE.",
                    title=view.state.title,
                    ender=_ender(view),
                    time=when(clock.at(view.until)),
                )
            )
        if clock.now() < view.until:
            return False
        await self._wiped.wipe(view.space, Kept("", {}).seal(self._key, view.space))
        await Pages(self._replica, self._key).drop_all_of(view.space)
        self._say.line(
            sentence("%(title)s, which was destroyed, is now wiped from this computer.", title=view.state.title)
        )
        return True

    async def _set_aside(self, space: bytes, code: str) -> None:
        """What waits for the space goes nowhere any more, and stays."""
        for waiting in await self._replica.waiting(space):
            await self._replica.refuse(waiting.record, code)


def _until(space: bytes) -> str:
    return f"until {space.hex()}"


def _own(view: SpaceView) -> Kept:
    """What this member wrote, and the questions of the exercises that they answered."""
    sight = view.unsealed().state
    given = [*sight.answers.items(), *sight.answers_for.items()]
    answered = {key[0] for key, answers in given for origin, _ in answers if origin.author == view.member}
    asked = {sight.exercises[exercise][0].seq for exercise in answered}
    asked |= {place for exercise in answered & sight.sealed.keys() for place in sight.sealed[exercise].keys}
    records = {}
    for step in view.steps:
        if isinstance(step.body, Record) and (step.body.header.author == view.member or step.seq in asked):
            plaintext = view.plaintext(step)
            if plaintext is not None and step.role is not None:
                records[step.seq] = KeptRecord(step.body.header, step.role, plaintext)
    return Kept(view.state.title, records)


def _ender(view: SpaceView) -> str:
    entry = view.steps[view.chain.latest_seq].body
    return view.state.name(entry.body.author) if isinstance(entry, e.Entry) else sentence("an owner")
