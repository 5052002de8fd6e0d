"""Colours stay, and what colour profiles and other carriers of words tell goes (row F08)."""

import io
import struct
import zlib

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageCms, features

from securecall_client.sandboxed.cannot import CannotError
from securecall_client.sandboxed.cleaning import icc, jpx
from securecall_client.sandboxed.found import Found
from tests.unit.cleaning import made

WORD = b"Amina's screen 4711"


def profile(version: float = 4.4, *, padded: int = 0) -> bytes:
    """A colour profile that says whose it is in its texts, its head and a tag of a maker."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(plain[128:132])
    tags = [struct.unpack(">4sII", plain[132 + 12 * at : 144 + 12 * at]) for at in range(count)]
    contents = [(sign, bytes(plain[place : place + size])) for sign, place, size in tags]
    texts = {b"desc": b"text" + bytes(4) + WORD, b"cprt": b"text" + bytes(4) + WORD}
    contents = [(sign, texts.get(sign, content)) for sign, content in contents]
    contents += [(b"mmod", b"mmod" + bytes(4) + WORD), (b"targ", b"data" + bytes(padded))]
    plain[8], plain[48:52], plain[4:8] = int(version), b"Amin", b"amin"
    begin = 132 + 12 * len(contents)
    table, body = len(contents).to_bytes(4), b""
    for sign, content in contents:
        table += struct.pack(">4sII", sign, begin + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    plain[:4] = (begin + len(body)).to_bytes(4)
    return bytes(plain[:128]) + table + body


def coloured(kind: str, colours: bytes) -> bytes:
    data = io.BytesIO()
    options = {"lossless": True} if kind == "WEBP" else {}
    made.picture().save(data, kind, icc_profile=colours, **options)
    return data.getvalue()


def in_srgb(data: bytes, colours: bytes) -> bytes:
    """How a picture looks that is shown by a colour profile."""
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(colours)), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    shown = ImageCms.applyTransform(Image.open(io.BytesIO(data)).convert("RGB"), transform)
    assert shown is not None
    return shown.tobytes()


@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_f08_a_colour_profile_keeps_its_colours_and_says_nothing_else(kind: str, version: int) -> None:
    given = profile(version, padded=200_000)
    data = coloured(kind, given)
    cleaned, found = made.cleaned(data)
    kept = Image.open(io.BytesIO(cleaned)).info["icc_profile"]
    assert "device" in found
    for word in (b"Amin", b"amin", b"4711"):
        assert word not in cleaned
        assert word not in kept
    assert len(kept) < 10_000
    assert in_srgb(cleaned, kept) == in_srgb(data, given)
    again, found = made.cleaned(cleaned)
    assert found == {}
    assert kind == "TIFF" or again == cleaned


def test_f08_the_profile_of_a_photo_may_stand_in_several_segments() -> None:
    large = icc.clean(profile(), Found()) or b""
    table = b"A2B0" + (len(large) + 12).to_bytes(4) + (150_000).to_bytes(4)
    count = int.from_bytes(large[128:132])
    moved = b"".join(
        large[at : at + 4] + (int.from_bytes(large[at + 4 : at + 8]) + 12).to_bytes(4) + large[at + 8 : at + 12]
        for at in range(132, 132 + 12 * count, 12)
    )
    large = large[:128] + (count + 1).to_bytes(4) + moved + table + large[132 + 12 * count :]
    large += b"mft2" + bytes(149_996)
    cleaned, _ = made.cleaned(coloured("JPEG", large))
    kept = Image.open(io.BytesIO(cleaned)).info["icc_profile"]
    assert len(kept) > 150_000
    assert icc.clean(kept, Found()) == kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_f08_what_is_no_colour_profile_goes(kind: str) -> None:
    for wrong in (WORD * 9, profile()[:300]):
        cleaned, found = made.cleaned(coloured(kind, wrong))
        assert "icc_profile" not in Image.open(io.BytesIO(cleaned)).info
        assert set(found) >= {"details"}
        assert WORD not in cleaned
        assert made.cleaned(cleaned)[1] == {}


def test_f08_the_profile_of_a_png_is_named_by_nobody() -> None:
    data = coloured("PNG", icc.clean(profile(), Found()) or b"")
    at = data.index(b"iCCP")
    size = int.from_bytes(data[at - 4 : at])
    packed = data[at + 4 : at + 4 + size].partition(b"\x00")[2]
    named = b"iCCP" + WORD + b"\x00" + packed
    data = data[: at - 4] + (len(named) - 4).to_bytes(4) + named + zlib.crc32(named).to_bytes(4) + data[at + 8 + size :]
    cleaned, found = made.cleaned(data)
    assert set(found) == {"details"}
    assert WORD not in cleaned
    assert "icc_profile" in Image.open(io.BytesIO(cleaned)).info


def test_f08_a_suggested_palette_in_a_png_goes_with_its_name() -> None:
    data = made.cleaned(made.image("PNG"))[0]
    chunk = b"sPLT" + WORD + b"\x00\x08" + bytes(6)
    data = data[:33] + (len(chunk) - 4).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4) + data[33:]
    cleaned, found = made.cleaned(data)
    assert set(found) == {"details"}
    assert WORD not in cleaned


@pytest.mark.parametrize(
    "segment",
    [
        b"\xff\xee" + (14 + len(WORD)).to_bytes(2) + b"Adobe\x00\x64\x00\x00\x00\x00\x01" + WORD,
        b"\xff\xf7" + (2 + len(WORD)).to_bytes(2) + WORD,
        b"\xff\x02" + (2 + len(WORD)).to_bytes(2) + WORD,
    ],
)
def test_f08_no_segment_of_a_jpeg_carries_words(segment: bytes) -> None:
    plain = made.cleaned(made.image("JPEG"))[0]
    cleaned, found = made.cleaned(plain[:2] + segment + plain[2:])
    assert set(found) == {"details"}
    assert WORD not in cleaned
    colours = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01"
    assert (colours in cleaned) == (segment[1] == 0xEE)
    assert made.cleaned(cleaned) == (cleaned, {})


def test_f08_a_frame_of_a_webp_holds_nothing_but_what_is_drawn() -> None:
    film = io.BytesIO()
    frames = [made.picture(), made.picture().transpose(Image.Transpose.ROTATE_180)]
    frames[0].save(film, "WEBP", save_all=True, append_images=frames[1:], duration=70, lossless=True)
    data = film.getvalue()
    at = data.index(b"ANMF")
    size = int.from_bytes(data[at + 4 : at + 8], "little")
    stop = at + 8 + size + size % 2
    words = b"note" + (len(WORD)).to_bytes(4, "little") + WORD + bytes(len(WORD) % 2)
    frame = data[at + 8 : stop] + words
    grown = data[:at] + b"ANMF" + len(frame).to_bytes(4, "little") + frame + data[stop:]
    grown = grown[:4] + (len(grown) - 8).to_bytes(4, "little") + grown[8:]
    cleaned, found = made.cleaned(grown)
    assert set(found) == {"details"}
    assert cleaned == made.cleaned(data)[0]
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert picture.n_frames == 2  # type: ignore[attr-defined]  # what moves has frames


def test_f08_the_loop_of_a_gif_carries_no_words() -> None:
    film = io.BytesIO()
    made.picture(mode="P").save(film, "GIF", save_all=True, append_images=[made.picture(30, 9, "P")], loop=0)
    data = film.getvalue()
    loop = data.index(b"NETSCAPE2.0") + 11
    assert data[loop : loop + 2] == b"\x03\x01"
    grown = data[: loop + 4] + bytes((len(WORD),)) + WORD + data[loop + 4 :]
    cleaned, found = made.cleaned(grown)
    assert set(found) == {"details"}
    assert cleaned == data


def jpeg2000(**options: object) -> bytes:
    data = io.BytesIO()
    made.picture(64, 48).save(data, "JPEG2000", comment=WORD, **options)
    return data.getvalue()


def with_picture(packed: bytes) -> bytes:
    data = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(64, 48))
        photo = pikepdf.Stream(document, packed)
        photo.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=64, Height=48, Filter=pikepdf.Name.JPXDecode
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
        page.Contents = pikepdf.Stream(document, b"q 64 0 0 48 0 0 cm /Photo Do Q")
        document.save(data)
    return data.getvalue()


def drawn(data: bytes) -> bytes:
    with pypdfium2.PdfDocument(data) as document:
        return document[0].render(scale=1).to_pil().tobytes()


needs_jpeg2000 = pytest.mark.skipif(not features.check("jpg_2000"), reason="this Pillow writes no JPEG 2000")


@needs_jpeg2000
@pytest.mark.parametrize("raw", [False, True])
def test_f08_a_jpeg_2000_in_a_pdf_goes_without_its_boxes_and_comments(raw: bool) -> None:
    plain = jpeg2000(no_jp2=raw)
    grown = plain if raw else plain + (8 + 16 + len(WORD)).to_bytes(4) + b"uuid" + bytes(16) + WORD
    assert WORD in grown
    data = with_picture(grown)
    cleaned, found = made.cleaned(data)
    assert set(found) == ({"description"} if raw else {"description", "details"})
    assert WORD not in made.everything(cleaned)
    assert drawn(cleaned) == drawn(data)
    assert made.cleaned(cleaned)[1] == {}


@needs_jpeg2000
def test_f08_a_comment_in_a_tile_goes_and_a_broken_picture_is_named() -> None:
    plain = jpx.clean(jpeg2000(no_jp2=True, tile_size=(32, 32)), Found())
    at = plain.index(b"\xff\x90")
    words = b"\xff\x64" + (4 + len(WORD)).to_bytes(2) + b"\x00\x01" + WORD
    length = int.from_bytes(plain[at + 6 : at + 10]) + len(words)
    grown = plain[: at + 6] + length.to_bytes(4) + plain[at + 10 : at + 12] + words + plain[at + 12 :]
    found = Found()
    assert WORD not in jpx.clean(grown, found)
    assert [finding.what for finding in found.findings()] == ["description"]
    for cut in (3, 60, len(grown) // 2, len(grown) - 1):
        with pytest.raises(CannotError):
            jpx.clean(grown[:cut], Found())
        with pytest.raises(CannotError) as caught:
            made.cleaned(with_picture(grown[:cut]))
        assert caught.value.why == "embedded"


def test_f08_a_colour_profile_in_a_pdf_says_nothing() -> None:
    data = io.BytesIO()
    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        colours = document.make_stream(profile(), N=3)
        document.pages[0].Resources.ColorSpace = pikepdf.Dictionary(C=pikepdf.Array([pikepdf.Name.ICCBased, colours]))
        document.Root.OutputIntents = pikepdf.Array([pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFX,
            DestOutputProfile=document.make_stream(profile(2), N=3),
        )])  # fmt: skip
        document.save(data)
    cleaned, found = made.cleaned(data.getvalue())
    assert "device" in found
    everything = made.everything(cleaned)
    assert WORD not in everything
    assert everything.count(b"acsp") == 2
    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        document.Root.Colours = document.make_stream(WORD, N=3)
        document.save(data := io.BytesIO())
    with pytest.raises(CannotError) as caught:
        made.cleaned(data.getvalue())
    assert caught.value.why == "embedded"
