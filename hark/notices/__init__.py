"""What members are told while they look elsewhere: their browsers, what they want to hear of, and the notices themselves."""
