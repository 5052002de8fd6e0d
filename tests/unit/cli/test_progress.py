"""How acts speak while they run: sentences everywhere, bars only where a person looks on."""

import io
import re

import pytest

from securecall_client.progress import Say, Terminal


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("TERM", "xterm")
    return Screen()


def test_a_file_gets_sentences_and_no_bars() -> None:
    stream = io.StringIO()
    say: Say = Terminal(stream)
    say.progress("Fetching a.pdf", 1, 2)
    say.line("Waiting for process 7.")
    assert stream.getvalue() == "Waiting for process 7.\n"


def test_a_terminal_gets_a_bar_that_goes_when_it_is_full(screen) -> None:
    say = Terminal(screen)
    for done in (0, 1024, 2048):
        say.progress("Fetching a.pdf", done, 2048)
    assert "2.0/2.0 KiB" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")
    before = len(screen.getvalue())
    say.line("Done.")
    assert screen.getvalue()[before:] == "Done.\n"


def test_an_empty_file_is_no_trouble(screen) -> None:
    say = Terminal(screen)
    say.progress("Fetching empty", 0, 0)
    say.close()
    assert "empty" in screen.getvalue()


def test_m14_a_name_in_a_bar_or_a_sentence_is_only_text(screen) -> None:
    say = Terminal(screen)
    say.progress("Fetching [red]a[/red]\x1b[5m\x07\u202e", 1, 2)
    say.line("from \x9b31m\nowner")
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.getvalue())
    assert "[red]a[/red]\\x1b[5m" in shown
    assert "\\x9b31m\\x0aowner" in shown
    assert not {"\x07", "\x9b", "\u202e"} & set(screen.getvalue())
