"""The pages in other languages than English: what goes wrong, too, and what a catalogue says."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from securecall.sentences import Term, counted, sentence, together
from securecall_client.errors import RefusedError
from securecall_client.text import size, when
from securecall_client.web import language as languages
from securecall_client.web.hub import Word
from securecall_client.web.language import language
from securecall_client.web.live import in_words
from tests.pages import visiting
from tests.sentences import only_collected
from tests.simulator.people import CALL, Stage

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=n > 1;\\n"

msgid "The file %(name)s holds %(rows)s; that is %(error)s"
msgstr "C’est %(error)s : il y a %(rows)s dans %(name)s"

msgid "%(num)s row"
msgid_plural "%(num)s rows"
msgstr[0] "%(num)s ligne"
msgstr[1] "%(num)s lignes"

msgid "too much."
msgstr "trop."

msgid "%(number)s KiB"
msgstr "%(number)s Kio"

#, fuzzy
msgid "Home"
msgstr "Maison"
"""
ENGLISH = re.compile(r"[A-Za-z]{4,}")
SAID = re.compile(r"\[[^\[\]]*~~\]")


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[languages.Language]:
    (tmp_path / "fr.po").write_text(CATALOGUE, "utf-8")
    monkeypatch.setattr(languages, "CATALOGUES", tmp_path)
    languages._known.cache_clear()
    yield language("fr-CA,en", UTC)
    languages._known.cache_clear()


def test_a_translated_sentence_has_its_values_in_their_places(french: languages.Language) -> None:
    error = RefusedError(
        sentence(
            "The file %(name)s holds %(rows)s; that is %(error)s",
            name="too much.",
            rows=counted("%(num)s row", "%(num)s rows", 4000),
            error=RefusedError("too much."),
        )
    )
    assert str(error) == "The file too much. holds 4000 rows; that is too much."
    assert french.say(str(error)) == "C’est trop. : il y a 4\N{NO-BREAK SPACE}000 lignes dans too much."
    assert french.say(together("too much.", "Home")) == "trop. Home", "what is uncertain is not said"
    assert french.tag == "fr-CA"


def test_numbers_times_months_and_places_are_written_as_the_language_does(french: languages.Language) -> None:
    said = sentence(
        "%(size)s, %(time)s, %(month)s, %(place)s, %(part)s",
        size=size(1536),
        time=when(datetime(2001, 3, 2, 18, tzinfo=UTC), UTC),
        month=Term("2027-03", "month", "2027-03"),
        place=Term("Germany", "place", "DE"),
        part=Term("Nairobi City, Kenya", "place", "KE-30"),
    )
    assert said == "1.5 KiB, 2001-03-02 18:00 UTC, 2027-03, Germany, Nairobi City, Kenya"
    assert french.say(said) == "1,5\N{NO-BREAK SPACE}Kio".replace("\N{NO-BREAK SPACE}", " ") + (
        ", ven. 2 mars 2001, 18 h 00, mars 2027, Allemagne, Nairobi City, Kenya"
    )


def test_what_people_wrote_is_set_off_where_it_runs_against_the_sentence() -> None:
    said = sentence("%(names)s are in.", names=["Ann", "مها"])
    assert language("en").say(said) == "Ann, \N{FIRST STRONG ISOLATE}مها\N{POP DIRECTIONAL ISOLATE} are in."
    assert "\N{FIRST STRONG ISOLATE}Ann\N{POP DIRECTIONAL ISOLATE}" in language("ar-XB").say(said)


def test_one_sentence_is_told_to_each_page_in_its_language(french: languages.Language) -> None:
    word = Word("said", str(RefusedError("too much.")))
    assert [in_words(word, one) for one in (french, language("en"))] == ["trop.", "too much."]
    assert in_words(Word("progress", "ab12", (1, 2)), french) == "1 2 ab12"


def unsaid(page: str) -> str:
    """What stands in an answer that nobody has said in the person's language."""
    text = unescape(re.sub(r"<[^>]*>", " ", page))
    while text != (text := SAID.sub(" ", text)):
        pass
    return " ".join(ENGLISH.findall(text.replace("SecureCall", "")))


async def test_what_goes_wrong_is_said_in_the_person_s_language(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    only_collected(monkeypatch)
    call = f"/call/{stage.call.hex()}"
    wrong: dict[str, dict[str, str] | None] = {
        f"{call}/roll-call": {},
        f"{call}/people/leave": {"typed": "x"},
        f"{call}/destroy": {"typed": CALL},
        f"{call}/talk/say": {"text": " ", "circle": "allies"},
        f"{call}/export": {"words": "short", "again": "short"},
        f"{call}/agenda/add": {"circle": "allies", "title": "\u202e", "minutes": "many"},
        f"{call}/exercises/start": {"template": "who-does-what"},
        f"{call}/minutes/hand": {"circle": "allies", "person": "Bob"},
        f"{call}/present": {"thing": "nothing"},
        f"{call}/commitments": {"what": "x", "by": "soon", "circle": "allies", "who": ""},
        f"{call}/guest-page": {"org": "World body"},
        "/people/invite-many": {"table": "label,org\nEve,"},
        "/people/organisations": {"name": "\u202e"},
        "/people/admit": {"member": "00", "typed": "x"},
        "/line/use": {"text": "nothing like it"},
        "/line/text": {},
        "/line/proxy": {"proxy": "nowhere"},
        "/calls/new": {"title": "x", "country": "ZZ", "starts": "2027-03-02T18:00"},
        "/none": None,
        "/call/" + "0" * 64: None,
        f"{call}/document/ab12": None,
        "/unlock": {"passphrase": "another one"},
    }
    async with visiting(stage["Ann"]) as visitor:
        ann = replace(visitor, language="en-XA")
        for path, form in wrong.items():
            answer = await ann.ask("POST" if form is not None else "GET", path, ann.own, form)
            assert (answer.status >= 400, unsaid(await answer.text())) == (True, ""), path
