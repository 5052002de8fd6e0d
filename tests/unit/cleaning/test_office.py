"""Office files go without names, changes and comments, and still open (row F08)."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from securecall_client.sandboxed.cannot import CannotError
from securecall_client.sandboxed.cleaning import inside
from tests.unit.cleaning import made

FILES: dict[str, Callable[[], bytes]] = {"docx": made.docx, "xlsx": made.xlsx, "odt": made.odt}
TRACES = (
    made.AUTHOR, made.OTHER, made.HIDDEN, made.PLACE, "NIKON", "a comment", "00AB12CD", "Amina", "thumbnail",
    "comments",
)  # fmt: skip
TELLS = {
    "docx": {"author", "changes", "comments", "traces", "properties", "thumbnail", "place", "device", "time"},
    "xlsx": {"author", "comments", "folders", "properties", "hidden"},
    "odt": {"author", "changes", "comments", "printer", "properties", "thumbnail", "place", "device"},
}


@pytest.mark.parametrize("kind", FILES)
def test_f08_an_office_file_goes_without_who_wrote_it(kind: str) -> None:
    data = FILES[kind]()
    cleaned, found = made.cleaned(data)
    assert set(found) >= TELLS[kind]
    assert made.AUTHOR in found["author"].names
    assert [word for word in TRACES if word.encode() in made.everything(cleaned)] == []
    assert [what for what, finding in found.items() if finding.stays] == (["hidden"] if kind == "xlsx" else [])
    assert made.SHOWN.encode() in made.everything(cleaned)


@pytest.mark.parametrize("kind", FILES)
def test_f08_cleaning_an_office_file_twice_finds_nothing_more(kind: str) -> None:
    cleaned, _ = made.cleaned(FILES[kind]())
    again, found = made.cleaned(cleaned)
    assert {what for what, finding in found.items() if not finding.stays} == set()
    assert again == cleaned


def test_f08_tracked_changes_are_accepted() -> None:
    cleaned, found = made.cleaned(made.docx())
    assert set(found["changes"].names) == {made.AUTHOR, made.OTHER}
    document = Document(io.BytesIO(cleaned))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "inserted" in texts
    assert len(document.inline_shapes) == 1
    assert made.OTHER in found["comments"].names


def test_f08_a_workbook_keeps_its_cells() -> None:
    cleaned, _ = made.cleaned(made.xlsx())
    book = load_workbook(io.BytesIO(cleaned))
    assert book.sheetnames == ["Sheet", "Private"]
    cell = book["Sheet"]["A1"]
    assert (cell.value, cell.comment) == (made.SHOWN, None)


@pytest.mark.slow
def test_f08_what_was_cleaned_opens_in_an_office_program(tmp_path: Path) -> None:
    paths = [tmp_path / "one.docx", tmp_path / "two.odt"]
    for path in paths:
        path.write_bytes(made.cleaned(FILES[path.suffix[1:]]())[0])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    target = ["--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(tmp_path / "out")]
    command = ["soffice", profile, "--headless", *target, *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for name in ("one.txt", "two.txt"):
        text = (tmp_path / "out" / name).read_text("utf-8")
        assert made.SHOWN in text
        assert made.HIDDEN not in text


def test_f08_a_template_and_folders_of_a_computer_go() -> None:
    parts = made.unpacked(made.docx())
    settings = parts["word/settings.xml"]
    spaces = b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    parts["word/settings.xml"] = settings.replace(
        b"</w:settings>", b"<w:attachedTemplate" + spaces + b' r:id="rId9"/></w:settings>'
    )
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    lead = b'<Relationship Id="%s" Type="' + kind + b'%s" Target="%s" TargetMode="External"/>'
    parts["word/_rels/settings.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + lead % (b"rId9", b"attachedTemplate", b"file:///C:/Users/Amina/Normal.dotm")
        + b"</Relationships>"
    )
    body = parts["word/_rels/document.xml.rels"]
    parts["word/_rels/document.xml.rels"] = body.replace(
        b"</Relationships>",
        lead % (b"rId90", b"hyperlink", b"file:///home/amina/plan.docx")
        + lead % (b"rId91", b"hyperlink", b"https://example.org/law")
        + lead % (b"rId92", b"image", b"https://example.org/pixel.png")
        + b"</Relationships>",
    )
    cleaned, found = made.cleaned(made.packed(parts))
    assert {"template", "folders", "elsewhere"} <= set(found)
    everything = made.everything(cleaned)
    assert [
        word for word in (b"Amina", b"amina", b"Normal.dotm", b"pixel", b"attachedTemplate") if word in everything
    ] == []
    assert b"https://example.org/law" in everything
    assert b'Target="plan.docx"' in everything


UNCLEANABLE = {
    "macros": lambda: made.docx(**{"word/vbaProject.bin": b"macro"}),
    "embedded": lambda: made.docx(**{"word/embeddings/old.bin": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)}),
    "locked": lambda: made.odt(**{"META-INF/manifest.xml": b"<m><encryption-data/></m>"}),
    "damaged": lambda: made.docx(**{"word/document.xml": b"<w:document"}),
}


@pytest.mark.parametrize("why", UNCLEANABLE)
def test_f08_what_cannot_be_cleaned_is_named_as_such(why: str) -> None:
    with pytest.raises(CannotError) as caught:
        made.cleaned(UNCLEANABLE[why]())
    assert caught.value.why == why


def test_f08_a_document_in_a_document_is_cleaned_too() -> None:
    cleaned, _ = made.cleaned(made.docx(**{"word/embeddings/table.xlsx": made.xlsx()}))
    inner = made.unpacked(cleaned)["word/embeddings/table.xlsx"]
    assert b"Amina" not in made.everything(inner)
    assert load_workbook(io.BytesIO(inner))["Sheet"]["A1"].value == made.SHOWN


@pytest.mark.parametrize("folder", ["media", "word/pictures", "word"])
def test_f08_a_photo_goes_without_its_tags_wherever_it_stands(folder: str) -> None:
    name = f"{folder}/photo.jpg"
    cleaned, _ = made.cleaned(made.docx(**{name: made.image("JPEG")}))
    assert b"NIKON" not in made.unpacked(cleaned)[name]


@pytest.mark.parametrize("kind", ["docx", "odt"])
@pytest.mark.parametrize("name", ["media/photo.xml", "Pictures/content.xml", "photo.xml", "styles/x"])
def test_f08_a_part_is_what_its_bytes_say_whatever_its_name(kind: str, name: str) -> None:
    make = {"docx": made.docx, "odt": made.odt}[kind]
    drawing = f'<svg xmlns="{inside.SVG}"><metadata>Amina Wanjiru</metadata></svg>'.encode()
    bare = b"<svg><metadata>Amina Wanjiru</metadata><text>what everybody reads</text></svg>"
    for part in (made.image("JPEG"), drawing, drawing.decode().encode("utf-16"), bare):
        cleaned, _ = made.cleaned(make(**{name: part}))
        kept = made.unpacked(cleaned)[name]
        assert [word for word in (b"NIKON", b"Amina", b"A\x00m\x00") if word in kept] == []
        assert len(kept) > 60


def test_f08_the_main_part_of_a_text_is_cleaned_under_any_name() -> None:
    parts = made.unpacked(made.docx())
    parts = {name.replace("document.xml", "document.main"): content for name, content in parts.items()}
    for name in ("_rels/.rels", "[Content_Types].xml"):
        parts[name] = parts[name].replace(b"word/document.xml", b"word/document.main")
    cleaned, found = made.cleaned(made.packed(parts))
    assert {made.AUTHOR, made.OTHER} <= set(found["changes"].names)
    assert [word for word in TRACES if word.encode() in made.everything(cleaned)] == []
    assert made.SHOWN.encode() in made.unpacked(cleaned)["word/document.main"]


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_f08_the_text_of_an_office_file_is_cleaned_in_any_encoding(kind: str) -> None:
    name = {"docx": "word/document.xml", "odt": "content.xml"}[kind]
    text = made.unpacked(FILES[kind]())[name].decode().replace(made.SHOWN, f"{made.SHOWN} ü")
    text = text.partition("?>")[2] or text
    for encoding in ("iso-8859-1", "utf-16"):
        part = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        cleaned, found = made.cleaned(FILES[kind](**{name: part}))
        assert "changes" in found
        assert made.HIDDEN.encode() not in made.everything(cleaned)
        assert f"{made.SHOWN} ü".encode() in made.unpacked(cleaned)[name]
    with pytest.raises(CannotError) as caught:
        made.cleaned(FILES[kind](**{name: text.encode("utf-32")}))
    assert caught.value.why == "damaged"


def test_f08_a_drawing_of_old_in_an_office_file_stays() -> None:
    drawing = b'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape>text<br></v:shape></xml>'
    cleaned, _ = made.cleaned(made.docx(**{"word/drawings/vmlDrawing1.vml": drawing}))
    assert made.unpacked(cleaned)["word/drawings/vmlDrawing1.vml"] == drawing


def test_f08_an_archive_is_no_office_file() -> None:
    with pytest.raises(CannotError) as caught:
        made.cleaned(made.packed({"photo.jpg": made.image("JPEG")}))
    assert caught.value.why == "kind"


def test_f08_a_part_goes_for_what_it_is_wherever_it_stands() -> None:
    parts = made.unpacked(made.docx())
    parts = {name.replace("word/comments.xml", "word/Notes/other.xml"): content for name, content in parts.items()}
    for name in ("word/_rels/document.xml.rels", "[Content_Types].xml"):
        parts[name] = parts[name].replace(b"word/comments.xml", b"word/Notes/other.xml").replace(
            b'Target="comments.xml"', b'Target="Notes/other.xml"'
        )  # fmt: skip
    cleaned, found = made.cleaned(made.packed(parts))
    assert "comments" in found
    assert "word/Notes/other.xml" not in made.unpacked(cleaned)
    assert made.OTHER.encode() not in made.everything(cleaned)
