"""What RudderStack's clients ask beyond the wire they share with Segment."""
