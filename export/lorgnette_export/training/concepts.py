"""What captions without photos are told from: vectors of concepts, where a picture's cells stand.

Each word that means something, a concept, has a vector that stands where the projected cells of a
grid stand; a caption is learnt from those of its own words, some left out and some wrong ones put
in, so that the network must still put the sentence together. The vectors are learnt beside the
network, and nothing at run time knows of them.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette_export.data import captioned
from lorgnette_export.data.texts import TextsError
from lorgnette_export.networks.decoder import Decoder
from lorgnette_export.training.batches import padded
from lorgnette_export.training.config import Config
from lorgnette_export.training.cross_entropy import cross_entropy

RATE = 2e-3  # at which concepts are learnt
_FIRST = 600  # iterations in which they are fitted to a network that knows none
_FIRST_RATE = 4e-2
CELLS = 16  # of a caption: its concepts, each as often as chance will have it
_LEFT_OUT = 0.25  # share of a caption's concepts
_WRONG = 2  # concepts of other captions, at most; each of its own is drawn twice as often
_FLATTENED = 0.75  # exponent of the frequency of wrong ones


class Texts(nn.Module):
    """Sentences as token ids, and the vectors of the concepts that they are told from."""

    def __init__(
        self, sentences: Sequence[Sequence[str]], vocabulary: Sequence[str], width: int
    ) -> None:
        """Keep the sentences of which vocabulary lacks one word at most.

        Args:
            width: of a grid's projected cell.

        Raises:
            TextsError: there is none.
        """
        super().__init__()
        self.concepts = nn.Embedding(len(vocabulary), width)
        nn.init.normal_(self.concepts.weight, std=0.1)
        ids = {word: i for i, word in enumerate(vocabulary)}
        unknown = ids[captioned.UNKNOWN]
        told = ([ids.get(word, unknown) for word in words] for words in sentences)
        meaning = np.array(
            [word not in FUNCTION_WORDS and word not in captioned.SPECIALS for word in vocabulary]
        )
        # One array a sentence, not lists of numbers: a tenth of the memory.
        self._sentences = [
            tokens
            for each in told
            if each.count(unknown) <= 1 and meaning[tokens := np.array(each, np.int32)].any()
        ]
        if not self._sentences:
            raise TextsError("no caption without a photo is in the words of those with photos")
        self._meaning = meaning
        often = np.bincount(np.concatenate(self._sentences), minlength=len(vocabulary)) * meaning
        self._chances = often**_FLATTENED / (often**_FLATTENED).sum()

    def __len__(self) -> int:
        return len(self._sentences)

    def draw(self, count: int, random: np.random.Generator) -> tuple[Tensor, list[list[int]]]:
        """Return what stands for cells, (count, CELLS, width), and the sentences' token ids."""
        rows = random.integers(0, len(self._sentences), count)
        cells = np.empty((count, CELLS), np.int64)
        for place, row in enumerate(rows):
            own = self._sentences[row][self._meaning[self._sentences[row]]]
            kept = own[random.random(len(own)) >= _LEFT_OUT]
            kept = kept if len(kept) else own
            wrong = random.choice(
                len(self._chances), random.integers(0, _WRONG + 1), p=self._chances
            )
            cells[place] = random.choice(np.concatenate([kept, kept, wrong]), CELLS)
        shown: Tensor = self.concepts(torch.from_numpy(cells).to(self.concepts.weight.device))
        return shown, [self._sentences[row].tolist() for row in rows]


def loss(decoder: Decoder, told: Texts, config: Config, random: np.random.Generator) -> Tensor:
    """Return the cross-entropy of captions without photos, told from their concepts."""
    shown, sentences = told.draw(config.texts, random)
    return cross_entropy(decoder, partial(decoder.look_at, shown), *padded(sentences), config)


def fit(decoder: Decoder, told: Texts, config: Config) -> None:
    """Give the concepts the vectors by which decoder, as it is, says the captions best."""
    random = np.random.default_rng(config.seed)
    optimiser = torch.optim.Adam(told.parameters(), lr=_FIRST_RATE)
    decoder.train().requires_grad_(False)
    decoder.dropout.eval()
    for _ in tqdm(range(_FIRST), desc="concepts", unit="step", mininterval=2):
        optimiser.zero_grad(set_to_none=True)
        loss(decoder, told, config, random).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    decoder.requires_grad_(True)
    decoder.dropout.train()
