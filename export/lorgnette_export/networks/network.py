"""All of a captioner that can be trained at once: its decoder, and the top of its CNN."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from lorgnette_export.networks import efficientnet_lite
from lorgnette_export.networks.decoder import Decoder
from lorgnette_export.networks.efficientnet_lite import EfficientNetLite2


class Network(nn.Module):
    """A decoder and, where it is trained or was, the top of its CNN."""

    def __init__(self, decoder: Decoder, cnn: EfficientNetLite2 | None) -> None:
        super().__init__()
        self.decoder = decoder
        self.cnn = cnn

    @property
    def device(self) -> str:
        """The kind of device that it computes on."""
        return self.decoder.bias.device.type

    def see(self, grids: Sequence[Tensor]) -> Sequence[Tensor]:
        """Return what Decoder.look looks at; with a CNN, the first of grids is the trunk's."""
        if self.cnn is not None:
            grid, *others = grids
            side = efficientnet_lite.TRUNK_GRID
            square = grid.transpose(1, 2).reshape(len(grid), -1, side, side)
            with torch.autocast(grid.device.type, enabled=False):  # on a CPU quicker in float32
                grid = self.cnn.top(square.contiguous(memory_format=torch.channels_last))
            grids = [grid.flatten(2).transpose(1, 2), *others]
        return grids

    def train(self, mode: bool = True) -> "Network":
        """Set the mode; the CNN's batch norms always use what ImageNet taught them."""
        super().train(mode)
        if self.cnn is not None:
            self.cnn.eval()
        return self
