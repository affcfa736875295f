"""Generate: payloads, stories, covers and faults, made from a contract and the samples beside it."""
