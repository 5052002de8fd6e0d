"""The written work of a call: templates, rows, places and the map. Pure values and functions, no I/O."""
