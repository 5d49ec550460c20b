"""Web push: messages to a browser that is not open, by RFC 8030, sealed by RFC 8291, signed by RFC 8292 (VAPID)."""
