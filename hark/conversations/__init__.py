"""Conversations: one thread per person over all channels."""
