"""Signed webhooks to any address, as Standard Webhooks describes them."""
