"""Cassettes: recorded exchanges that are judged, free of secrets, written whole, and found by an index when they are played."""
