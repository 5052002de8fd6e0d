"""The work of a coalition: its acts, and the pure values they rest on (rows, places, the map, the fold)."""
