"""The mark of a server that was put back from a backup (row O12)."""

from pathlib import Path

import pytest

from securecall_server.restored import RESTORED, Mark, is_restored, lift, lifted, mark_restored

ONE, TWO = b"\x01" * 32, b"\x02" * 32


def test_o12_a_marked_server_holds_every_space_until_it_is_lifted(tmp_path: Path) -> None:
    mark = Mark(tmp_path)
    assert (mark.stands(), mark.holds(ONE)) == (False, False)
    mark.lift(ONE)
    assert not is_restored(tmp_path), "lifting marks nothing"
    mark_restored(tmp_path)
    assert (mark.stands(), mark.holds(ONE), mark.holds(TWO)) == (True, True, True)
    mark.lift(ONE)
    mark.lift(ONE)
    assert (mark.holds(ONE), mark.holds(TWO)) == (False, True)
    assert lifted(tmp_path) == {ONE}
    assert (tmp_path / RESTORED).stat().st_mode & 0o777 == 0o600


def test_o12_a_second_restore_forgets_what_was_lifted_after_the_first(tmp_path: Path) -> None:
    mark_restored(tmp_path)
    lift(tmp_path, ONE)
    mark_restored(tmp_path)
    assert Mark(tmp_path).holds(ONE)


@pytest.mark.parametrize("torn", [b"", b"01" * 31, b"zz" * 32, b"\xff\x00", b"01" * 33, b"# put back by hand"])
def test_o12_a_line_that_names_no_space_lifts_none_and_harms_no_other(tmp_path: Path, torn: bytes) -> None:
    mark_restored(tmp_path)
    (tmp_path / RESTORED).write_bytes(torn)
    lift(tmp_path, TWO)
    assert lifted(tmp_path) == {TWO}


def test_o12_a_server_without_a_folder_has_no_mark() -> None:
    mark = Mark(None)
    mark.lift(ONE)
    assert (mark.stands(), mark.holds(ONE)) == (False, False)
