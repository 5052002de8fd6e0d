"""Whom a report names; apart from the rest, so that the command line knows it without loading the rest."""

from typing import Literal

Who = Literal["named", "kind", "nobody"]
"""People and organisations by name, organisations by their kind, or by a number alone."""
