"""PostHog's clients."""
