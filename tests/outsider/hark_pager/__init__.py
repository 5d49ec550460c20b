"""A plug-in as somebody else would write and ship it: it hears a pager and can page."""
