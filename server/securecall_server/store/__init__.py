"""The server's database: chains, members, and what is known of blobs. Its interface is `Store`."""

from .errors import StoreFaultError, StoreOpenError
from .interface import (
    Append,
    ConflictError,
    DeviceRow,
    GrantRow,
    IdentityRow,
    JoinRow,
    MailboxRow,
    PlaceRow,
    Store,
    StoreFullError,
)
from .opening import open_store, open_survey
from .survey import Counts, NotedChunk, Survey

__all__ = [
    "Append",
    "ConflictError",
    "Counts",
    "DeviceRow",
    "GrantRow",
    "IdentityRow",
    "JoinRow",
    "MailboxRow",
    "NotedChunk",
    "PlaceRow",
    "Store",
    "StoreFaultError",
    "StoreFullError",
    "StoreOpenError",
    "Survey",
    "open_store",
    "open_survey",
]
