"""All of a captioner that can be trained at once: its decoder, and its CNN or the top of it."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from lorgnette_export.networks import efficientnet_lite, sight
from lorgnette_export.networks.decoder import Decoder
from lorgnette_export.networks.efficientnet_lite import EfficientNetLite2
from lorgnette_export.networks.encoders import ENCODERS


class Network(nn.Module):
    """A decoder and, where it is trained or was, its CNN."""

    def __init__(
        self, decoder: Decoder, cnn: EfficientNetLite2 | None, others: Sequence[nn.Module] = ()
    ) -> None:
        """Keep the parts.

        Args:
            others: the frozen CNNs of the decoder's further encoders, where it is shown pictures
                instead of their grids. They are no part of what is trained or kept.
        """
        super().__init__()
        self.decoder = decoder
        self.cnn = cnn
        self._others = tuple(others)  # a tuple, so that no state_dict() has them

    @property
    def device(self) -> str:
        """The kind of device that it computes on."""
        return self.decoder.bias.device.type

    def see(self, seen: Sequence[Tensor]) -> Sequence[Tensor]:
        """Return what Decoder.look looks at.

        Args:
            seen: pixels alone, (image, 3, side, side), normalised for the first encoder; or a grid
                an encoder, (image, position, channel), with a CNN the first of them the trunk's.
        """
        if self.cnn is None:
            return seen
        half = self.device != "cpu" and torch.is_autocast_enabled(self.device)
        # On a CPU convolutions are quicker in float32.
        with torch.autocast(self.device, torch.bfloat16, enabled=half):
            if seen[0].dim() == 4:
                encoders = [ENCODERS[name] for name in self.decoder.shape.encoders]
                pixels = seen[0].contiguous(memory_format=torch.channels_last)
                return sight.grids(encoders, (self.cnn, *self._others), pixels)[0]
            grid, *others = seen
            side = efficientnet_lite.TRUNK_GRID
            square = grid.transpose(1, 2).reshape(len(grid), -1, side, side)
            grid = self.cnn.top(square.contiguous(memory_format=torch.channels_last))
            return [grid.flatten(2).transpose(1, 2), *others]

    def train(self, mode: bool = True) -> "Network":
        """Set the mode; the CNN's batch norms always use what ImageNet taught them."""
        super().train(mode)
        if self.cnn is not None:
            self.cnn.eval()
        return self
