"""What is learnt from: photos with captions, and captions alone."""
