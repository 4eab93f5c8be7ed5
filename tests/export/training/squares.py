"""Drawn squares and circles to learn, and small networks to learn them."""

import itertools

from lorgnette_export.training.config import Config

COLOURS = ("red", "green", "blue", "yellow")
SMALL = Config(
    hidden=32, embedding=32, heads=2, dropout=0.1, epochs=3, photos=8, captions=2,
    learning_rate=1e-2, least_count=1,
)  # fmt: skip
# The photos below have one thing each.
SENTENCES = [
    f"there is a {one} {shape} a {other} {shape}".split()
    for one, other in itertools.permutations(COLOURS, 2)
    for shape in ("square", "circle")
]
