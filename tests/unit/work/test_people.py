"""Tables of people to invite, as Excel and LibreOffice write them; and the letter beside an invitation."""

import pytest

from securecall.rights import Role
from securecall_client.work.covering import RULE, code_in, letter
from securecall_client.work.errors import PeopleError
from securecall_client.work.people import Row, read_people

ROLES: tuple[Role, ...] = ("owner", "chair", "member")
TWO = (("Amina", "River Watch", "member"), ("Jo, the elder", "Aid; and more", "chair"))

WRITTEN = {
    "commas": 'label,org,role\nAmina,River Watch,member\n"Jo, the elder",Aid; and more,chair\n',
    "semicolons": 'label;org;role\nAmina;River Watch;member\nJo, the elder;"Aid; and more";chair\n',
    "tabs": "label\torg\trole\nAmina\tRiver Watch\tmember\nJo, the elder\tAid; and more\tchair\n",
    "Excel": '\ufefflabel;org;role\r\nAmina;River Watch;member\r\nJo, the elder;"Aid; and more";chair\r\n',
    "all quoted": '"label","org","role"\r\n"Amina","River Watch","member"\r\n"Jo, the elder","Aid; and more","chair"',
    "another order": 'role,label,org\nmember,Amina,River Watch\nchair,"Jo, the elder",Aid; and more\n',
    "blank lines": 'label,org,role\n\nAmina,River Watch,member\n,,\n  \n"Jo, the elder",Aid; and more,chair\n\n',
    "empty columns": 'label,org,role,,\nAmina,River Watch,member,,\n"Jo, the elder",Aid; and more,chair,,\n',
    "capitals and spaces": 'Label , ORG,Role\n Amina ,River  Watch,Member\n"Jo, the elder",Aid; and more,CHAIR\n',
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_is_read_however_it_was_written(name: str) -> None:
    people = read_people(WRITTEN[name], ROLES)
    assert tuple((row.label, row.org, row.role) for row in people.rows) == TWO
    assert people.ignored == ()


def test_columns_that_lists_have_are_passed_over_and_named() -> None:
    people = read_people("name,label,email,org,role\nAmina Diallo,Amina,a@b.example,O,member\n", ROLES)
    assert people.rows == (Row(2, "Amina", "O", "member"),)
    assert people.ignored == ("name", "email")


def test_m17_cells_that_were_made_harmless_come_back() -> None:
    assert read_people("label,org,role\n'=Amina,'+O,member\n", ROLES).rows[0] == Row(2, "=Amina", "+O", "member")


REFUSED = {
    "empty": ("", "The file is empty"),
    "no rows": ("label,org,role\n\n", "names nobody"),
    "an unknown column": ("label,org,role,phone\nA,O,member,1\n", "a column “phone”, which is not known. The columns"),
    "a column missing": ("label,role\nA,member\n", "does not name the column org"),
    "a column twice": ("label,org,role,org\nA,O,member,P\n", "the column org twice"),
    "no header": ("Amina,River Watch,member\n", "The first line names a column “amina”"),
    "a cell missing": ("label,org,role\nA,O,member\nB,,member\n", "Line 3: org is missing"),
    "a short row": ("label,org,role\nA,O\n", "Line 2: role is missing"),
    "a cell too many": ("label,org,role\nA,O,member,x\n", "Line 2: it has 4 cells, and the first line names 3"),
    "a role that is none": ("label,org,role\n\nA,O,boss\n", "Line 3: “boss” is none of the roles owner, chair, member"),
    "a role not for here": ("label,org,role\nA,O,guest\n", "Line 2: “guest” is none of the roles"),
    "a role with a space": ("label,org,role\nA,O,mem ber\n", "Line 2: “mem ber” is none of the roles"),
    "a label twice": (
        "label,org,role\nA,O,member\nB,O,member\n A ,P,chair\n",
        "Line 4: the label “A” stands in line 2",
    ),
    "a hidden mark": (
        "label,org,role\nA\u202eb,O,member\n",
        "Line 2: The label contains a character that cannot be seen",
    ),
    "a line break in a cell": ('label,org,role\n"A\nb",O,member\n', "Line 3: The label contains"),
    "an open quotation": ('label,org,role\n"A,O,member\n', "is not readable CSV"),
    "a zero": ("label,org,role\nA\0,O,member\n", "Line 2"),
    "too many": ("label,org,role\n" + "".join(f"P{n},O,member\n" for n in range(1001)), "1001 people; at most 1000"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_table_is_refused_with_the_line(name: str) -> None:
    text, words = REFUSED[name]
    with pytest.raises(PeopleError) as caught:
        read_people(text, ROLES)
    assert words in str(caught.value)


CODE = "-".join(["ss4wq5du", "obztulzp", "mnqwy3dt"] * 7)


def test_the_whole_letter_or_the_code_alone_is_taken() -> None:
    whole = letter(CODE, "2026-11-22 14:26 UTC")
    for sent in (whole, whole.replace("\n", "\r\n"), "\n".join(f"  {line}" for line in whole.splitlines())):
        assert "".join(code_in(sent).split()) == CODE
    assert code_in(CODE) == CODE
    assert code_in(f"{CODE}\n{RULE}") == f"{CODE}\n{RULE}"
    assert max(map(len, whole.splitlines())) <= 76
