"""Results about the pages."""

from securecall_client.results.common import Result


class Served(Result, frozen=True, kw_only=True):
    """The pages are served at `address`, which lets one browser in, once."""

    address: str
