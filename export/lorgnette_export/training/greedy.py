"""What a network in training says of photos, and how good that is."""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from lorgnette_export.data import captioned
from lorgnette_export.measuring import metrics
from lorgnette_export.networks.decoder import MAX_WORDS
from lorgnette_export.networks.network import Network
from lorgnette_export.training.batches import Shown

_AT_ONCE = 64


def score(network: Network, vocabulary: Sequence[str], split: Shown, *, bfloat16: bool) -> float:
    """Return CIDEr-D of greedy captions of split."""
    found = dict(enumerate(captions(network, vocabulary, split, bfloat16=bfloat16)))
    wanted = {
        i: [" ".join(captioned.words(c)) for c in photo.captions]
        for i, photo in enumerate(split.photos)
    }
    return metrics.cider_d(found, wanted)


@torch.inference_mode()
def captions(
    network: Network, vocabulary: Sequence[str], split: Shown, *, bfloat16: bool
) -> Iterator[str]:
    """Yield the likeliest word after word for each photo of split."""
    network.eval()
    start, end = vocabulary.index(captioned.START), vocabulary.index(captioned.END)
    for first in range(0, len(split.photos), _AT_ONCE):
        rows = range(first, min(first + _AT_ONCE, len(split.photos)))
        with torch.autocast(network.device, torch.bfloat16, enabled=bfloat16):
            grids = network.see(split.batch(rows, [0] * len(rows), network.device))
            seen, hidden = network.decoder.look(grids)
            tokens = torch.full((len(rows),), start, device=network.device)
            said: list[Tensor] = []
            for _ in range(MAX_WORDS):
                log_probabilities, hidden = network.decoder.step(tokens, seen, hidden)
                log_probabilities[:, [start, vocabulary.index(captioned.UNKNOWN)]] = -math.inf
                tokens = log_probabilities.argmax(-1)
                said.append(tokens)
        for sentence in torch.stack(said, 1).tolist():
            length = sentence.index(end) if end in sentence else len(sentence)
            yield " ".join(vocabulary[token] for token in sentence[:length])
