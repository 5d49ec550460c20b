"""The room conversations: threading, delivery, moving, asking."""
