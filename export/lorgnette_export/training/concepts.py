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
        meaning = np.array(
            [word not in FUNCTION_WORDS and word not in captioned.SPECIALS for word in vocabulary]
        )
        told = [
            tokens
            for words in sentences
            if (tokens := [ids.get(word, unknown) for word in words]).count(unknown) <= 1
            and meaning[tokens].any()
        ]
        if not told:
            raise TextsError("no caption without a photo is in the words of those with photos")
        # One array for all sentences, not lists of numbers: a tenth of the memory.
        self._lengths = np.array([len(tokens) for tokens in told])
        self._tokens = np.zeros((len(told), self._lengths.max()), np.int32)
        for row, tokens in enumerate(told):
            self._tokens[row, : len(tokens)] = tokens
        self._meaning = meaning
        real = np.arange(self._tokens.shape[1]) < self._lengths[:, None]
        often = np.bincount(self._tokens[real], minlength=len(vocabulary)) * meaning
        self._chances = often**_FLATTENED / (often**_FLATTENED).sum()

    def __len__(self) -> int:
        return len(self._tokens)

    def draw(self, count: int, random: np.random.Generator) -> tuple[Tensor, list[list[int]]]:
        """Return what stands for cells, (count, CELLS, width), and the sentences' token ids."""
        rows = random.integers(0, len(self), count)
        said, lengths = self._tokens[rows], self._lengths[rows]
        own = self._meaning[said] & (np.arange(said.shape[1]) < lengths[:, None])
        kept = own & (random.random(own.shape) >= _LEFT_OUT)
        kept[~kept.any(1)] = own[~kept.any(1)]
        wrong = random.choice(len(self._chances), (count, _WRONG), p=self._chances)
        are_wrong = np.arange(_WRONG) < random.integers(0, _WRONG + 1, (count, 1))
        weights = np.concatenate([2.0 * kept, 1.0 * are_wrong], 1).cumsum(1)
        drawn = random.random((count, CELLS)) * weights[:, -1:]
        places = (weights[:, None] > drawn[..., None]).argmax(-1)
        cells = np.take_along_axis(np.concatenate([said, wrong], 1), places, 1)
        shown: Tensor = self.concepts(torch.from_numpy(cells).to(self.concepts.weight.device))
        return shown, [
            tokens[:length].tolist() for tokens, length in zip(said, lengths, strict=True)
        ]


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
