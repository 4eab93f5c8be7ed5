"""Many pictures are changed at once."""
