"""What the sample company wants to know of its customers: traits and segments, in the words of the rule language."""

TRAITS = {
    "spent": ("Spent with us", 'sum("Order Completed".revenue)'),
    "orders_in_a_year": ("Orders within a year", 'count("Order Completed", 365 days)'),
    "last_score": ("What they said of us last", 'last("Survey Answered".score)'),
    "favourite_category": ("Looks most at", 'most_frequent("Product Viewed".category)'),
}

SEGMENTS = {
    "loyal": ("Loyal customers", 'count("Order Completed", 365 days) >= 2'),
    "looking": ("Looking, not yet buying", 'count("Product Viewed", 30 days) >= 3 and count("Order Completed") = 0'),
    "new_owners": ("New owners", 'first("Appliance Registered") > 60 days ago'),
    "let_down": ("Let down: ask what we can do", 'last("Survey Answered") > 180 days ago and computed.last_score <= 4'),
    "fault_at_home": ("A fault within 30 days", 'count("Fault Raised", 30 days) >= 1'),
    "may_write_to": ("We may write to", 'consent("marketing") and traits.email is set'),
    "quiet": ("Bought, then fell silent", 'last("Order Completed") < 400 days ago and last_seen < 180 days ago'),
}
