"""Tables of texts come into the batch."""
