"""One folder per outside system; nothing here is named in the centre."""
