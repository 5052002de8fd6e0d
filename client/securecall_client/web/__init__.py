"""The pages: a server on this computer alone, inside the client, that a browser is opened on (rows L01 to L11).

`program` puts it together: `loopback` (where it listens), `gate` (who may ask), `entry` (how a browser comes to be let
in), `desk` (the profile, locked or open), `page` (what a page is), `pages/` (the pages themselves).
"""
