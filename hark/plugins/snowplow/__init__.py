"""Snowplow's trackers."""
