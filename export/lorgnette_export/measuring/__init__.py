"""How good and how quick a model is."""
