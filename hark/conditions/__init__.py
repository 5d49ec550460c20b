"""The one rule language of segments, journeys, routing and automations."""
