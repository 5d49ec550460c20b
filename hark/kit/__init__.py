"""Small tools with no I/O and no word of our field."""
