"""What every act of the client gives back: the shapes that `--json` prints (`docs/cli.md`), a module a noun.

Ids are lower-case hexadecimal; times are ISO 8601 with zone; a `Saved` says where a thing is safe by now.
"""
