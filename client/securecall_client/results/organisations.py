"""Results about organisations."""

from securecall_client.results.common import Result, Saved


class OrganisationLine(Result, frozen=True, kw_only=True):
    """An organisation of the coalition; kind and country are empty where nobody said them."""

    organisation: str
    name: str
    kind: str
    country: str


class Organisations(Result, frozen=True, kw_only=True):
    """The organisations of the coalition."""

    organisations: list[OrganisationLine]


class AddedOrganisation(Result, frozen=True, kw_only=True):
    """An organisation has been added."""

    organisation: str
    name: str
    saved: Saved
