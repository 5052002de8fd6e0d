"""Who plays in the demonstration: thirty people, each with an organisation, a role and a label."""

from dataclasses import dataclass
from typing import Final

from securecall.rights import Role

COALITION: Final = "Coalition for Open Lagoons"


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody: ``role`` is theirs in the coalition, ``label`` what whoever invites them calls them."""

    name: str
    org: str
    role: Role
    label: str


COMMAND: Final[dict[str, Part]] = {
    "secretariat": Part("Ines Valdemar", "Harbour Secretariat", "owner", "Secretariat"),
    "cochair": Part("Tomas Lindqvist", "Open Roads Network", "chair", "Co-chair of the spring call"),
    "focal": Part("Nareau Tebano", "Lagoon Observatory", "member", "Focal point in Tarawa"),
    "ally": Part("Amina Okonkwo", "Lantern Legal Fund", "member", "Ally for legal questions"),
    "seized": Part("Jonas Brandwein", "Paper Kite Alliance", "member", "Ally for media and campaigns"),
    "guest": Part("Elin Marchetti", "Rapporteur's Office", "guest", "Rapporteur for one call"),
}
"""Those who act through `securecall`, a process each; the secretariat founds, the guest comes for the call alone."""

_ALLIES: Final = (
    ("Rosalind Achterberg", "Breakwater Trust"), ("Mateo Quispe", "Salt Road Collective"),
    ("Leilani Kahale", "Reef Watch Pacific"), ("Dagny Storvik", "North Pier Foundation"),
    ("Farid Benhaddou", "Cedar Press Union"), ("Wanjiru Kamande", "Open Ballot Circle"),
    ("Anselm Vogelsang", "Quiet Harbour Clinic"), ("Priya Raghunathan", "Monsoon Law Desk"),
    ("Oksana Hrytsenko", "Amber Archive"), ("Thandiwe Mokoena", "Umbrella Shelter Fund"),
    ("Bautista Ferreyra", "Estuary Defenders"), ("Noriko Hayashida", "Paper Lantern Press"),
    ("Sibusiso Dube", "Granite Radio"), ("Ylva Bergenholm", "Midnight Sun Lawyers"),
    ("Ioane Tupua", "Outrigger Youth"), ("Catalina Urrutia", "Condor Witness Project"),
    ("Henrik Aasgaard", "Fjord Safety Line"), ("Meseret Tadesse", "Highland Voices"),
    ("Zofia Wielgosz", "Vistula Watch"), ("Emeka Nwachukwu", "Delta Commons"),
    ("Aroha Ngatai", "Long Cloud Trust"), ("Beatriz Figueiredo", "Mangrove Assembly"),
)  # fmt: skip
CROWD: Final[dict[str, Part]] = {
    "second": Part("Gwendolyn Ashdown", "Harbour Secretariat", "owner", "Second in the secretariat"),
    "focal-2": Part("Teretia Ioteba", "Atoll Health Workers", "member", "Focal point in Kiritimati"),
    **{
        f"ally-{number}": Part(name, org, "member", f"Ally {number} of the spring call")
        for number, (name, org) in enumerate(_ALLIES, start=2)
    },
}
"""Those who act in one process with the same client library."""
CAST: Final = COMMAND | CROWD
INVITED: Final = {part: who for part, who in CAST.items() if part not in ("secretariat", "guest")}
"""Who joins the coalition by invitation."""
