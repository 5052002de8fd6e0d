"""Opening a browser without telling other users of this computer the secret that lets it in (row L10)."""

import webbrowser
from html import escape
from pathlib import Path
from typing import Final

from securecall_client.files import write_atomic
from securecall_client.folder import private_dir

_NAME: Final = "open.html"
_PAGE: Final = """<!doctype html>
<meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}">
<title>SecureCall</title>
<p><a href="{address}">SecureCall</a></p>
"""


def open_browser(address: str, home: Path) -> bool:
    """Open ``address``, by way of a file in ``home`` that only this user can read; whether there was a browser.

    The words of a command can be read by everybody on a computer, and a browser is opened by a command.
    """
    private_dir(home)
    page = home / _NAME
    write_atomic(page, _PAGE.format(address=escape(address)).encode())
    return webbrowser.open(page.as_uri())


def forget_browser(home: Path) -> None:
    """Take that file away again."""
    (home / _NAME).unlink(missing_ok=True)
