"""Second computers and recovery sheets of people on a stage, and what goes between two computers on the way."""

import asyncio
from collections.abc import Callable, Coroutine

from securecall_client.acts import linking, recovering
from securecall_client.results.devices import AddedDevice, LinkedDevice, MadeSheet, Recovered
from securecall_client.settings import Settings
from tests.simulator.people import LOCK, Person, Stage

Meanwhile = Callable[[str], Coroutine[None, None, None]]


async def show(person: Person, then: Meanwhile, *, name: str = "", patience: float = 20) -> AddedDevice:
    """Let somebody show a linking text on their computer, and ``then`` happen with it."""
    shown: asyncio.Queue[str] = asyncio.Queue()
    async with person.open() as session:
        add = asyncio.create_task(
            linking.add_device(session, name=name, show=shown.put_nowait, patience=patience),
        )
        told = asyncio.create_task(shown.get())
        await asyncio.wait([add, told], return_when=asyncio.FIRST_COMPLETED)
        if add.done():
            told.cancel()
            return add.result()
        other = asyncio.create_task(then(told.result()))
        try:
            added = await add
            await other
        finally:
            if other.done():
                other.result()
            other.cancel()
        return added


async def take(person: Person, text: str, *, patience: float = 20) -> LinkedDevice:
    """Let a computer become somebody's by a linking text."""
    return await linking.link(
        Settings(person.home), LOCK, person.say, text=text, connect=person.hostile.connect, patience=patience
    )


async def link(stage: Stage, old: str, new: str, *, name: str = "") -> AddedDevice:
    """Link a second computer, ``new``, to somebody's computer ``old``."""

    async def then(text: str) -> None:
        await take(stage[new], text)

    return await show(stage[old], then, name=name)


async def sheet(person: Person) -> MadeSheet:
    """Let somebody make a recovery sheet."""
    async with person.open() as session:
        return await recovering.make_sheet(session)


async def recover(person: Person, text: str) -> Recovered:
    """Let a computer become that of the sheet's owner."""
    return await recovering.recover(Settings(person.home), LOCK, person.say, text=text, connect=person.hostile.connect)
