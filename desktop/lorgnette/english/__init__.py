"""English words: lists of them, and words for people made neutral. Knows no picture, no model."""
