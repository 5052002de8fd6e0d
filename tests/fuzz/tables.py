"""What people write in files of their own: agendas, templates, rows of an answer, people to invite."""

from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from securecall_client.acts.sheets import told_lines
from securecall_client.acts.templates import read_template
from securecall_client.errors import TextError
from securecall_client.sandboxed.cannot import CannotError
from securecall_client.work.agenda import parse_agenda, read_minutes, read_starts
from securecall_client.work.answer_text import Format
from securecall_client.work.errors import PeopleError, RowsError, TemplateError
from securecall_client.work.people import read_people
from securecall_client.work.rows import check
from securecall_client.work.template import load, load_text, parse
from tests.answers import parse_answer, parse_sheet
from tests.fuzz.target import Target, text, typed

NAME = "who-does-what"
ROWS: dict[Format, str] = {
    "toml": """\
[[rows]]
activity = "training"
place = "FR"
from = "2026-12"
to = "2027-02"
status = "planned"
with = ["CARE"]
needs = ["legal aid"]
offers = []
""",
    "json": """{"rows": [{"activity": "training", "place": "fr-01", "from": "2026-12", "to": null,
 "status": "under way", "with": [], "needs": ["money"], "offers": ["a room", "a van"]}]}""",
    "csv": "activity,place,from,to,status,with,needs,offers\r\ntraining,FR,2026-12,,considering,CARE;MSF,,\r\n",
}


def _sheet() -> bytes:
    book = Workbook()
    for line in (("activity", "place", "status"), ("training", "FR", "planned")):
        book.worksheets[0].append(line)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_rows(data: bytes) -> None:
    check(parse_sheet(data, load(NAME)), load(NAME))


def _template_file(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "ours.toml")
        path.write_bytes(data)
        parse(read_template(str(path)))


PEOPLE = (
    'label,org,role,email\r\nAmina,Harbour Watch,member,a@example.org\r\n"Bo, Li",CARE,chair,\r\n',
    "\ufefflabel;org;role\nAmina;Harbour Watch;owner\n;;\n",
)


def _rows(form: Format, data: bytes) -> None:
    """Rows that are read are in the one form in which they are kept."""
    check(parse_answer(text(data), form, load(NAME)), load(NAME))


def _samples(form: Format) -> list[bytes]:
    return [typed(ROWS[form])]


AGENDA = """\
[[points]]
title = "Updates"
minutes = 20
starts = 2026-12-01T15:00:00+03:00
speaker = "Amina"
[[points]]
title = "What next"
starts = "2026-12-01T15:00Z"
"""


def _agenda(data: bytes) -> None:
    """An agenda is refused as a whole, or each of its points is read or refused by itself."""
    for point in parse_agenda(text(data)):
        read_minutes(point.get("minutes"))
        read_starts(point.get("starts"))


TARGETS = [
    Target(
        "a template", lambda data: parse.__wrapped__(text(data)), lambda: [typed(load_text(NAME))], (TemplateError,)
    ),
    Target("a template in a file", _template_file, lambda: [load_text(NAME).encode()], (TemplateError,)),
    Target("rows on a sheet", _sheet_rows, lambda: [_sheet()], (RowsError, CannotError)),
    Target("lines that the sandbox tells of", told_lines, lambda: [b'[["a","",739311]]'], (RowsError,)),
    Target("an agenda", _agenda, lambda: [typed(AGENDA)], (TextError,)),
    *(Target(f"rows in {form}", partial(_rows, form), partial(_samples, form), (RowsError,)) for form in ROWS),
    Target(
        "people to invite",
        lambda data: read_people(text(data), ("owner", "chair", "member")),
        lambda: list(map(typed, PEOPLE)),
        (PeopleError,),
    ),
]
