"""The CNNs that a captioner of ours can see with: a table of what each wants and gives."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from lorgnette_export.data.captioned import DataError
from lorgnette_export.networks import efficientnet_lite, mobilenet_detector


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """A CNN: what it wants, what it gives.

    The last of ENCODERS is the first one's top as ImageNet left it, whatever the captioner's own
    has become: it goes on from the same trunk, costs nothing where there is evidence, which needs
    it too, and has not forgotten the names of things.

    Pixels are (x / 255 - mean) / deviation, squashed to a square of image_size pixels.
    """

    name: str
    image_size: int
    positions: int
    channels: int
    mean: float
    deviation: float
    build: Callable[[], nn.Module]


TRUNK = Encoder(
    name=f"efficientnet-lite2-trunk-{efficientnet_lite.TRUNK_BLOCKS}",
    image_size=efficientnet_lite.IMAGE_SIZE,
    positions=efficientnet_lite.TRUNK_GRID**2,
    channels=efficientnet_lite.TRUNK_CHANNELS,
    mean=efficientnet_lite.MEAN,
    deviation=efficientnet_lite.DEVIATION,
    build=lambda: efficientnet_lite.Trunk(efficientnet_lite.EfficientNetLite2()),
)
ENCODERS = {
    encoder.name: encoder
    for encoder in (
        Encoder(
            name="efficientnet-lite2",
            image_size=efficientnet_lite.IMAGE_SIZE,
            positions=efficientnet_lite.GRID**2,
            channels=efficientnet_lite.CHANNELS,
            mean=efficientnet_lite.MEAN,
            deviation=efficientnet_lite.DEVIATION,
            build=efficientnet_lite.EfficientNetLite2,
        ),
        Encoder(
            name="mobilenet-detector",
            image_size=mobilenet_detector.IMAGE_SIZE,
            positions=mobilenet_detector.GRID**2,
            channels=mobilenet_detector.CHANNELS,
            mean=mobilenet_detector.MEAN,
            deviation=mobilenet_detector.DEVIATION,
            build=mobilenet_detector.MobileNetDetector,
        ),
        Encoder(
            name="efficientnet-lite2-imagenet",
            image_size=efficientnet_lite.IMAGE_SIZE,
            positions=efficientnet_lite.GRID**2,
            channels=efficientnet_lite.LAST_CHANNELS,
            mean=efficientnet_lite.MEAN,
            deviation=efficientnet_lite.DEVIATION,
            build=lambda: efficientnet_lite.Top(efficientnet_lite.EfficientNetLite2()),
        ),
    )
}


def pretrained(name: str, detector: Path | None) -> nn.Module:
    """Return the frozen network of an encoder, as `build` makes it.

    Args:
        detector: where the detector's weights are: its frozen graph, or a release that has them.

    Raises:
        DataError: it is the detector's, and its file is not named.
    """
    if name == "efficientnet-lite2":
        return efficientnet_lite.pretrained()
    if name == "efficientnet-lite2-imagenet":
        return efficientnet_lite.Top(efficientnet_lite.pretrained())
    if detector is None:
        raise DataError(f"the encoder {name} needs its weights: name them by --detector")
    return mobilenet_detector.pretrained(detector)
