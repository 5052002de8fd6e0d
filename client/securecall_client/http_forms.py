"""The JSON of the server's answers, and what is said where an answer has another form."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

import msgspec

from securecall import caps
from securecall.sentences import sentence
from securecall_client.errors import OfflineError, SecureCallError
from securecall_client.transport import Place

NOT_OURS = sentence("Something answered, but it is not a SecureCall server of this version.")
PORTAL = sentence("Something between you and the server answers with a web page: perhaps a Wi-Fi sign-in page.")
SIGN_IN = sentence("Open any page in a browser, sign in there, then try again. Nothing of it was believed.")
FALTERS = sentence("The server's front door answers, and the server behind it does not.")

T = TypeVar("T")
Seq = Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]


class ProblemForm(msgspec.Struct):
    """A problem document (RFC 9457); only the stable code counts, and what comes with it for a removed device."""

    code: str
    title: str = ""
    identity: Annotated[list[str], msgspec.Meta(max_length=caps.IDENTITY_ENTRIES)] = []


class HelloForm(msgspec.Struct):
    """The answer to `POST /v1/hello`."""

    hello: str


class LoginForm(msgspec.Struct):
    """The answer to `POST /v1/login`."""

    token: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class ItemForm(msgspec.Struct):
    """A place."""

    kind: int = msgspec.field(name="class")
    digest: str
    item: str | None
    identities: list[str]


class PageForm(msgspec.Struct):
    """The answer to `GET …/items`."""

    items: list[ItemForm]
    end: str
    read_only: bool = False


class PutBackForm(msgspec.Struct):
    """The answer to a `PUT …/items`."""

    places: Seq


class AcknowledgementForm(msgspec.Struct):
    """The answer to an append."""

    seq: Seq
    before: str
    statement: str


class GrantForm(msgspec.Struct):
    """A grant."""

    seq: Seq
    box: str


class GrantsForm(msgspec.Struct):
    """The answer to `GET …/grants`."""

    grants: list[GrantForm]


class ChunksForm(msgspec.Struct):
    """The answer to `GET …/blobs/B`."""

    chunks: dict[int, int]
    begun: dict[int, Annotated[int, msgspec.Meta(ge=1)]] = {}


class JoinForm(msgspec.Struct):
    """A join request."""

    request: str
    letter: str
    identity: list[str]


class JoinsForm(msgspec.Struct):
    """The answer to `GET …/joins`."""

    joins: list[JoinForm]


class MailForm(msgspec.Struct):
    """The answer to `GET /v1/mailboxes/K`."""

    request: str | None
    answer: str | None


class HintForm(msgspec.Struct):
    """A message on the live line."""

    space: str
    seq: int


class ours:  # noqa: N801  reads as a statement: with ours()
    """Whatever is wrong with the form of an answer means that it is not a server of ours."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError) and not isinstance(error, SecureCallError):
            raise OfflineError(NOT_OURS) from error


def b64(data: bytes) -> str:
    """Bytes as they stand in JSON."""
    return b64encode(data).decode("ascii")


def item_form(item: bytes, identities: Sequence[bytes], grants: Mapping[bytes, bytes]) -> dict[str, object]:
    """An item with what travels beside it."""
    return {
        "item": b64(item),
        "identities": [b64(identity) for identity in identities],
        "grants": {device.hex(): b64(box) for device, box in grants.items()},
    }


def place_form(place: Place) -> dict[str, object]:
    """A place as it is put back."""
    return {
        "class": place.kind,
        "digest": place.digest.hex(),
        "item": None if place.item is None else b64(place.item),
        "identities": [b64(identity) for identity in place.identities],
    }


def read_form(data: bytes, kind: type[T]) -> T:
    """Read an answer. Raises: OfflineError if it is not of that form."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OfflineError(NOT_OURS) from error
