"""Who is behind the events: identity, profile, segments, consent."""
