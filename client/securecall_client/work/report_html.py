"""A report as one HTML file: nothing in it runs, nothing is fetched, and a policy in it says so. Pure."""

import base64
from collections.abc import Iterable, Iterator
from html import escape

from securecall_client.work.report import Block, Heading, Paragraph, Picture, Points, Report, Table

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = """
body { font: 11pt/1.45 "Noto Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1c2530;
  max-width: 50rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin-bottom: .4rem; }
h2 { margin-top: 2.4rem; border-bottom: 1px solid #c9d1da; padding-bottom: .2rem; }
h3 { margin-top: 1.6rem; } .about { color: #55606d; margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: .92em; margin: .8rem 0; }
th, td { text-align: start; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid #dde3ea; }
th { color: #55606d; font-weight: 600; } td { white-space: pre-line; overflow-wrap: anywhere; }
blockquote { margin: .8rem 0; padding: .1rem 0 .1rem .9rem; border-inline-start: 3px solid #8fa3b8; }
blockquote p { margin: .2rem 0; white-space: pre-line; overflow-wrap: anywhere; } cite, .note { color: #55606d;
  font-style: normal; font-size: .92em; } img { max-width: 100%; } li { margin: .25rem 0; overflow-wrap: anywhere; }
@media print { h2, h3 { break-after: avoid; } tr, blockquote, img { break-inside: avoid; } }
"""


def to_html(report: Report) -> str:
    """The file's text."""
    title = escape(report.title)
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f'<h1 dir="auto">{title}</h1>',
        *(f'<p class="about" dir="auto">{escape(line)}</p>' for line in report.about),
        *_blocks(report.blocks),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(level=level, text=text):
                yield f'<h{level + 1} dir="auto">{escape(text)}</h{level + 1}>'
            case Paragraph(text=text, style="quote", by=by):
                yield f'<blockquote><p dir="auto">{escape(text)}</p><cite dir="auto">{escape(by)}</cite></blockquote>'
            case Paragraph(text=text, style=style):
                yield f'<p class="{style}" dir="auto">{escape(text)}</p>'
            case Points(items=items):
                yield "<ul>" + "".join(f'<li dir="auto">{escape(item)}</li>' for item in items) + "</ul>"
            case Table():
                yield _table(block)
            case Picture(svg=svg, shows=shows):
                # As an image and not as markup of the page: there a browser runs nothing that a picture could hold.
                data = base64.b64encode(svg.encode()).decode()
                yield f'<p><img alt="{escape(shows)}" src="data:image/svg+xml;base64,{data}"></p>'


def _table(block: Table) -> str:
    share = 100 / sum(block.widths)
    columns = "".join(f'<col style="width: {width * share:.1f}%">' for width in block.widths)
    head = "".join(f'<th dir="auto">{escape(cell)}</th>' for cell in block.head)
    rows = "".join(
        "<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row) + "</tr>" for row in block.rows
    )
    return f"<table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
