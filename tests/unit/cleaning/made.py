"""Files with much to hide, made anew by the programs that make such files; and what is left of them once cleaned."""

import io
import zipfile
from collections.abc import Mapping

import pikepdf
from docx import Document
from openpyxl import Workbook
from openpyxl.comments import Comment
from PIL import ExifTags, Image, PngImagePlugin

from securecall_client.sandbox.messages import Finding
from securecall_client.sandboxed.cleaning import families
from securecall_client.sandboxed.found import Found

AUTHOR = "Amina Wanjiru"
OTHER = "Tesfaye Bekele"
PLACE = "1.286389"
HIDDEN = "deleted-sentence"
SHOWN = "what everybody reads"
GPS = {1: "S", 2: (1.0, 17.0, 11.0), 3: "E", 4: (36.0, 49.0, 2.0)}


def cleaned(data: bytes) -> tuple[bytes, dict[str, Finding]]:
    """A file without what it hides, and what that is."""
    found = Found()
    made = families.clean(data, found)
    return made, {finding.what: finding for finding in found.findings()}


def picture(width: int = 24, height: int = 16, mode: str = "RGB") -> Image.Image:
    """A picture of which every corner looks different."""
    drawn = Image.new("RGB", (width, height), "white")
    drawn.paste("red", (0, 0, width // 2, height // 2))
    drawn.paste("blue", (width // 2, height // 2, width, height))
    return drawn.convert(mode)


def tags(orientation: int = 1) -> Image.Exif:
    """The tags of a photo."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "NIKON"
    exif[ExifTags.Base.Artist] = AUTHOR
    exif[ExifTags.Base.DateTime] = "2026:11:22 15:00:00"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    return exif


def packet() -> bytes:
    """A packet of XMP."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        f'exif:GPSLatitude="{PLACE}"><dc:creator><rdf:Seq><rdf:li>{AUTHOR}</rdf:li></rdf:Seq></dc:creator>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def image(kind: str, orientation: int = 1, **options: object) -> bytes:
    """A picture with tags."""
    made = io.BytesIO()
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", AUTHOR)
    words.add_text("XML:com.adobe.xmp", packet().decode())
    given: dict[str, dict[str, object]] = {
        "JPEG": {"exif": tags(orientation), "xmp": packet(), "comment": AUTHOR.encode(), "quality": 92},
        "PNG": {"exif": tags(orientation), "pnginfo": words},
        "WEBP": {"exif": tags(orientation).tobytes(), "xmp": packet(), "lossless": True},
        "GIF": {"comment": AUTHOR.encode()},
        "TIFF": {"exif": tags(orientation).tobytes()},
    }
    picture().save(made, kind, **given[kind], **options)
    return made.getvalue()


def pdf(*, attached: bool = False) -> bytes:
    """A document of two pages, with properties, a note, a photo, a program, and an earlier version of itself."""
    made = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(2):
            document.add_blank_page(page_size=(200, 100))
        page = document.pages[0]
        photo = pikepdf.Stream(document, image("JPEG"))
        photo.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=24, Height=16, BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
        page.Contents = pikepdf.Stream(document, b"q 200 0 0 100 0 0 cm /Photo Do Q")
        page.Annots = pikepdf.Array([
            document.make_indirect(pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=pikepdf.String(AUTHOR),
                Contents=pikepdf.String(SHOWN), M=pikepdf.String("D:20261122"),
            )),
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
                A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("/home/amina/run")),
            ),
        ])  # fmt: skip
        page.PieceInfo = pikepdf.Dictionary(Program=pikepdf.String(OTHER))
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        with document.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:creator"] = [AUTHOR]
        document.docinfo["/Author"] = AUTHOR
        document.docinfo["/Producer"] = "Office of Amina"
        if attached:
            document.attachments["budget.xlsx"] = b"sheet of the budget"
        document.save(made, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return made.getvalue()


def docx(**more: bytes) -> bytes:
    """A text with tracked changes by two people, a comment, a photo, properties, and the parts ``more``."""
    document = Document()
    document.add_paragraph(SHOWN)
    document.add_picture(io.BytesIO(image("JPEG")))
    document.add_comment(document.paragraphs[0].runs, text="a comment", author=OTHER, initials="TB")
    document.core_properties.author = AUTHOR
    document.core_properties.last_modified_by = OTHER
    made = io.BytesIO()
    document.save(made)
    parts = unpacked(made.getvalue())
    body = parts["word/document.xml"].decode()
    changes = (
        f'<w:p w:rsidR="00AB12CD"><w:pPr><w:pPrChange w:id="7" w:author="{OTHER}"><w:pPr/></w:pPrChange></w:pPr>'
        f'<w:ins w:id="8" w:author="{AUTHOR}" w:date="2026-11-22T15:00:00Z"><w:r><w:t>inserted</w:t></w:r></w:ins>'
        f'<w:del w:id="9" w:author="{OTHER}"><w:r><w:delText>{HIDDEN}</w:delText></w:r></w:del></w:p>'
    )
    parts["word/document.xml"] = body.replace("<w:sectPr", changes + "<w:sectPr", 1).encode()
    parts["word/settings.xml"] = parts["word/settings.xml"].replace(
        b"</w:settings>", b'<w:rsids><w:rsidRoot w:val="00AB12CD"/></w:rsids></w:settings>'
    )
    parts["docProps/thumbnail.jpeg"] = image("JPEG")
    parts |= {name.replace("__", "/").replace("_DOT_", "."): content for name, content in more.items()}
    return packed(parts)


def xlsx() -> bytes:
    """A workbook with a comment, a hidden sheet, a folder's name and properties."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = SHOWN
    sheet["A1"].comment = Comment("a comment", OTHER)
    hidden = book.create_sheet("Private")
    hidden.sheet_state = "hidden"
    book.properties.creator = AUTHOR
    made = io.BytesIO()
    book.save(made)
    parts = unpacked(made.getvalue())
    path = (
        b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        b'<mc:Choice Requires="x15"><x15ac:absPath url="C:\\Users\\Amina\\"'
        b' xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice>'
        b"</mc:AlternateContent>"
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<bookViews>", path + b"<bookViews>")
    return packed(parts)


_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = (
    f'xmlns:office="{_OFFICE}:office:1.0" xmlns:text="{_OFFICE}:text:1.0" xmlns:config="{_OFFICE}:config:1.0"'
    f' xmlns:manifest="{_OFFICE}:manifest:1.0" xmlns:meta="{_OFFICE}:meta:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    f' xmlns:draw="{_OFFICE}:drawing:1.0" office:version="1.3"'
)


def odt(**more: bytes) -> bytes:
    """A text with a tracked deletion, a comment, a photo, a printer and properties."""
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (
            ("/", "application/vnd.oasis.opendocument.text"),
            ("content.xml", "text/xml"),
            ("meta.xml", "text/xml"),
            ("settings.xml", "text/xml"),
            ("Pictures/1.jpg", "image/jpeg"),
            ("Thumbnails/thumbnail.png", "image/png"),
        )
    )
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": (
            f"<office:document-content {_SPACES}><office:body><office:text><text:tracked-changes>"
            '<text:changed-region text:id="c1"><text:deletion><office:change-info>'
            f"<dc:creator>{OTHER}</dc:creator></office:change-info><text:p>{HIDDEN}</text:p></text:deletion>"
            f'</text:changed-region></text:tracked-changes><text:p>{SHOWN}<text:change text:change-id="c1"/>'
            f"<office:annotation><dc:creator>{AUTHOR}</dc:creator><text:p>a comment</text:p></office:annotation>"
            '<draw:frame><draw:image xlink:href="Pictures/1.jpg"/></draw:frame></text:p>'
            "</office:text></office:body></office:document-content>"
        ).encode(),
        "meta.xml": (
            f"<office:document-meta {_SPACES}><office:meta><meta:initial-creator>{AUTHOR}</meta:initial-creator>"
            f"<dc:creator>{OTHER}</dc:creator></office:meta></office:document-meta>"
        ).encode(),
        "settings.xml": (
            f"<office:document-settings {_SPACES}><office:settings>"
            '<config:config-item-set config:name="ooo:configuration-settings">'
            '<config:config-item config:name="PrinterName" config:type="string">Printer of Amina</config:config-item>'
            "</config:config-item-set></office:settings></office:document-settings>"
        ).encode(),
        "Pictures/1.jpg": image("JPEG"),
        "Thumbnails/thumbnail.png": image("PNG"),
        "META-INF/manifest.xml": f"<manifest:manifest {_SPACES}>{entries}</manifest:manifest>".encode(),
    }
    parts |= {name.replace("__", "/").replace("_DOT_", "."): content for name, content in more.items()}
    return packed(parts)


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """An archive of parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return made.getvalue()


def everything(data: bytes) -> bytes:
    """All bytes of a file, with what is packed in it unpacked, so that a name in it can be looked for."""
    if data[:2] == b"PK":
        return b"\n".join(name.encode() + everything(content) for name, content in unpacked(data).items())
    if data[:5] == b"%PDF-":
        with pikepdf.open(io.BytesIO(data)) as document:
            made = io.BytesIO()
            document.save(
                made, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )  # fmt: skip
        return made.getvalue()
    return data
