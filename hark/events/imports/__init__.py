"""Imports: the door for files. A file is read as rows, rows go in pieces into the same table as requests do."""
