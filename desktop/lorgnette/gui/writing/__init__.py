"""Words go to disk."""
