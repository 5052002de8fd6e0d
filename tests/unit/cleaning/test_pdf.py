"""A PDF goes without properties, earlier versions and programs, and looks the same (row F08)."""

import io
import zlib

import pikepdf
import pypdfium2
import pytest

from securecall_client.sandboxed.cannot import CannotError
from tests.unit.cleaning import made


def drawn(data: bytes) -> list[bytes]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.render(scale=1).to_pil().tobytes() for page in document]


def test_f08_a_pdf_is_the_same_without_what_it_told() -> None:
    data = made.pdf()
    cleaned, found = made.cleaned(data)
    assert {"author", "software", "properties", "place", "device", "time", "data", "actions"} <= set(found)
    assert made.AUTHOR in found["author"].names
    everything = made.everything(cleaned)
    for word in (made.AUTHOR, made.OTHER, made.PLACE, "NIKON", "app.alert", "/home/amina", "Office of"):
        assert word.encode() not in everything
        assert word.encode("utf-16-be") not in everything
    assert drawn(cleaned) == drawn(data)
    with pikepdf.open(io.BytesIO(cleaned)) as document:
        assert str(document.pages[0].Annots[0].Contents) == made.SHOWN
        assert "/Metadata" not in document.Root
        assert document.Root.get("/OpenAction") is None


def test_f08_cleaning_a_pdf_twice_finds_nothing() -> None:
    cleaned, _ = made.cleaned(made.pdf())
    again, found = made.cleaned(cleaned)
    assert found == {}
    assert drawn(again) == drawn(cleaned)


def test_f08_an_earlier_version_in_a_pdf_goes() -> None:
    first = made.pdf()
    size = first.rindex(b"startxref")
    offset = first[size:].split()[1]
    text = b"9 0 obj\n(" + made.HIDDEN.encode() + b")\nendobj\n"
    update = text + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Prev " + offset + b" /Size 40 /Root 1 0 R>>\n"
    data = first + update + b"startxref\n%d\n%%%%EOF\n" % (len(first) + len(text))
    cleaned, found = made.cleaned(data)
    assert "history" in found
    assert made.HIDDEN.encode() not in made.everything(cleaned)


def test_f08_what_is_attached_to_a_pdf_is_named_and_stays() -> None:
    cleaned, found = made.cleaned(made.pdf(attached=True))
    assert (found["attachments"].names, found["attachments"].stays) == (("budget.xlsx",), True)
    with pikepdf.open(io.BytesIO(cleaned)) as document:
        assert document.attachments["budget.xlsx"].get_file().read_bytes() == b"sheet of the budget"


def with_photo(photo: bytes, *packed: str) -> bytes:
    """A PDF whose photo is these bytes, packed so."""
    made_anew = io.BytesIO()
    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        stream = document.pages[0].Resources.XObject.Photo
        stream.write(photo, filter=pikepdf.Array([pikepdf.Name(name) for name in packed]))
        document.save(made_anew, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return made_anew.getvalue()


def test_f08_a_photo_that_is_packed_once_more_goes_without_its_tags() -> None:
    data = with_photo(zlib.compress(made.image("JPEG")), "/FlateDecode", "/DCTDecode")
    cleaned, found = made.cleaned(data)
    assert "place" in found
    assert b"NIKON" not in made.everything(cleaned)
    assert drawn(cleaned) == drawn(data)


@pytest.mark.parametrize("packed", [("/DCTDecode",), ("/ASCIIHexDecode", "/DCTDecode"), ("/FlateDecode", "/DCTDecode")])
def test_f08_a_photo_whose_tags_would_stay_untold_is_named_as_such(packed: tuple[str, ...]) -> None:
    photo = made.image("JPEG")[:-40]
    with pytest.raises(CannotError) as caught:
        made.cleaned(with_photo(photo.hex().encode() if packed[0] == "/ASCIIHexDecode" else photo, *packed))
    assert caught.value.why == "embedded"


def test_f08_a_file_that_hangs_on_a_note_of_a_pdf_is_told() -> None:
    made_anew = io.BytesIO()
    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        sheet = document.make_stream(b"sheet of the budget", Type=pikepdf.Name.EmbeddedFile)
        file = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, F=pikepdf.String("budget.xlsx"), EF=pikepdf.Dictionary(F=sheet)
        )
        document.pages[0].Annots.append(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9], FS=file,
        ))  # fmt: skip
        document.save(made_anew)
    _, found = made.cleaned(made_anew.getvalue())
    assert found["attachments"].stays


def test_f08_a_pdf_with_a_password_is_named_as_locked() -> None:
    made_locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        document.save(made_locked, encryption=pikepdf.Encryption(user="word", owner="other"))
    with pytest.raises(CannotError) as caught:
        made.cleaned(made_locked.getvalue())
    assert caught.value.why == "locked"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.4\nhello\n" * 40])
def test_f08_what_only_says_that_it_is_a_pdf_is_named_as_damaged(data: bytes) -> None:
    with pytest.raises(CannotError) as caught:
        made.cleaned(data)
    assert caught.value.why == "damaged"
