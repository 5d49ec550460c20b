"""Figures about conversations: how many, how fast, why, how well, for whom; every figure opens what stands behind it."""
