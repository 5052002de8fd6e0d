"""What a guest's browser gives back of a sealed page, made by other means than the page's own script."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from securecall_client.guest_page.reply import BEGIN, END
from securecall_keys.pages import PageKeys, read_code

ROW: Mapping[str, object] = {"activity": "shelter", "place": "FR", "status": "planned"}


def laid_out(said: object, file: bytes = b"") -> bytes:
    """The content of a reply: JSON behind its length, and a file."""
    words = json.dumps(said).encode()
    return len(words).to_bytes(4, "big") + words + file


def armoured(sealed: bytes) -> str:
    """Sealed bytes as they travel."""
    return f"{BEGIN}\n{base64.b64encode(sealed).decode()}\n{END}\n"


def reply_text(
    page: str, code: str, answers: Mapping[str, Mapping[str, object]], name: str | None = None, file: bytes = b""
) -> str:
    """The sealed text with answers by exercise, and a file of that name."""
    said = {
        "version": 1,
        "answers": [{"exercise": exercise, "questions": questions} for exercise, questions in answers.items()],
        "file": None if name is None else {"name": name, "size": len(file)},
    }
    return armoured(keys_of(page, code).seal("reply", laid_out(said, file)))


def keys_of(page: str, code: str) -> PageKeys:
    """The keys of a page, from what its maker was told."""
    return PageKeys(bytes.fromhex(page), read_code(code))


def sealed_in(html: Path) -> bytes:
    """The sealed bytes in a page's file."""
    text = html.read_text("utf-8")
    return base64.b64decode(text.partition('<pre id="sealed" hidden>')[2].partition("</pre>")[0])


def told_by(html: Path, page: str, code: str) -> tuple[dict[str, object], bytes]:
    """What a page shows, and the files in it."""
    content = keys_of(page, code).open("page", sealed_in(html))
    length = int.from_bytes(content[:4], "big")
    told: dict[str, object] = json.loads(content[4 : 4 + length])
    return told, content[4 + length :]
