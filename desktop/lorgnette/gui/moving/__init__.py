"""What moves is played when a person asks, and told frame by frame."""
