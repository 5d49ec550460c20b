"""The phone app from the server's side."""
