"""Asking people how it was: the signed link to the question, and when it is sent."""
