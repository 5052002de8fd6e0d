"""`securecall demo --web`: what is left of it when the terminal is closed, or it is told to end: nothing."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from securecall_client.demo import prints, run, windows

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Whoever is told to end is asked as before afterwards, and dies of nothing meanwhile."""
    before = {one: signal.signal(one, signal.default_int_handler if one is signal.SIGINT else _lost) for one in ENDS}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


def _lost(number: int, _frame: object) -> None:
    raise AssertionError(f"signal {number} would have killed it, and all of it would still be there")


@pytest.mark.parametrize("ends", ENDS)
def test_nothing_is_left_of_the_demo_however_it_is_ended(
    ends: signal.Signals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ended: list[str] = []

    async def play(folder: Path, *, browser: bool) -> None:
        (folder / "keys").write_text("secret")
        try:
            os.kill(os.getpid(), ends)
            await asyncio.Event().wait()
        finally:
            ended.append("the pages")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(windows, "_in_folder", play)
    monkeypatch.setattr(run, "compile_once", lambda: ended.append("compiled"))
    assert windows.main(browser=False) == 0
    assert (ended, list(tmp_path.iterdir())) == (["compiled", "the pages"], [])


def test_the_paper_is_a_pdf_and_the_picture_a_png(tmp_path: Path) -> None:
    heads = [path.read_bytes()[:4] for path in prints.lay_out(tmp_path)]
    assert heads == [b"%PDF", b"\x89PNG"]
