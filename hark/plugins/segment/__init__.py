"""Segment's wire and everybody who speaks it."""
