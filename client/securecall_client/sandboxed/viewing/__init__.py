"""Pages as pictures, so that nothing of a file's own bytes reaches what shows it (L08, M16)."""
