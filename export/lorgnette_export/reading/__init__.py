"""Files that people bring, read without running anything that is in them."""
