"""Jitsu's clients."""
