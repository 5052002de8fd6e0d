"""A second computer from the pages: added with the first one's text, or got back with the recovery sheet."""

import re
from html import unescape

import pytest

from tests.pages import visiting
from tests.simulator.people import CALL, Stage

TEXT = re.compile(r'<textarea id="text"[^>]*>([^<]+)<')
WORD = re.compile(r'<li><span class="number">\d+</span> (\w+)</li>')
PLACE = re.compile(r'<div class="sheet-place">\s*<p class="code" dir="ltr">(.+?)</p>', re.DOTALL)
TYPED = {"passphrase": "harbour violin seventeen moss", "again": "harbour violin seventeen moss"}


@pytest.mark.slow
async def test_a_computer_is_added_with_the_text_that_another_shows(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec, visiting(stage["Sec, at home"]) as home:
        [text] = TEXT.findall(await sec.page(await sec.do("/keys/add", name="at home")))
        assert await home.refused("/begin/link", text="nothing", **TYPED)
        assert await home.do("/begin/link", text=unescape(text), **TYPED) == "/"
        assert CALL in await home.page("/")
        assert "at home" in await sec.page("/keys")


@pytest.mark.slow
async def test_whoever_has_the_sheet_gets_back_in_and_is_shown_another(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec:
        sheet = await sec.page(await sec.do("/sheet/make"))
    words, [place] = WORD.findall(sheet), PLACE.findall(sheet)
    assert len(words) == 24
    async with visiting(stage["Sec, on a new computer"]) as back:
        form = {"words": " ".join(words), "place": place.replace("<wbr>", ""), **TYPED}
        again = WORD.findall(await back.page(await back.do("/begin/recover", **form)))
        assert len(again) == 24
        assert again != words
        assert CALL in await back.page("/")
