"""Photos go without saying where, when, with what and by whom; their pixels stay (row F08)."""

import base64
import io

import pytest
from PIL import Image

from securecall_client.sandboxed.cannot import CannotError
from tests.unit.cleaning import made

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF")
TAGGED = ("JPEG", "PNG", "WEBP", "TIFF")
TRACES = (made.AUTHOR, made.PLACE, "NIKON", "Exif", "xmpmeta")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and one.convert("RGB").tobytes() == other.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_f08_a_picture_is_the_same_without_what_it_told(kind: str) -> None:
    data = made.image(kind)
    cleaned, found = made.cleaned(data)
    assert same(opened(cleaned), opened(data))
    assert [word for word in TRACES if word.encode() in cleaned] == []
    assert dict(opened(cleaned).getexif().get_ifd(0x8825)) == {}
    assert not any(finding.stays for finding in found.values())
    assert found


@pytest.mark.parametrize("kind", TAGGED)
def test_f08_a_photo_says_where_with_what_and_by_whom_it_was_taken(kind: str) -> None:
    _, found = made.cleaned(made.image(kind))
    assert {"place", "device", "author", "time"} <= set(found)
    assert made.AUTHOR in found["author"].names
    assert found["device"].names == ("NIKON",)


@pytest.mark.parametrize("kind", KINDS)
def test_f08_cleaning_twice_finds_nothing(kind: str) -> None:
    cleaned, _ = made.cleaned(made.image(kind))
    again, found = made.cleaned(cleaned)
    assert found == {}
    assert kind == "TIFF" or again == cleaned


@pytest.mark.parametrize("kind", TAGGED)
@pytest.mark.parametrize("orientation", range(2, 9))
def test_f08_what_lies_on_its_side_is_turned_before_the_tag_goes(kind: str, orientation: int) -> None:
    data = made.image(kind, orientation)
    cleaned, _ = made.cleaned(data)
    exif = opened(cleaned).getexif()
    assert exif.get(0x0112, 1) == 1
    upright = opened(data)
    upright.getexif()[0x0112] = orientation
    turned = opened(cleaned)
    assert turned.size == ((16, 24) if orientation >= 5 else (24, 16))
    corners = {2: (23, 0), 3: (23, 15), 4: (0, 15), 5: (0, 0), 6: (15, 0), 7: (15, 23), 8: (0, 23)}
    red, green, blue = turned.convert("RGB").getpixel(corners[orientation])  # type: ignore[misc]  # three of RGB
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_f07_f08_what_hangs_on_behind_a_picture_goes(kind: str) -> None:
    plain, _ = made.cleaned(made.image(kind))
    archive = made.packed({"names.txt": made.OTHER.encode()})
    cleaned, found = made.cleaned(plain + archive)
    assert cleaned == plain
    assert set(found) == {"appended"}


def test_f08_colours_and_movement_stay() -> None:
    frames = [made.picture(), made.picture().transpose(Image.Transpose.ROTATE_180)]
    for kind in ("GIF", "PNG", "WEBP"):
        film = io.BytesIO()
        frames[0].save(film, kind, save_all=True, append_images=frames[1:], duration=70, loop=0)
        cleaned, found = made.cleaned(film.getvalue())
        assert getattr(opened(cleaned), "n_frames", 1) == 2
        assert found == {}


def test_f08_all_pages_of_a_tiff_stay() -> None:
    pages = io.BytesIO()
    made.picture(mode="1").save(
        pages, "TIFF", save_all=True, append_images=[made.picture(30, 40)], compression="tiff_lzw"
    )
    cleaned, _ = made.cleaned(pages.getvalue())
    with opened(cleaned) as picture:
        assert (picture.n_frames, picture.size) == (2, (24, 16))  # type: ignore[attr-defined]  # a TIFF has frames
        picture.seek(1)
        assert picture.size == (30, 40)


def test_f08_a_thumbnail_in_a_photo_goes() -> None:
    data = made.image("JPEG")
    jfif = b"\xff\xe0\x00\x13JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01abc"
    cleaned, found = made.cleaned(data[:2] + jfif + data[2 + 18 :])
    assert "thumbnail" in found
    assert b"abc" not in cleaned[:40]


@pytest.mark.parametrize("kind", KINDS)
def test_f08_a_picture_that_is_cut_off_is_named_as_damaged(kind: str) -> None:
    data = made.image(kind)
    for cut in (12, len(data) // 3, len(data) // 2):
        with pytest.raises(CannotError) as caught:
            made.cleaned(data[:cut])
        assert caught.value.why in ("damaged", "kind")


def test_f08_a_drawing_goes_without_what_the_program_wrote_into_it() -> None:
    drawing = (
        b'<?xml version="1.0"?>\n<!-- by Amina Wanjiru --><svg xmlns="http://www.w3.org/2000/svg"'
        b' xmlns:ink="http://www.inkscape.org/namespaces/inkscape" xmlns:xlink="http://www.w3.org/1999/xlink"'
        b' ink:export-filename="/home/amina/map.png" width="9" height="9"><metadata>Amina Wanjiru</metadata>'
        b'<ink:grid/><script>fetch("http://example.org")</script><rect onclick="run()" width="4" height="4"/>'
        b'<image xlink:href="http://example.org/pixel"/><text>what everybody reads</text></svg>'
    )
    cleaned, found = made.cleaned(drawing)
    assert set(found) == {"properties", "folders", "actions", "elsewhere"}
    for word in (b"Amina", b"amina", b"script", b"onclick", b"example.org", b"ink:grid"):
        assert word not in cleaned
    assert made.SHOWN.encode() in cleaned
    assert b'<rect width="4" height="4">' in cleaned


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("begins", ["data:image/x;base64,", " DATA:image/x;BASE64,"])
def test_f08_a_photo_in_a_drawing_goes_without_its_tags(kind: str, begins: str) -> None:
    photo = base64.b64encode(made.image(kind)).decode()
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{begins}{photo}"/></svg>'
    cleaned, found = made.cleaned(drawing.encode())
    assert {"author"} <= set(found)
    inner = base64.b64decode(cleaned.split(b",")[1].split(b'"')[0])
    assert made.AUTHOR.encode() not in inner
    with Image.open(io.BytesIO(inner)) as picture:
        assert picture.size == (24, 16)


def test_f08_nothing_is_fetched_by_an_address_behind_a_space() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><image href=" http://example.org/pixel"/></svg>'
    cleaned, found = made.cleaned(drawing)
    assert "elsewhere" in found
    assert b"example.org" not in cleaned


@pytest.mark.parametrize(
    "inside",
    [
        "<style>@import 'http://example.org/a.css';</style>",
        "<style>rect { fill: url( 'http://example.org/a' ) }</style>",
        "<style>@&#105;mport 'http://example.org/a.css';</style>",
        "<style>rect { fill: \\75rl(http://example.org/a) }</style>",
        '<rect style="fill:url(http://example.org/a)"/>',
        '<rect fill="URL(//example.org/a#b)"/>',
    ],
)
def test_f08_no_style_of_a_drawing_fetches_anything(inside: str) -> None:
    cleaned, found = made.cleaned(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode())
    assert "elsewhere" in found
    assert b"example.org" not in cleaned


def test_f08_a_style_that_names_what_stands_in_the_drawing_stays() -> None:
    inside = "<style>rect { fill: url('#a') }</style><rect style=\"fill:url(#b)\"></rect>"
    cleaned, found = made.cleaned(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode())
    assert found == {}
    assert inside.encode() in cleaned
