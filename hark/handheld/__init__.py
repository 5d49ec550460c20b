"""What members did on a phone, with or without a network: each act once, its files, and what the phone is given to know."""
