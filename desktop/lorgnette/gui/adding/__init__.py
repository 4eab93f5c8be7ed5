"""Pictures come in: dropped, pasted, chosen, left from last time."""
