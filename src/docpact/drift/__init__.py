"""Drift: what was really seen, against what is documented; and what of a contract was exercised at all."""
