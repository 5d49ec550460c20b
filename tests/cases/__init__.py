"""The room cases: work, its queue, its promises and its rules."""
