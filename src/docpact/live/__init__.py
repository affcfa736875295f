"""Hold a live endpoint to a contract: ask it, within limits, and judge what it answers."""
