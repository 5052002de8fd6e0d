"""What a file is, its first bytes say, in whatever way its text is spelled (rows F07, F08)."""

import io

import pytest

from securecall_client.acts.checking import outgoing
from securecall_client.cleaning import UncleanableError
from securecall_client.sandbox.kinds import HEAD, kind_of
from tests.simulator.people import Spoken
from tests.unit.cleaning import made

DRAWING = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><metadata>Amina Wanjiru</metadata>'
    "<style>@import 'http://example.org/a.css';</style><text>what everybody reads</text></svg>"
)
SPELLINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%Creator: Inkscape\n%%For: Amina Wanjiru\n"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_f07_f08_a_drawing_is_cleaned_however_its_text_is_spelled(spelling: str) -> None:
    data = DRAWING.encode(spelling)
    assert kind_of(data[:HEAD]) == "svg"
    cleaned, found = made.cleaned(data)
    assert set(found) == {"properties", "elsewhere"}
    assert b"Amina" not in cleaned
    assert b"example.org" not in cleaned
    assert made.SHOWN.encode() in cleaned


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_f07_other_markup_and_plain_text_are_told_apart_however_they_are_spelled(spelling: str) -> None:
    assert kind_of('<?xml version="1.0"?><pkg:package author="Amina"/>'.encode(spelling)) == "other"
    if spelling not in ("utf-16-le", "utf-16-be"):
        assert kind_of("wörter, %!PS".encode(spelling)) == "text"
        assert kind_of("a bell\a".encode(spelling)) == "other"


def test_f07_a_letter_that_the_head_cuts_is_no_mistake_and_one_that_the_file_cuts_is() -> None:
    for spelling, letter in (("utf-8", "ä"), ("utf-16", "𝒜")):
        text = (letter * HEAD).encode(spelling)
        for odd in range(4):
            assert kind_of((b"" if spelling == "utf-16" else b"a" * odd) + text[:HEAD])[:5] == "text"
        assert kind_of(text[:101]) == "other"
    assert kind_of("utf-32".encode("utf-32")) == "other"
    assert kind_of("a \ufffd".encode()) == "text"


def test_f08_a_drawing_in_an_older_encoding_is_cleaned() -> None:
    data = DRAWING.replace('"1.0"', '"1.0" encoding="iso-8859-1"').replace("reads", "reads: ü").encode("latin-1")
    cleaned, found = made.cleaned(data)
    assert set(found) == {"properties", "elsewhere"}
    assert f"{made.SHOWN}: ü".encode() in cleaned


@pytest.mark.parametrize("begins", [b"", b"\x04", b"\xc5\xd0\xd3\xc6" + bytes(26)])
async def test_f08_postscript_says_who_made_it_and_is_not_sent_as_text(begins: bytes) -> None:
    with pytest.raises(UncleanableError, match="PostScript") as caught:
        await outgoing(Spoken(), "drawing.txt", io.BytesIO(begins + POSTSCRIPT), keep_metadata=False)
    assert "Save it as PDF" in (caught.value.hint or "")
    assert kind_of(b"%!TEX root = main.tex\n") == "text"
