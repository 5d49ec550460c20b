"""Our own small form."""
