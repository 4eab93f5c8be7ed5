"""Animations and films: the frames that tell what happens in them."""
