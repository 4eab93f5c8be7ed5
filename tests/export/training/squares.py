"""Drawn squares and circles to learn, and small networks to learn them."""

import itertools
from pathlib import Path

from lorgnette_export.data import captioned
from lorgnette_export.networks import efficientnet_lite
from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.training import features
from lorgnette_export.training.batches import Split
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


def split(folder: Path, grids: Path, which: str) -> Split:
    photos = [photo for photo in captioned.read(folder) if photo.split == which]
    encoder = ENCODERS["efficientnet-lite2"]
    network = efficientnet_lite.pretrained()
    return Split(
        photos=photos,
        grids=[features.compute([p.file for p in photos], encoder, network, grids)],
    )
