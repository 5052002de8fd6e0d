"""What the people of the demonstration answer, and what the map must show of it, worked out by hand.

Lagoon Observatory and Paper Kite Alliance both document, in the Gilbert Islands and in all of Kiribati, and
their months meet in May and June. Lagoon Observatory and Lantern Legal Fund both give legal aid, in November
and December; that of Paper Kite begins when both have ended, so it overlaps with neither. On the Line Islands
nobody gives the psychosocial care that is needed, while the legal aid needed there is covered by what the Fund
does in the whole country.
"""

from typing import Final

Row = dict[str, object]

INTERVIEWS: Final = "witness interviews by lantern light"
BOAT: Final = "night crossing by outrigger"
ARCHIVE: Final = "sealed archive of testimony"
COURT: Final = "court observers from abroad"
RADIO: Final = "shortwave radio for outer islands"


def row(activity: str, place: str, months: tuple[str, str], status: str, **lists: list[str]) -> Row:
    """One row; ``lists`` gives `with`, `needs` and `offers`, where there are any."""
    fields: Row = {"activity": activity, "place": place, "from": months[0], "to": months[1], "status": status}
    return fields | {"with": [], "needs": [], "offers": []} | dict(lists)


FINAL: Final[dict[str, list[Row]]] = {
    "secretariat": [
        row("relocation", "KI-L", ("2027-03", "2027-08"), "planned", needs=["legal aid", "psychosocial care"]),
    ],
    "focal": [
        row(INTERVIEWS, "KI-G", ("2027-01", "2027-06"), "planned", needs=[BOAT], offers=[ARCHIVE]),
        row("legal aid", "KI-G", ("2027-11", "2028-01"), "considering"),
    ],
    "ally": [
        row("legal aid", "KI", ("2027-02", "2027-12"), "under way", needs=[ARCHIVE], offers=[COURT]),
    ],
    "guest": [row("report to the assembly", "KI", ("2027-09", "2027-09"), "planned")],
    "seized": [
        row(INTERVIEWS, "KI", ("2027-05", "2027-09"), "considering", offers=[BOAT]),
        row("legal aid", "KI", ("2028-03", "2028-05"), "planned", offers=[RADIO]),
    ],
}
"""What counts in the end, by person."""

OVERLAPS: Final = [
    ("legal aid", ("KI", "KI-G"), "2027-11", "2027-12", ("Lagoon Observatory", "Lantern Legal Fund")),
    (INTERVIEWS, ("KI", "KI-G"), "2027-05", "2027-06", ("Lagoon Observatory", "Paper Kite Alliance")),
]
"""Activity, places, first and last month in common, organisations."""
UNPLANNED: Final = (
    "advocacy with governments", "advocacy with the UN", "casework and accompaniment", "digital security",
    "documentation", "emergency grants", "media and campaigns", "monitoring", "research", "strategic litigation",
    "training",
)  # fmt: skip
"""Words of the template's list that nobody's last answer names."""
GAPS: Final = [(BOAT, "KI-G"), ("psychosocial care", "KI-L"), (ARCHIVE, "KI"), *((word, "") for word in UNPLANNED)]
"""Activity and place, empty for what nobody plans anywhere."""
MATCHES: Final = [
    (BOAT, ("Lagoon Observatory", "Paper Kite Alliance")),
    (ARCHIVE, ("Lantern Legal Fund", "Lagoon Observatory")),
]
"""The word, and who needs and who offers it."""


def draft(person: str, number: int) -> list[Row]:
    """An answer before the last: what somebody still thinks about."""
    idea = f"idea {number} of the {person} person"
    return [row("research", "KI-P", ("2027-01", "2027-02"), "considering", needs=[idea], offers=[idea + " in return"])]


def quiet(part: str) -> list[Row]:
    """The last answer of somebody whose plans touch nobody else's."""
    return [row(f"errand that only {part} runs", "KI-P", ("2027-04", "2027-05"), "planned")]


def late() -> list[Row]:
    """An answer that comes when the call is closed."""
    return [row("training", "KI-G", ("2028-06", "2028-07"), "considering", needs=["second thoughts after closing"])]
