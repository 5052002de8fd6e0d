"""The server's database: chains, members, and what is known of blobs. Its interface is `Store`."""

from .errors import StoreFaultError, StoreOpenError
from .interface import ConflictError, Store, StoreFullError
from .opening import open_store, open_survey
from .rows import Append, DeviceRow, GrantRow, IdentityRow, JoinRow, MailboxRow, NotedChunk, PlaceRow
from .survey import Counts, Survey

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
