"""What stands around the wings."""
