"""Only in `securecall demo --web`: what is looked at as pixels: a paper as PDF, and a picture."""

import time
from pathlib import Path
from typing import Final

from securecall_client.work import report_pdf
from securecall_client.work.report import Heading, Paragraph, Picture, Points, make

_PAPER: Final = "update-from-the-islands.pdf"
_PICTURE: Final = "meeting-house.png"
_HOUSE: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 500" width="800" height="500">
<rect width="800" height="310" fill="#bcd3d6"/>
<circle cx="615" cy="285" r="50" fill="#fadea0"/>
<rect y="310" width="800" height="190" fill="#34828c"/>
<polygon points="0,500 0,395 210,370 490,415 625,500" fill="#dec89e"/>
<polygon points="90,280 240,150 390,280" fill="#705234"/>
<rect x="130" y="280" width="220" height="110" fill="#96744e"/>
<path d="M150 300h40v90h-40z M220 300h40v90h-40z M290 300h40v90h-40z" fill="#4a3626"/>
</svg>
"""


def lay_out(desk: Path) -> list[Path]:
    """Make both in ``desk``. Raises: OSError."""
    return [_paper(desk / _PAPER), _picture(desk / _PICTURE)]


def _paper(path: Path) -> Path:
    blocks = (
        Heading(1, "What has changed"),
        Paragraph(
            "The register of associations closes at the end of the month. Who is not in it by then may hold no account."
        ),
        Points(("Two groups have had their letters.", "A third was visited, and asked for its members.")),
        Heading(1, "What would help"),
        Points(("Lawyers who can come to the outer islands.", "A safe place for what witnesses have told.")),
    )
    report = make("Update from the islands", ("For the call on civic space in spring",), blocks)
    path.write_bytes(report_pdf.to_pdf(report, int(time.time())))
    return path


def _picture(path: Path) -> Path:
    path.write_bytes(report_pdf.to_png(Picture(_HOUSE, "A house by the lagoon")))
    return path
