"""Sealed pages for guests who can install nothing: what they show, their one file, and what comes back."""
