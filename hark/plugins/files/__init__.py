"""Writes events into files, a folder for each day."""
