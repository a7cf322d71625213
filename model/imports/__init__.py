"""Stacks out of the files of other programs. ``reading`` tells the formats apart; one file a format reads it."""
