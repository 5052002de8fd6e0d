"""What lies on the disk: keystore, pins, and every value in a profile's database. A local attacker, or a bad disk, may
put anything there.

The database is a real one, of a chair in a call with an answer that is on its way out. An input says in its first byte
which value of the database, in its second which type, and then what to put there; then all is read that a person would
look at.
"""

import atexit
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from types import SimpleNamespace

from securecall.entries import Seen
from securecall.wire import encode
from securecall_client import wishes
from securecall_client.acts import documents, exercises, founding, joining, proxying
from securecall_client.acts.doctor import examine
from securecall_client.acts.drafts import Keeper
from securecall_client.acts.status import status
from securecall_client.content import Organisation
from securecall_client.drafts import Draft, Drafts, Place
from securecall_client.errors import OfflineError, ProfileError, SecureCallError
from securecall_client.file_lock import _holder
from securecall_client.foreseen import told
from securecall_client.heard import Denied, Echo
from securecall_client.kept import Kept, KeptRecord
from securecall_client.opening import at_work
from securecall_client.pins import Pins
from securecall_client.profile import Profile
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.twice import Generation, _decode_generation, _encode_generation
from securecall_client.unfound import Unfound
from securecall_client.work.template import load
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.errors import KeystoreError, WrongPassphraseError
from securecall_keys.keystore import lock_keystore, unlock_keystore
from securecall_keys.padding import pad
from securecall_keys.primitives import seal
from securecall_keys.secret import Secret
from securecall_server.clock import Clock
from tests.fuzz import scene
from tests.fuzz.target import Target, wait
from tests.simulator.people import LOCK, Spoken, Stage, build

TOLD: tuple[type[Exception], ...] = (SecureCallError,)
KEY = Secret(bytes(range(32)))
ID = b"\x05" * 16

PLACE = Place(bytes(32), ID)

# Keystore, pins and drafts


def _keystore() -> list[bytes]:
    return [lock_keystore(Secret(bytes(32)), KEY, passphrase=False)]


def _draft(data: bytes) -> None:
    """A file of a draft that holds ``data``."""
    with TemporaryDirectory() as folder:
        Path(folder, PLACE.name).write_bytes(data)
        Keeper(Drafts(Path(folder), KEY), PLACE, load("temperature"), None).load()


def _drafts() -> list[bytes]:
    with TemporaryDirectory() as folder:
        Keeper(Drafts(Path(folder), KEY), PLACE, load("temperature"), None).save({"stand": "for it"})
        return [Path(folder, PLACE.name).read_bytes()]


def _draft_says(data: bytes) -> None:
    """The same, truly sealed."""
    _draft(seal(KEY, pad(data), context_bytes(StorageContext("draft", PLACE.name))))


def _unlock(data: bytes) -> None:
    assert unlock_keystore(data, KEY) == Secret(bytes(32))


def _generation(data: bytes) -> bytes:
    found = _decode_generation(data)
    return data if found is None else _encode_generation(found)


def _same(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value


def _load_pins(data: bytes) -> None:
    """Pins of which both copies are these bytes: what is not as it was written is told, and never read as none."""
    with TemporaryDirectory() as folder:
        for number in range(2):
            Path(folder, f"pins.{number}").write_bytes(data)
        pins = Pins(Path(folder, "pins"), KEY)
        pins.load()
        assert pins.get(bytes(32)) is not None


@cache
def _pins() -> list[bytes]:
    with TemporaryDirectory() as folder:
        pins = Pins(Path(folder, "pins"), KEY)
        pins.load()
        pins.rise(bytes(32), Seen(3, scene.HEAD), 7)
        return [Path(folder, "pins.0").read_bytes()]


def _lock_file(data: bytes) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder, "lock")
        path.write_bytes(data)
        file = os.open(path, os.O_RDONLY)
        try:
            return _holder(file)
        finally:
            os.close(file)


# What was sealed for oneself


def _unseal_kept(data: bytes) -> object:
    """What is kept of a wiped space, of which the attacker exchanged the title."""
    bodies = {**_kept(), -1: data} if data else {3: data}
    return Kept.unseal(KEY, bytes(32), bodies)


@cache
def _kept() -> dict[int, bytes]:
    header = scene.call().header(scene.people()[0])
    return Kept("Freedonia", {3: KeptRecord(header, "owner", b"text")}).seal(KEY, bytes(32))


def _go_on_founding(data: bytes) -> object:
    """A founding that was broken off, with this note of it."""

    async def meta(_key: str) -> bytes:
        return data

    async def identity() -> list[bytes]:
        return [b"identity"]

    async def reach(*, patient: bool) -> None:
        raise OfflineError("As far as this goes here.")

    replica = SimpleNamespace(meta=meta, identity=identity)
    device = SimpleNamespace(storage=KEY)
    session = SimpleNamespace(replica=replica, home=b"", device=device, reach=reach)
    try:
        return wait(founding.go_on(session))  # type: ignore[arg-type]  # as far as a founding goes on
    except OfflineError as error:
        return error


def _foundings() -> list[bytes]:
    note = founding.Founding(bytes(32), b"item", b"grant", Organisation(ID, "Secretariat", "", ""))
    return [seal(KEY, encode(note), founding._CONTEXT)]


def _clock(data: bytes) -> object:
    """The server's mark of time, as its own database has it."""

    async def meta(_key: str) -> bytes:
        return data

    return wait(Clock.open(SimpleNamespace(meta=meta), lambda: 7))


# Every value in the database


@cache
def _stage() -> Stage:
    folder = mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    stage = build(Path(folder))
    wait(_play(stage))
    return stage


