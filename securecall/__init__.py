"""What server and clients must agree on: ids, bytes, signed items, chains, rights. Pure: no secrets, no I/O.

The modules, from the bytes up: `caps`, `errors`, `labels`, `wire`, `points`; `identity`; `rights`, `entries`,
`records`, `joins`, `statements`; `roster`, `changes`, `epochs`, `state`, `entry_rules`, `record_rules`,
`chain`; `beats`, `code`, `texts`. Each names the section of `docs/protocol.md` that it implements.
"""
