"""What several CNNs see of the same picture, cell by cell: how training and the app both look."""

from collections.abc import Sequence

from torch import Tensor, nn

from lorgnette_export.networks.efficientnet_lite import EfficientNetLite2, Top
from lorgnette_export.networks.encoders import Encoder


def grids(
    encoders: Sequence[Encoder], cnns: Sequence[nn.Module], pixels: Tensor
) -> tuple[list[Tensor], Tensor | None]:
    """Return the grid of each CNN, (image, position, channel), and the trunk's, (image, 123, ...).

    Args:
        encoders: what each of cnns wants and gives.
        cnns: an EfficientNetLite2 stands before a Top, which goes on from the same trunk; without
            one there is no trunk's grid.
        pixels: (image, 3, side, side), normalised for the first of encoders.
    """
    first = encoders[0]
    trunk: Tensor | None = None
    found = []
    for encoder, cnn in zip(encoders, cnns, strict=True):
        seen = pixels
        if (encoder.mean, encoder.deviation) != (first.mean, first.deviation):
            seen = (pixels * first.deviation + (first.mean - encoder.mean)) / encoder.deviation
        if isinstance(cnn, EfficientNetLite2):
            trunk = cnn.trunk(seen)
            seen = cnn.top(trunk)
        elif isinstance(cnn, Top):
            seen = cnn(trunk)
        else:
            seen = cnn(seen)
        found.append(seen.flatten(2).transpose(1, 2))
    return found, trunk
