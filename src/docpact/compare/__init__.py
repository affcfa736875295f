"""What changed between two contracts: facts first, then who breaks by them, with a payload that shows it."""
