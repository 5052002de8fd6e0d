"""Files that people hand on to be judged, or to be put back: evidence, a backup, the mark of a restored server."""

from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from securecall import entries as e
from securecall.evidence import Evidence, Shown, Told, read_evidence, write_evidence
from securecall.judging import judge
from securecall.labels import Label
from securecall.statements import Statement
from securecall.wire import encode, item_digest
from securecall_client import exhibits
from securecall_server.archive import Listing, Reader, Writer
from securecall_server.errors import StartError
from securecall_server.restored import RESTORED, lifted
from tests.fuzz import scene
from tests.fuzz.target import MALFORMED, Target
from tests.world import Place, Space, found


@cache
def _space() -> Space:
    """A space whose server is one that can sign here."""
    space = found(scene.people()[0])
    space.enter(space.founder, e.Server(scene.KEY))
    space.write(space.founder, b"text")
    return space


def _shown(place: Place) -> Shown:
    label = Label.RECORD if place.kind else Label.ENTRY
    return Shown(place.kind, item_digest(place.item, label), place.item, list(place.identities))


@cache
def _statements() -> list[bytes]:
    chain = _space().chain
    said = [Statement(chain.space, seq, head, 7 + seq, newest=False) for seq, head in enumerate(chain.heads)]
    return [scene.signed(Label.STATEMENT, encode(one)) for one in said[1:]]


@cache
def _case() -> Evidence:
    space = _space()
    told = Told("record", space.seal(space.founder, space.header(space.founder)))
    return Evidence(space.id, [_shown(place) for place in space.places], None, _statements(), [told], None)


def _judge(data: bytes) -> None:
    """A file of evidence, whatever it is, holds or is refused; what was read is what was written."""
    case = read_evidence(data)
    assert write_evidence(case) == data
    judge(case)


def _judge_case(data: bytes) -> None:
    _judge(Label.EVIDENCE.prefix() + data)


def _is_of(data: bytes) -> bool:
    exhibit = SimpleNamespace(servers={scene.KEY}, space=_space().id)
    return exhibits._is_of(data, exhibit)  # type: ignore[arg-type]  # all that is read of it


@cache
def _backup() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "backup")
        with path.open("wb") as file:
            writer = Writer(file)
            member = writer.add("server.json", b"{}")
            writer.finish(Listing(1, "2026-11-22T20:00:00+00:00", "ef" * 32, [member], []))
        return path.read_bytes()


def _lifted(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, RESTORED).write_bytes(data)
        assert all(len(space) == 32 for space in lifted(Path(folder)))


TARGETS = [
    Target("a file of evidence", _judge, lambda: [write_evidence(_case())], MALFORMED),
    Target("a case, judged", _judge_case, lambda: [encode(_case())], MALFORMED),
    Target("a statement for evidence", _is_of, _statements, ()),
    Target("a backup", lambda data: Reader(BytesIO(data)), lambda: [_backup()], (StartError,)),
    Target("the mark of a restored server", _lifted, lambda: [b"ab" * 32 + b"\n", b""], ()),
]
