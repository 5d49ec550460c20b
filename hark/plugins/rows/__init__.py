"""Rows of a table that somebody imported: a mapping says what each column means."""
