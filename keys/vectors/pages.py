"""A sealed page and what comes back of it, under one code. For `make.py`."""

from story import Document, seed

from securecall_keys.pages import PageKeys, code_text
from securecall_keys.secret import Secret

SHOWN = b"what a page shows, which is JSON behind its length"
SAID = b"what comes back, which is JSON behind its length, and a file"


def pages_document() -> Document:
    """The id and code of a page, both seals, and what they hold."""
    keys = PageKeys(seed("page")[:16], Secret(seed("page code")[:16]))
    return {
        "about": "a sealed page, and a reply to it",
        "page": keys.page.hex(),
        "code": code_text(keys.code),
        "sealed page": keys.seal("page", SHOWN).hex(),
        "shown": SHOWN.hex(),
        "sealed reply": keys.seal("reply", SAID).hex(),
        "said": SAID.hex(),
    }
