"""What the sample company wants to know of its customers: traits and segments, in the words of the rule language."""

TRAITS = {
    "spent": ("Spent with us", 'sum("Order Completed".revenue)'),
    "orders_in_a_year": ("Orders within a year", 'count("Order Completed", 365 days)'),
    "last_score": ("What they said of us last", 'last("Survey Answered".score)'),
    "favourite_category": ("Looks most at", 'most_frequent("Product Viewed".category)'),
}

SEGMENTS = {
    "Loyal customers": 'count("Order Completed", 365 days) >= 2',
    "Looking, not yet buying": 'count("Product Viewed", 30 days) >= 3 and count("Order Completed") = 0',
    "New owners": 'first("Appliance Registered") > 60 days ago',
    "Let down: ask what we can do": 'last("Survey Answered") > 180 days ago and computed.last_score <= 4',
    "A fault within 30 days": 'count("Fault Raised", 30 days) >= 1',
    "We may write to": 'consent("marketing") and traits.email is set',
    "Bought, then fell silent": 'last("Order Completed") < 400 days ago and last_seen < 180 days ago',
}
