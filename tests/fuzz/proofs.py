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
from securecall.texts import TEXT_BYTES, write_text
from securecall.wire import encode, item_digest
from securecall_client import exhibits, naming
from securecall_client.errors import InvitationError, RefusedError
from securecall_keys.labels import Labels
from securecall_server.archive import Listing, Reader, Writer
from securecall_server.errors import StartError
from securecall_server.healing import Lacked, PutBack, _signer
from securecall_server.restored import RESTORED, lifted
from tests.fuzz import scene
from tests.fuzz.target import MALFORMED, Target
from tests.world import Place, Space, found, sign_anything

LED: tuple[type[Exception], ...] = (InvitationError, RefusedError)


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


def _view() -> SimpleNamespace:
    space = _space()
    return SimpleNamespace(space=space.id, chain=space.chain, ring=space.ring(space.founder.device))


def _word(data: bytes) -> object:
    """An owner's text, whatever it holds."""
    return naming.read_word(_view(), write_text(data[:TEXT_BYTES]))  # type: ignore[arg-type]  # all that is read of it


def _word_signed(data: bytes) -> object:
    return _word(sign_anything(_space().founder.device._signing.expose(), Label.ENTRY, data))


def _word_says(data: bytes) -> object:
    """What an owner puts under the seal of such a text, padded and sealed truly."""
    return _word(_made(Labels(data[:1_000])))


def _made(labels: Labels) -> bytes:
    space = _space()
    ring = space.ring(space.founder.device)
    return space.founder.author().word(space.chain, ring, e.Server(scene.KEY), 7, labels)


@cache
def _words() -> list[bytes]:
    return [_made(naming.labels("https://calls.example.org"))]


def _put_back(data: bytes) -> object:
    """Places put back at the beginning, with whatever statement at their end."""
    held = SimpleNamespace(chain=_space().chain)
    return _signer(held, PutBack(_space().id, 0, _lacked_places(), b"", data))  # type: ignore[arg-type]  # as above


def _lacked_places() -> list[Lacked]:
    shown = [_shown(place) for place in _space().places]
    return [Lacked(place.kind, place.digest, place.item, tuple(place.identities)) for place in shown]


TARGETS = [
    Target("a file of evidence", _judge, lambda: [write_evidence(_case())], MALFORMED),
    Target("a case, judged", _judge_case, lambda: [encode(_case())], MALFORMED),
    Target("a statement for evidence", _is_of, _statements, ()),
    Target("a backup", lambda data: Reader(BytesIO(data)), lambda: [_backup()], (StartError,)),
    Target("an owner's text", _word, _words, LED),
    Target("an owner's text, signed", _word_signed, lambda: [scene.payload(_words()[0])], LED),
    Target("an owner's text, sealed", _word_says, lambda: [naming.labels("https://calls.example.org").everyone], LED),
    Target("the end of what is put back", _put_back, lambda: _statements()[-1:], MALFORMED),
    Target("the mark of a restored server", _lifted, lambda: [b"ab" * 32 + b"\n", b""], ()),
]
