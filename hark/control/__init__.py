"""Screens of those who run Hark."""
