"""Screens of the front line."""
