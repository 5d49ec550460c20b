"""Keeps tables of events and persons in another PostgreSQL."""
