"""MobileNetV2 as trained for COCO's object detection, as a frozen encoder: forward only.

The body of TensorFlow's ssd_mobilenet_v2_coco_2018_03_29 (Apache-2.0), read from its frozen graph
without TensorFlow: a GraphDef is plain protobuf, and only its constants are wanted.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from lorgnette_export.networks.efficientnet_lite import SameConv2d
from lorgnette_export.reading import checkpoints
from lorgnette_export.reading.checkpoints import CheckpointError

IMAGE_SIZE = 260  # it was trained at 300; at 260 its grid lies cell by cell on EfficientNet-Lite2's
CHANNELS = 1280
GRID = 9
MEAN = 0.5
DEVIATION = 0.5
_A_WEIGHT = "stem.conv.weight"
SHA256 = "2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad"
# (repeats, stride, expansion, output channels) of MobileNetV2, Sandler et al. 2018, table 2.
_STAGES = (
    (1, 1, 1, 16),
    (2, 2, 6, 24),
    (3, 2, 6, 32),
    (4, 2, 6, 64),
    (3, 1, 6, 96),
    (3, 2, 6, 160),
    (1, 1, 6, 320),
)


class NormedConv(nn.Module):
    """TF-SAME convolution, batch norm and, if asked for, ReLU6."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        *,
        stride: int = 1,
        groups: int = 1,
        clip: bool,
    ):
        super().__init__()
        self.conv = SameConv2d(inputs, outputs, kernel, stride, groups=groups)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3)
        self.clip = clip

    def forward(self, x: Tensor) -> Tensor:
        """Return (image, outputs, height / stride, width / stride)."""
        y: Tensor = self.norm(self.conv(x))
        return functional.relu6(y) if self.clip else y


class Block(nn.Module):
    """Inverted residual: expand, depthwise, project."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int):
        super().__init__()
        middle = inputs * expansion
        self.expand = NormedConv(inputs, middle, 1, clip=True) if expansion != 1 else None
        self.depthwise = NormedConv(middle, middle, 3, stride=stride, groups=middle, clip=True)
        self.project = NormedConv(middle, outputs, 1, clip=False)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return (image, outputs, height / stride, width / stride)."""
        y: Tensor = self.project(self.depthwise(x if self.expand is None else self.expand(x)))
        return x + y if self.adds else y


class MobileNetDetector(nn.Module):
    """pixels (image, 3, 260, 260), -1 to 1 -> (image, 1280, 9, 9)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = NormedConv(3, 32, 3, stride=2, clip=True)
        blocks, inputs = [], 32
        for repeats, stride, expansion, outputs in _STAGES:
            for i in range(repeats):
                blocks.append(Block(inputs, outputs, stride if i == 0 else 1, expansion))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = NormedConv(inputs, CHANNELS, 1, clip=True)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the last feature map, (image, 1280, 9, 9), values 0 to 6."""
        features: Tensor = self.head(self.blocks(self.stem(pixels)))
        return features


def pretrained(graph: Path) -> MobileNetDetector:
    """Return the network with the weights of a frozen TensorFlow graph, in evaluation mode.

    Args:
        graph: frozen_inference_graph.pb of ssd_mobilenet_v2_coco_2018_03_29; or a release of a
            captioner that sees with it, which has its weights as float16.

    Raises:
        CheckpointError: the file is another one.
    """
    if graph.suffix == ".safetensors":
        return _of_release(graph)
    try:
        data = graph.read_bytes()
    except OSError as error:
        raise CheckpointError(graph, f"it cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise CheckpointError(
            graph, "it is not frozen_inference_graph.pb of ssd_mobilenet_v2_coco_2018_03_29"
        )
    weights = dict(_constants(data))
    network = MobileNetDetector()
    _fill(network.stem, weights, "Conv", "")
    for i, block in enumerate(network.blocks):
        scope = f"expanded_conv_{i}" if i else "expanded_conv"
        for part in ("expand", "depthwise", "project"):
            if (layer := getattr(block, part)) is not None:
                _fill(layer, weights, scope, part)
    _fill(network.head, weights, "Conv_1", "")
    return network.eval().requires_grad_(requires_grad=False)


def _of_release(path: Path) -> MobileNetDetector:
    content = checkpoints.read(path).content
    prefix = next((n.removesuffix(_A_WEIGHT) for n in content if n.endswith(_A_WEIGHT)), None)
    if prefix is None:
        raise CheckpointError(path, "it is no release of a captioner that sees with the detector")
    network = MobileNetDetector()
    network.load_state_dict(
        {name: content[f"{prefix}{name}"].to(like) for name, like in network.state_dict().items()}
    )
    return network.eval().requires_grad_(requires_grad=False)


def _fill(
    layer: NormedConv, weights: dict[str, npt.NDArray[np.float32]], scope: str, part: str
) -> None:
    prefix = "/".join(p for p in ("FeatureExtractor/MobilenetV2", scope, part) if p)
    depthwise = f"{prefix}/depthwise_weights"
    if depthwise in weights:  # (height, width, channel, 1)
        kernel = weights[depthwise].transpose(2, 3, 0, 1)
    else:  # (height, width, input, output)
        kernel = weights[f"{prefix}/weights"].transpose(3, 2, 0, 1)
    norm = f"{prefix}/BatchNorm"
    layer.load_state_dict(
        {
            "conv.weight": torch.tensor(kernel),
            "norm.weight": torch.tensor(weights[f"{norm}/gamma"]),
            "norm.bias": torch.tensor(weights[f"{norm}/beta"]),
            "norm.running_mean": torch.tensor(weights[f"{norm}/moving_mean"]),
            "norm.running_var": torch.tensor(weights[f"{norm}/moving_variance"]),
            "norm.num_batches_tracked": torch.tensor(0),
        }
    )


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Yield (field number, value) of one protobuf message; fixed-width fields as bytes."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
            continue
        size = {1: 8, 5: 4}[kind] if kind in {1, 5} else varint()
        yield key >> 3, data[at : at + size]
        at += size


def _constants(graph: bytes) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    """Yield name and value of each float constant of a GraphDef.

    NodeDef: 1 name, 2 op, 5 attr (map entry: 1 key, 2 AttrValue with 8 tensor); TensorProto:
    1 dtype (1 is float), 2 shape (2 dim with 1 size), 4 tensor_content.
    """
    for number, node in _fields(graph):
        if number != 1 or not isinstance(node, bytes):
            continue
        name, op, tensor = "", b"", None
        for field, value in _fields(node):
            if not isinstance(value, bytes):
                continue
            if field == 1:
                name = value.decode()
            elif field == 2:
                op = value
            elif field == 5:
                entry = dict(_fields(value))
                if entry.get(1) == b"value" and isinstance(entry[2], bytes):
                    tensor = dict(_fields(entry[2])).get(8)
        if op != b"Const" or not isinstance(tensor, bytes):
            continue
        parts = dict(_fields(tensor))
        content = parts.get(4)
        if parts.get(1) != 1 or not isinstance(content, bytes) or not isinstance(parts[2], bytes):
            continue
        sizes = [
            dict(_fields(dim)).get(1, 0) for n, dim in _fields(parts[2]) if isinstance(dim, bytes)
        ]
        yield name, np.frombuffer(content, np.float32).reshape([int(s) for s in sizes]).copy()
