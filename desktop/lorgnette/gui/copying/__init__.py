"""Words go to the clipboard."""
