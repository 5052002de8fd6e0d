"""A picture's texts, apart from its shapes: each where it was drawn, whatever stands in it."""

import pytest

from securecall_client.work.picture_texts import apart
from securecall_client.work.report import Paragraph, Picture, Report
from securecall_client.work.report_pdf import to_pdf
from securecall_client.work.svg import Drawing, begin

pdfium = pytest.importorskip("pypdfium2")


def drawn(*texts: str) -> Drawing:
    """A picture with these, one below the other."""
    picture = begin("Title", "what it shows")
    picture.size(400, 300)
    picture.write_lines(10, 30, texts, 14, fill="#123456", font_weight="600")
    return picture


def test_each_text_comes_with_its_place_and_looks_and_leaves_the_shapes() -> None:
    picture = drawn("one & <two>")
    picture.add("g")
    group = picture.add("g", transform="translate(50 60.5) rotate(-45)")
    group.add("title", "told, and not drawn")
    group.write(0, 0, "turned", 11)
    picture.write(7, 8, "after", 12, text_anchor="end")
    shapes, texts = apart(picture.to_text())
    assert "<text" not in shapes
    assert "told, and not drawn" in shapes
    assert [(one.text, one.x, one.y, one.size, one.anchor, one.angle) for one in texts] == [
        ("one & <two>", 10, 30, 14, "start", 0),
        ("turned", 50, 60.5, 11, "start", -45),
        ("after", 7, 8, 12, "end", 0),
    ]
    assert (texts[0].fill, texts[0].weight, texts[1].weight) == ("#123456", 600, 400)


@pytest.mark.parametrize("text", ["training تدريب x", "plan अभियान go", "plan עברית ok", "обучение ไทย"])
def test_letters_of_several_scripts_in_one_label_are_in_the_pdf_with_a_glyph_each(text: str) -> None:
    report = Report("Report", (), (Picture(drawn(text).to_text(), "shown"),))
    with pdfium.PdfDocument(to_pdf(report, 0)) as pdf:
        found = pdf[0].get_textpage().get_text_range()
    assert set(text) - set(" ") <= set(found)


def test_a_picture_that_does_not_fit_below_what_is_written_stands_whole_on_the_next_page() -> None:
    picture = begin("Title", "what it shows")
    picture.size(400, 900)
    picture.write(10, 20, "first", 12)
    picture.write(10, 890, "last", 12)
    filler = tuple(Paragraph(f"Line {number}.", "text") for number in range(20))
    report = Report("Report", (), (*filler, Picture(picture.to_text(), "shown")))
    with pdfium.PdfDocument(to_pdf(report, 0)) as pdf:
        pages = [page.get_textpage() for page in pdf]
        [at] = [number for number, page in enumerate(pages) if "first" in page.get_text_range()]
        words = pages[at].get_text_range()
        assert "last" in words
        assert pages[at].get_charbox(words.index("last"))[1] > 0
