"""Asking people how it was."""
