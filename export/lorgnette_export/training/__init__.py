"""From photos with captions to a checkpoint."""
