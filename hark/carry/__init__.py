"""Their data is theirs: the whole record of one person to take along, or gone from everywhere with a certificate."""
