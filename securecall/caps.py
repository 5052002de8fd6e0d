"""Every limit of the protocol, with its unit. Checked before anything is allocated or verified (protocol 1).

Source of the numbers: `docs/protocol.md`, "Caps".
"""

KIB = 1024
MIB = 1024 * KIB

DEVICES_PER_MEMBER = 8
"""Live devices in one identity chain."""
DEVICES_PER_SPACE = 3_000
"""Devices that count in one space."""
MEMBERS_PER_SPACE = 1_000
IDENTITY_ENTRIES = 256
"""Entries in one identity chain."""
IDENTITY_BYTES = 8 * KIB
"""One signed identity entry."""
IDENTITIES_BYTES = 8 * MIB
"""All identity entries that travel with one entry."""
ENTRY_BYTES = 512 * KIB
"""One signed entry; grants travel beside it."""
RECORD_BYTES = 64 * KIB
"""One signed record."""
BEAT_BYTES = 512
"""One signed beat: no fewer and no more, whatever it says."""
SEAL_BYTES = 128 * KIB
"""One circle's seal inside an entry."""
GRANT_BYTES = 32 * KIB
"""One grant: a seed, or a guest's keys of several epochs."""
LETTER_BYTES = 4 * KIB
"""The letter in an invite, and the letter that travels with a join request."""
JOIN_BYTES = 1 * KIB
"""One signed join request."""
MAIL_BYTES = 256 * KIB
"""One of the two messages by which a device is linked."""
LINKING_SECONDS = 600
"""How long a linking text is good."""
STATEMENT_BYTES = 512
"""One signed statement of the server."""
LOGIN_BYTES = 1 * KIB
"""One signed login."""
CHUNK_BYTES = 4 * MIB + 64
"""One chunk of a blob as stored: nonce, ciphertext and tag."""
CHUNKS_PER_BLOB = 1 << 16
BLOBS_PER_RECORD = 64
HEARD_PER_BEAT = 8
"""Nonces of others that one beat repeats."""
LINKS_PER_ENTRY = 64
"""Older epochs whose seeds one entry seals anew."""
CHANGES_PER_ENTRY = MEMBERS_PER_SPACE
"""Members, invites or roles that one entry changes."""
EVIDENCE_BYTES = 64 * MIB
"""A file of evidence."""
EVIDENCE_PLACES = 1 << 20
"""Places of one history in it."""
EVIDENCE_STATEMENTS = 16
"""Statements of the server in it, and as many items that came by another way."""
PASSPHRASE_MEMORY_FLOOR = 64 * MIB
"""Argon2id memory: RFC 9106, section 4, second recommendation."""
PASSPHRASE_MEMORY_CEILING = 1024 * MIB
PASSPHRASE_PASSES_FLOOR = 3
PASSPHRASE_PASSES_CEILING = 16
