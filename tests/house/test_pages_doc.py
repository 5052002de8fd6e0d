"""Every command has a page or a reason why it has none, and `docs/pages.md` says which."""

from pathlib import Path

from securecall_client.cli.by_page import REASONS, commands, done_at, shown_at, table

ROOT = Path(__file__).parents[2]
NOT_YET: frozenset[str] = frozenset()
"""Commands whose page is being made. It must be empty before a release."""


def test_the_page_agrees_with_the_program() -> None:
    page = (ROOT / "docs" / "pages.md").read_text("utf-8")
    assert page == table(), "run: python -m securecall_client.cli.by_page > docs/pages.md"


def test_every_command_has_a_page_or_a_reason() -> None:
    assert {*commands()} - {*shown_at()} - {*done_at()} - {*REASONS} == NOT_YET


def test_no_page_is_for_a_command_that_is_not_there() -> None:
    assert ({*shown_at()} | {*done_at()} | {*REASONS} | NOT_YET) - {*commands()} == set()


def test_what_has_a_page_needs_no_reason() -> None:
    assert {*REASONS} & ({*shown_at()} | {*done_at()}) == set()
