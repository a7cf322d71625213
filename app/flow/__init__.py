"""Verbs: one use case a file, readable without scrolling; no HTTP in here."""
