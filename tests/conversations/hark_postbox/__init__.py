"""A channel of the tests, as somebody else's package would bring one."""
