"""What tells a photo from other pictures is fitted on: the first CNN's last map, pooled."""

import torch
from torch import Tensor

from lorgnette_export.networks.efficientnet_lite import LAST_CHANNELS

POOLED = 2 * LAST_CHANNELS  # mean and greatest value of each


def pooled(grid: Tensor) -> Tensor:
    """Return (image, POOLED) for a grid (image, position, channel)."""
    last = grid[..., :LAST_CHANNELS]
    return torch.cat([last.mean(1), last.amax(1)], -1)