async def _play(stage: Stage) -> None:
    """Bob answers, offline too; something is wrong; he heard a beat, and has removals to do; a join was begun."""
    await stage.play()
    async with stage["Bob"].open(offline=True) as session:
        await session.alarms.keep("odd", "Something is odd.")
        await session.heard.take(stage.call, Echo(session.member, 1, 2))
        await session.heard.save(stage.call)
        await session.heard.deny(stage.call, Denied(session.member, Seen(999, scene.HEAD)))
        await wishes.keep(session, "remove", session.member)
        await session.replica.set_meta(f"until {stage.call.hex()}", b"99999999999.5")
        await session.replica.set_meta("proxy", b"socks5://127.0.0.1:9050")
        await session.replica.promise(stage.call, 999, scene.HEAD, b"statement")
    async with stage["Bob"].open(offline=True) as session:
        [line] = (await exercises.list_exercises(session, stage.call.hex())).exercises
        template = await exercises.show_exercise(session, stage.call.hex(), line.exercise)
        assert template.answers


Cell = tuple[str, str, int]
"""Table, column, and the row's number among those of its table."""


@cache
def _cells() -> tuple[tuple[Cell, object], ...]:
    """One of each column, with what stands there; of the notes about the profile all there are."""
    found: list[tuple[Cell, object]] = []
    with closing(sqlite3.connect(_stage()["Bob"].home / "replica.sqlite")) as database:
        tables = [
            row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        for table in tables:
            rows = database.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names out of the schema
            columns = [column[0] for column in rows.description]
            for number, row in enumerate(rows):
                if not number or table == "meta":
                    found += [((table, column, number), value) for column, value in zip(columns, row, strict=True)]
    return tuple(found[:256])


_TYPES: Sequence[Callable[[bytes], object]] = (
    bytes,
    lambda data: data.decode(errors="replace"),
    lambda data: int.from_bytes(data[:8], "big", signed=True),
    lambda _data: None,
    lambda data: float(len(data)) / 3,
)


def _values() -> list[bytes]:
    kinds = {bytes: 0, str: 1, int: 2, type(None): 3, float: 4}
    return [
        bytes([at, kinds[type(value)]]) + _raw(value)
        for at, ((table, _, _), value) in enumerate(_cells())
        if not table.startswith("sqlite")
    ]


def _raw(value: object) -> bytes:
    match value:
        case bytes():
            return value
        case str():
            return value.encode()
        case int():
            return value.to_bytes(8, "big", signed=True)
        case _:
            return b""


def _changed(data: bytes) -> None:
    """Put a value into the database and look at everything."""
    cells = _cells()
    (table, column, number), _ = cells[(data[0] if data else 0) % len(cells)]
    value = _TYPES[(data[1] if len(data) > 1 else 0) % len(_TYPES)](data[2:])
    with TemporaryDirectory() as folder:
        home = Path(folder, "home")
        shutil.copytree(_stage()["Bob"].home, home)
        with closing(sqlite3.connect(home / "replica.sqlite")) as database:
            try:
                _put(database, table, column, number, value)
            except sqlite3.Error as error:
                raise ProfileError("Even SQLite refuses to hold this.") from error
        try:
            wait(_look(home))
        except Exception as error:
            if told(error).code == "internal":
                raise
            raise told(error) from error


def _put(database: sqlite3.Connection, table: str, column: str, number: int, value: object) -> None:
    keys = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")') if row[5]]
    rows = database.execute(f'SELECT {", ".join(keys)} FROM "{table}"').fetchall()  # noqa: S608 - as above
    where = " AND ".join(f'"{key}" IS ?' for key in keys)
    database.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE {where}', (value, *rows[number]))  # noqa: S608 - as above
    database.commit()


async def _look(home: Path) -> None:
    stage, settings = _stage(), Settings(home, offline=True)
    bob = stage["Bob"]
    await proxying.keep_proxy(settings, "", Spoken())
    await examine(settings, Spoken(), "")
    device = Profile(home).unlock(LOCK)
    async with at_work(settings, device, bob.say, bob.hostile.connect) as session:
        await _look_at(session, stage.call)


async def _look_at(session: Session, call: bytes) -> None:
    await joining.joined_as(session)
    await wishes.wishes(session)
    await session.outbox.listing()
    await session.alarms.listing()
    await status(session)
    for space in list(session.spaces()):
        await Unfound(session.replica).tried(space)
        await Unfound(session.replica).told(space)
        await session.replica.promises(space)
    await session.heard.denied(call)
    await documents.list_documents(session, call.hex())
    await exercises.list_exercises(session, call.hex())


TARGETS = [
    Target("a keystore", _unlock, _keystore, (KeystoreError, WrongPassphraseError)),
    Target("one of two copies", _generation, lambda: [_encode_generation(Generation(7, b"text"))], (), again=_same),
    Target("a draft", _draft, _drafts, TOLD),
    Target("a draft, sealed", _draft_says, lambda: [encode(Draft(0, '{"stand": "for it"}'))], TOLD),
    Target("pins", _load_pins, _pins, TOLD),
    Target("who holds a profile", _lock_file, lambda: [b"77\ncall watch"], ()),
    Target("what is kept of a wiped space", _unseal_kept, lambda: [_kept()[-1]], TOLD),
    Target("a founding under way", _go_on_founding, _foundings, TOLD),
    Target("the server's mark of time", _clock, lambda: [bytes(8), b""], ()),
    Target("a value in a profile's database", _changed, _values, TOLD),
]
