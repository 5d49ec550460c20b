"""Figures and what stands behind them."""
