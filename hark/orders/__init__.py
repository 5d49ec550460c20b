"""What is sold and what was bought: products, orders, and what a person owns, loves and gave back."""
