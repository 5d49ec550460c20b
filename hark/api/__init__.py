"""The doors for programs: collection and REST."""
