"""The model is asked for words."""
