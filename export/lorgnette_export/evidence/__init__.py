"""What the encoder tells beside its features: which things it sees, how many people, how surely."""
