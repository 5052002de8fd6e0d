"""The work of a coalition as pure values: the fold and its state, rows, places, months, templates, the map."""
