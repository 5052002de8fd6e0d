"""The only place where secrets are made, sealed, opened and stored.

The modules, from the bytes up: `secret`, `errors`, `context`, `primitives`, `padding`; `device`, `keystore`;
`epoch`, `keyring`, `labels`, `author`; `records`, `beats`, `blobs`; `invitation`, `linking`, `sheet`.
"""
