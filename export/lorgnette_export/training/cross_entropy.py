"""How far a decoder is from saying what people have said."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from lorgnette_export.data import captioned
from lorgnette_export.networks.decoder import Decoder
from lorgnette_export.training.batches import PADDING
from lorgnette_export.training.config import Config


def cross_entropy(
    decoder: Decoder,
    look: Callable[[], tuple[Tensor, Tensor]],
    tokens: Tensor,
    targets: Tensor,
    config: Config,
) -> Tensor:
    """Return the cross-entropy of people's captions of what look() sees."""
    tokens, targets = (each.to(decoder.bias.device) for each in (tokens, targets))
    real = targets != PADDING
    with torch.autocast(targets.device.type, torch.bfloat16, enabled=config.bfloat16):
        seen, hidden = look()
        logits = decoder.sentences(seen, hidden, tokens, real)
    wanted = targets[real]
    # An unknown word is no lesson: the network must never want to say it.
    wanted = wanted.masked_fill(wanted == captioned.SPECIALS.index(captioned.UNKNOWN), PADDING)
    return functional.cross_entropy(
        logits.float(), wanted, label_smoothing=config.label_smoothing, ignore_index=PADDING
    )
