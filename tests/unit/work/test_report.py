"""The writers of reports: what people wrote is shown as they wrote it, in every script promised, and runs nowhere."""

import ctypes
import io
import zipfile

import pypdfium2
import pytest
from docx import Document
from pypdfium2 import raw

from securecall_client.errors import SecureCallError
from securecall_client.work import report_extra, report_fonts
from securecall_client.work.map import draw
from securecall_client.work.map_picture import to_svg
from securecall_client.work.report import Block, Heading, Paragraph, Picture, Points, Report, make, room, table, texts
from securecall_client.work.report_docx import to_docx
from securecall_client.work.report_html import to_html
from securecall_client.work.report_pdf import right_to_left, to_pdf

MADE = 1_800_000_000
HOSTILE = (
    '#import "@preview/evil:1.0.0": *',
    '#read("/etc/passwd")',
    "$ x^2 $ *bold* _it_ = heading",
    "\\ ] ) } #panic() //",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></w:t><w:instrText>INCLUDEPICTURE</w:instrText>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "{{7*7}} ${jndi:ldap://x}",
)
HIDDEN = "before\x00\x07\x1b[31m\u202eafter"
SAMPLES = {
    "Arabic": "لكل إنسان الحق",
    "Armenian": "Յուրաքանչյուր ոք",
    "Bengali": "প্রত্যেক ব্যক্তি",
    "Cyrillic": "Каждый человек їґў",
    "Devanagari": "प्रत्येक व्यक्ति",
    "Ethiopic": "እያንዳንዱ ሰው",
    "Georgian": "ყოველ ადამიანს",
    "Greek": "Κάθε άτομο",
    "Gujarati": "દરેક વ્યક્તિને",
    "Gurmukhi": "ਹਰ ਇੱਕ ਨੂੰ",
    "Hebrew": "כל אדם זכאי",
    "Kannada": "ಪ್ರತಿಯೊಬ್ಬರೂ",
    "Khmer": "មនុស្សម្នាក់ៗ",
    "Lao": "ທຸກຄົນມີສິດ",
    "Latin": "Ĉiu homo, každý člověk, mọi người, ŋwuŋ",
    "Malayalam": "ഓരോ വ്യക്തിക്കും",
    "Myanmar": "လူတိုင်းတွင်",
    "Oriya": "ପ୍ରତ୍ୟେକ ବ୍ୟକ୍ତି",
    "Sinhala": "සෑම පුද්ගලයකුටම",
    "Tamil": "ஒவ்வொரு மனிதருக்கும்",
    "Telugu": "ప్రతి వ్యక్తికి",
    "Thai": "ทุกคนมีสิทธิ",
}


def hostile() -> Report:
    """A report whose every text is an attack."""
    blocks: list[Block] = [
        Heading(1, HOSTILE[0]),
        *(Paragraph(text, "quote", text) for text in HOSTILE),
        Points(HOSTILE),
        table(HOSTILE[:2], (1, 1), [(HOSTILE[2], HOSTILE[3]), (HIDDEN, HOSTILE[7])]),
        Picture(to_svg(draw([]), HOSTILE[1]), HOSTILE[4]),
    ]
    return make(HOSTILE[1], HOSTILE, blocks)


def pdf_text(data: bytes) -> str:
    """All text of a PDF, with single spaces."""
    with pypdfium2.PdfDocument(data) as pdf:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


def docx_text(data: bytes) -> str:
    """All text of a DOCX, with single spaces."""
    document = Document(io.BytesIO(data))
    cells = [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    return " ".join(" ".join([*(line.text for line in document.paragraphs), *cells]).split())


def test_m14_markup_and_code_in_a_pdf_are_text() -> None:
    text = pdf_text(to_pdf(hostile(), MADE)).replace(" ", "")
    for attack in HOSTILE:
        assert attack.replace(" ", "") in text
    assert "root:x:0" not in text
    assert r"before\x00\x07\x1b[31m\u202eafter" in text


def test_m14_m17_markup_formulas_and_fields_in_a_docx_are_text() -> None:
    data = to_docx(hostile(), MADE)
    text = docx_text(data)
    for attack in HOSTILE:
        assert " ".join(attack.split()) in text
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        body = parts.read("word/document.xml")
        relations = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".rels"))
    assert b"<w:instrText" not in body
    assert b"<w:fldSimple" not in body
    assert b'TargetMode="External"' not in relations


def test_m16_m14_markup_in_a_page_is_text_and_nothing_in_it_may_run_or_be_fetched() -> None:
    page = to_html(hostile())
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\x1b" not in page


def test_a_docx_and_a_pdf_say_nothing_of_who_made_them() -> None:
    report = make("Title", (), [])
    properties = Document(io.BytesIO(to_docx(report, MADE))).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert properties.created is not None
    assert properties.created.year == 2027
    with pypdfium2.PdfDocument(to_pdf(report, MADE)) as pdf:
        assert pdf.get_metadata_value("Author") == ""
        assert pdf.get_metadata_value("CreationDate").startswith("D:20270115")


def test_the_same_report_makes_the_same_pdf() -> None:
    assert to_pdf(hostile(), MADE) == to_pdf(hostile(), MADE)


def test_every_script_that_is_promised_has_its_glyphs_and_its_own_font() -> None:
    assert set(SAMPLES) == set(report_fonts.SCRIPTS)
    assert report_fonts.missing(SAMPLES.values()) == []
    report = make("Scripts", (), [Paragraph(sample) for sample in SAMPLES.values()])
    used = _fonts(to_pdf(report, MADE))
    for script in SAMPLES.keys() - {"Cyrillic", "Greek", "Latin"}:
        assert any(f"NotoSans{script}" in name for name in used), script


def test_letters_that_no_font_has_are_named() -> None:
    assert report_fonts.missing(["a日本", "語 日\u200d\n"]) == ["日", "本", "語"]


def test_a_text_that_begins_from_the_right_is_set_from_there() -> None:
    assert right_to_left("«سلام» hello")
    assert not right_to_left("hello سلام")
    assert not right_to_left("123")
    report = make("سلام", (), [])
    assert '<h1 dir="auto">' in to_html(report)
    with zipfile.ZipFile(io.BytesIO(to_docx(report, MADE))) as parts:
        assert b"<w:bidi/>" in parts.read("word/document.xml")


def test_columns_that_nobody_filled_in_are_left_out() -> None:
    made = table(("a", "b", "c"), (1, 2, 3), [("", "", "x")])
    assert (made.head, made.rows, made.widths) == (("a", "c"), (("", "x"),), (1, 3))


def test_a_picture_fits_the_page() -> None:
    wide, high = room(Picture('<svg viewBox="0 0 4000 1000">', ""))
    assert (wide, high) == (460, 115)


def test_every_text_is_seen_by_whoever_looks_for_letters() -> None:
    seen = set(texts(hostile()))
    assert set(HOSTILE) <= seen


def test_without_the_extra_one_is_told_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_extra, "find_spec", lambda _: None)
    with pytest.raises(SecureCallError, match="typst is missing") as caught:
        report_extra.need_extra()
    assert caught.value.hint is not None
    assert "securecall[report]" in caught.value.hint


def _fonts(data: bytes) -> set[str]:
    """The names of the fonts that draw something in a PDF."""
    found = set()
    with pypdfium2.PdfDocument(data) as pdf:
        for page in pdf:
            for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                name = ctypes.create_string_buffer(200)
                raw.FPDFFont_GetBaseFontName(raw.FPDFTextObj_GetFont(each.raw), name, 200)
                found.add(name.value.decode())
    return found
