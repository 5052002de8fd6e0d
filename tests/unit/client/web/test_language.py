"""Languages of the pages: what a browser asks for, and what it costs to answer in it."""

import time
from collections.abc import Iterator

import pytest

from securecall_client.web.language import LANGUAGES_MOST, _known, language
from securecall_client.web.render import _environment


def test_the_first_language_that_there_is_is_taken_and_else_english() -> None:
    assert [language(wanted).tag for wanted in ("xx, en-XA;q=0.8, en", "en-GB", "", "xx")] == [
        "en-XA", "en-GB", "en", "en",
    ]  # fmt: skip


def test_pages_are_made_ready_once_a_language_and_not_at_each_request() -> None:
    for wanted in ("", "de-CH", "xx", "en-GB,en", "ar-XB"):
        assert _environment(language(wanted)) is _environment(language(wanted)), wanted


def test_l10_whoever_is_let_in_to_nothing_cannot_fill_the_memory_with_languages() -> None:
    for number in range(3 * LANGUAGES_MOST):
        tag = f"en-{'a' * (8 + number)}"
        assert language(tag).tag == tag, "a language of its own"
        _environment(language(tag))
    for kept in (_known, _environment):
        assert kept.cache_info().currsize <= LANGUAGES_MOST


@pytest.fixture
def in_berlin() -> Iterator[None]:
    """This computer stands in Berlin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
def test_a_time_is_said_by_the_clock_of_its_own_day_whatever_the_season_is_now() -> None:
    said = language("en-GB")
    assert [said.time(f"2027-{month}-15T16:00:00Z") for month in ("01", "06")] == ["17:00", "18:00"]
    assert [said.moment(f"2027-{month}-15T16:00:00Z") for month in ("01", "06")] == [
        "Fri, 15 Jan 2027, 17:00", "Tue, 15 Jun 2027, 18:00",
    ]  # fmt: skip
