"""The CNNs that captioners look through, built from state dicts with torchvision's names.

Each function returns a network that maps pixels (image, 3, height, width) to its last feature map
(image, channel, row, column). Depths and widths are read off the tensors, so that every size of a
kind fits; what no tensor shows, strides and activations, is as in the paper that is named.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import IMAGENET_DEVIATION, IMAGENET_MEAN
from lorgnette_export.reading.checkpoints import CheckpointError, Weights


class Residual(nn.Module):
    """main(x) + shortcut(x), and an activation."""

    def __init__(self, main: nn.Module, shortcut: nn.Module, activation: nn.Module) -> None:
        super().__init__()
        self.main = main
        self.shortcut = shortcut
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """Return what comes after the block."""
        y: Tensor = self.activation(self.main(x) + self.shortcut(x))
        return y


class Gate(nn.Module):
    """Squeeze and excitation (Hu et al. 2018): channels weighted by what the whole map shows."""

    def __init__(
        self, squeeze: nn.Module, activation: nn.Module, excite: nn.Module, scale: nn.Module
    ):
        super().__init__()
        self.weigh = nn.Sequential(squeeze, activation, excite, scale)

    def forward(self, x: Tensor) -> Tensor:
        """Return x with its channels weighted."""
        y: Tensor = x * self.weigh(x.mean((2, 3), keepdim=True))
        return y


class Branches(nn.Module):
    """Several networks over the same map, their channels one after another."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        """Return all branches of x."""
        return torch.cat([branch(x) for branch in self.branches], 1)


def resnet(tensors: Tensors, *, caffe: bool = False) -> nn.Module:
    """Return a ResNet (He et al. 2016), ResNeXt or wide ResNet, of any depth.

    Its names may be torchvision's or those of a Sequential of its children, which is what
    captioners cut the head off with: 0 conv1, 1 bn1, 4 to 7 layer1 to layer4.

    Args:
        caffe: strides in the first convolution of a block and pooling without padding, as in the
            Caffe originals; torchvision strides in the 3x3 convolution.
    """
    sequential = "0.weight" in tensors
    stem = ("0", "1") if sequential else ("conv1", "bn1")
    conv = _wide_stem(tensors, stem[0])
    parts: list[nn.Module] = [conv, tensors.norm(stem[1]), nn.ReLU()]
    # Padding by zeros behind is what ceil_mode comes to after a ReLU, at every size of pictures.
    parts += [nn.ZeroPad2d((0, 1, 0, 1)), nn.MaxPool2d(3, 2)] if caffe else [nn.MaxPool2d(3, 2, 1)]
    channels = conv.out_channels
    for number in range(1, 5):
        layer = tensors.within(str(number + 3) if sequential else f"layer{number}")
        if number > 1 and not layer.names():
            break  # a network that was cut off earlier
        for i, name in enumerate(layer.children()):
            stride = 2 if number > 1 and i == 0 else 1
            block, channels = _residual(layer.within(name), channels, stride, caffe=caffe)
            parts.append(block)
    return nn.Sequential(*parts)


def _wide_stem(tensors: Tensors, name: str) -> nn.Conv2d:
    """Return the 7x7 convolution of stride 2 that networks for photos begin with.

    Raises:
        CheckpointError: it is narrower, as in variants for pictures of 32 pixels, which neither
            stride nor pool where these do.
    """
    conv = tensors.conv(name, inputs=3, stride=2)
    if conv.kernel_size != (7, 7):
        high, wide = conv.kernel_size
        raise CheckpointError(
            tensors.path,
            f"{tensors.prefix}{name}.weight is {high} x {wide}, where this CNN begins with 7 x 7: "
            "where the variant strides and pools cannot be told from its tensors",
        )
    return conv


def resnet_in(weights: Weights) -> str | None:
    """Return what a network calls its ResNet, a Sequential of torchvision's children."""
    names = [n.removesuffix(".0.weight") for n in weights if n.endswith(".0.weight")]
    return next((n for n in names if f"{n}.4.0.conv1.weight" in weights), None)


def _residual(block: Tensors, inputs: int, stride: int, *, caffe: bool) -> tuple[nn.Module, int]:
    main: list[nn.Module] = []
    channels = inputs
    bottleneck = "conv3.weight" in block
    strided = 2 if bottleneck and not caffe else 1
    for number in range(1, 4 if bottleneck else 3):
        conv = block.conv(
            f"conv{number}", inputs=channels, stride=stride if number == strided else 1
        )
        channels = conv.out_channels
        main += [conv, block.norm(f"bn{number}"), nn.ReLU()]
    shortcut: nn.Module = nn.Identity()
    if "downsample.0.weight" in block:
        shortcut = nn.Sequential(
            block.conv("downsample.0", inputs=inputs, stride=stride), block.norm("downsample.1")
        )
    return Residual(nn.Sequential(*main[:-1]), shortcut, nn.ReLU()), channels


def vgg(tensors: Tensors, *, last_pooling: bool = True, last_activation: bool = True) -> nn.Module:
    """Return the convolutions of a VGG (Simonyan and Zisserman 2015), with or without batch norm.

    Where it pools shows in the gaps between the numbers of its layers; not behind the last one.

    Args:
        last_pooling: whether it pools behind its last convolution.
        last_activation: whether a ReLU follows its last convolution.
    """
    if last_pooling and not last_activation:
        raise CheckpointError(
            tensors.path, "a VGG without its last ReLU has no last pooling either"
        )
    features = tensors.within("features") if "features.0.weight" in tensors else tensors
    numbers = sorted({int(name) for name in features.children() if name.isdecimal()})
    parts: list[nn.Module] = []
    channels = 3
    for i, number in enumerate(numbers):
        if f"{number}.running_mean" in features:
            continue
        conv = features.conv(str(number), inputs=channels)
        channels = conv.out_channels
        parts.append(conv)
        last = number
        if i + 1 < len(numbers) and f"{numbers[i + 1]}.running_mean" in features:
            last = numbers[i + 1]
            parts.append(features.norm(str(last)))
        following = next((n for n in numbers if n > last), None)
        if following is not None or last_activation:
            parts.append(nn.ReLU())
        # Convolution, activation, pooling.
        if last_pooling if following is None else following == last + 3:
            parts.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(*parts)


class Dense(nn.Module):
    """x, and behind its channels those that come of it."""

    def __init__(self, grown: nn.Module) -> None:
        super().__init__()
        self.grown = grown

    def forward(self, x: Tensor) -> Tensor:
        """Return all channels."""
        return torch.cat([x, self.grown(x)], 1)


def densenet(tensors: Tensors, *, last_activation: bool = True) -> nn.Module:
    """Return a DenseNet (Huang et al. 2017) of any depth.

    Args:
        last_activation: whether a ReLU follows the last norm, as in torchvision's network, whose
            module `features`, which captioners take out of it, ends before it.
    """
    features = tensors.within("features") if "features.conv0.weight" in tensors else tensors
    conv = _wide_stem(features, "conv0")
    channels = conv.out_channels
    parts: list[nn.Module] = [conv, features.norm("norm0"), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    number = 1
    while (block := features.within(f"denseblock{number}")).names():
        i = 1
        while (layer := block.within(f"denselayer{i}")).names():
            dot = "." if "norm.1.weight" in layer else ""  # as torchvision called them at first
            narrow = layer.conv(f"conv{dot}1", inputs=channels)
            grown = layer.conv(f"conv{dot}2", inputs=narrow.out_channels)
            norms = layer.norm(f"norm{dot}1"), layer.norm(f"norm{dot}2")
            steps = nn.Sequential(norms[0], nn.ReLU(), narrow, norms[1], nn.ReLU(), grown)
            parts.append(Dense(steps))
            channels += grown.out_channels
            i += 1
        if (between := features.within(f"transition{number}")).names():
            conv = between.conv("conv", inputs=channels)
            parts += [between.norm("norm"), nn.ReLU(), conv, nn.AvgPool2d(2, 2)]
            channels = conv.out_channels
        number += 1
    parts.append(features.norm(f"norm{number}"))
    return nn.Sequential(*parts, *([nn.ReLU()] if last_activation else []))


_Activation = Callable[[], nn.Module]


def _normed(
    tensors: Tensors,
    names: tuple[str, str],
    inputs: int,
    *,
    stride: int = 1,
    epsilon: float = 1e-5,
    activation: _Activation = nn.Identity,
) -> tuple[nn.Module, int]:
    conv = tensors.conv(names[0], inputs=inputs, stride=stride)
    norm = tensors.norm(names[1], epsilon=epsilon)
    return nn.Sequential(conv, norm, activation()), conv.out_channels


def _added(main: nn.Module, inputs: int, outputs: int, stride: int) -> nn.Module:
    return (
        Residual(main, nn.Identity(), nn.Identity()) if (inputs, stride) == (outputs, 1) else main
    )


def mobilenet_v2(tensors: Tensors) -> nn.Module:
    """Return a MobileNetV2 (Sandler et al. 2018, table 2) of any width."""
    features = tensors.within("features") if "features.0.0.weight" in tensors else tensors
    part, channels = _normed(features, ("0.0", "0.1"), 3, stride=2, activation=nn.ReLU6)
    parts = [part]
    for i in range(1, 18):
        block = features.within(f"{i}.conv")
        stride = 2 if i in {2, 4, 7, 14} else 1
        inputs = channels
        main: list[nn.Module] = []
        layers = ["0", "1"] if i > 1 else ["0"]
        for name in layers:
            part, channels = _normed(
                block,
                (f"{name}.0", f"{name}.1"),
                channels,
                stride=stride if name == layers[-1] else 1,
                activation=nn.ReLU6,
            )
            main.append(part)
        last = len(layers)
        part, channels = _normed(block, (str(last), str(last + 1)), channels)
        parts.append(_added(nn.Sequential(*main, part), inputs, channels, stride))
    part, _ = _normed(features, ("18.0", "18.1"), channels, activation=nn.ReLU6)
    return nn.Sequential(*parts, part)


def _inverted(
    block: Tensors,
    inputs: int,
    *,
    stride: int,
    epsilon: float,
    activation: _Activation,
    gate: tuple[_Activation, _Activation],
) -> tuple[nn.Module, int]:
    """Return an inverted residual as EfficientNet and MobileNetV3 name it, and its channels.

    Args:
        gate: the activations inside and at the end of a squeeze and excitation.
    """
    main: list[nn.Module] = []
    channels = inputs
    for name in block.children():
        part = block.within(name)
        if "fc1.weight" in part:
            main.append(
                Gate(
                    part.conv("fc1", inputs=channels),
                    gate[0](),
                    part.conv("fc2", inputs=part.take("fc1.weight").shape[0]),
                    gate[1](),
                )
            )
            continue
        last = name == block.children()[-1]
        depthwise = not last and part.take("0.weight").shape[1] == 1
        layer, channels = _normed(
            part,
            ("0", "1"),
            channels,
            stride=stride if depthwise else 1,
            epsilon=epsilon,
            activation=nn.Identity if last else activation,
        )
        main.append(layer)
    return _added(nn.Sequential(*main), inputs, channels, stride), channels


def efficientnet(tensors: Tensors) -> nn.Module:
    """Return an EfficientNet B0 to B7 (Tan and Le 2019)."""
    features = tensors.within("features") if "features.0.0.weight" in tensors else tensors
    # torchvision builds B5 to B7, whose first stage has three blocks or more, with this epsilon.
    epsilon = 1e-3 if len(features.within("1").children()) >= 3 else 1e-5
    part, channels = _normed(
        features, ("0.0", "0.1"), 3, stride=2, epsilon=epsilon, activation=nn.SiLU
    )
    parts = [part]
    for stage, stride in enumerate((1, 2, 2, 2, 1, 2, 1), 1):
        for i, name in enumerate(features.within(str(stage)).children()):
            part, channels = _inverted(
                features.within(f"{stage}.{name}.block"),
                channels,
                stride=stride if i == 0 else 1,
                epsilon=epsilon,
                activation=nn.SiLU,
                gate=(nn.SiLU, nn.Sigmoid),
            )
            parts.append(part)
    part, _ = _normed(features, ("8.0", "8.1"), channels, epsilon=epsilon, activation=nn.SiLU)
    return nn.Sequential(*parts, part)


# Strides of the blocks of Howard et al. 2019, tables 1 and 2, and how many of them have ReLU.
_MOBILENET_V3 = {
    15: ((1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1), 6),
    11: ((2, 2, 1, 2, 1, 1, 1, 1, 2, 1, 1), 3),
}


def mobilenet_v3(tensors: Tensors) -> nn.Module:
    """Return a MobileNetV3, large or small, of any width."""
    features = tensors.within("features") if "features.0.0.weight" in tensors else tensors
    blocks = sum("block." in name and name.endswith(".0.0.weight") for name in features.names())
    if blocks not in _MOBILENET_V3:
        raise CheckpointError(tensors.path, f"a MobileNetV3 has 15 or 11 blocks, this one {blocks}")
    strides, with_relu = _MOBILENET_V3[blocks]
    part, channels = _normed(
        features, ("0.0", "0.1"), 3, stride=2, epsilon=1e-3, activation=nn.Hardswish
    )
    parts = [part]
    for i, stride in enumerate(strides):
        part, channels = _inverted(
            features.within(f"{i + 1}.block"),
            channels,
            stride=stride,
            epsilon=1e-3,
            activation=nn.ReLU if i < with_relu else nn.Hardswish,
            gate=(nn.ReLU, nn.Hardsigmoid),
        )
        parts.append(part)
    last = str(blocks + 1)
    part, _ = _normed(
        features, (f"{last}.0", f"{last}.1"), channels, epsilon=1e-3, activation=nn.Hardswish
    )
    return nn.Sequential(*parts, part)


_INCEPTION_STEM = (
    "Conv2d_1a_3x3",
    "Conv2d_2a_3x3",
    "Conv2d_2b_3x3",
    "pool",
    "Conv2d_3b_1x1",
    "Conv2d_4a_3x3",
    "pool",
)
_INCEPTION_PADS = 3  # the one convolution of the stem that does
# The order in which a block lays the channels of its branches side by side.
_INCEPTION_ORDER = (
    "branch1x1",
    "branch5x5",
    "branch3x3",
    "branch7x7",
    "branch3x3dbl",
    "branch7x7dbl",
    "branch7x7x3",
    "branch",
)


class FromImageNets(nn.Module):
    """Pixels as ImageNet's mean and deviation leave them -> halves around 0, as Inception's."""

    def __init__(self) -> None:
        super().__init__()
        deviation, mean = (
            torch.tensor(v).reshape(3, 1, 1) for v in (IMAGENET_DEVIATION, IMAGENET_MEAN)
        )
        self.register_buffer("scale", deviation / 0.5)
        self.register_buffer("shift", (mean - 0.5) / 0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Return the pixels."""
        return x * self.scale + self.shift  # type: ignore[operator]


def _inception_layers(tensors: Tensors) -> list[str]:
    """Return the names of an Inception's layers in their order, "pool" for one without tensors."""
    if "Conv2d_1a_3x3.conv.weight" in tensors:
        mixed = [name for name in tensors.children() if name.startswith("Mixed_")]
        return [*_INCEPTION_STEM, *mixed]
    # A Sequential of its children. The poolings are among them, as gaps, since torchvision 0.8.
    numbers = [int(name) for name in tensors.children() if name.isdecimal()]
    if any("AuxLogits" in name or name.endswith("fc.weight") for name in tensors.names()):
        raise CheckpointError(tensors.path, "an Inception's heads cannot be layers of its trunk")
    return [
        "pool" if number not in numbers else str(number)
        for number in range(max(numbers, default=0) + 1)
    ]


def inception_v3(tensors: Tensors, *, transform_input: bool = False) -> nn.Module:
    """Return an Inception v3 (Szegedy et al. 2016), without its auxiliary head.

    Its names may be torchvision's or those of a Sequential of its children.

    Args:
        transform_input: whether pixels come normalised as ImageNet's, and become Inception's own
            here: torchvision's option of that name, which its pretrained weights set.
    """
    channels = 3

    def layer(
        part: Tensors, name: str, inputs: int, stride: int = 1, pad: bool = True
    ) -> nn.Module:
        conv = part.conv(
            f"{name}.conv", inputs=inputs, stride=stride, padding=None if pad else (0, 0)
        )
        return nn.Sequential(conv, part.norm(f"{name}.bn", epsilon=1e-3), nn.ReLU())

    def chain(part: Tensors, names: list[str], inputs: int, *, reduces: bool = False) -> nn.Module:
        layers = []
        for name in names:
            last = reduces and name == names[-1]
            layers.append(layer(part, name, inputs, 2 if last else 1, pad=not last))
            inputs = part.take(f"{name}.conv.weight").shape[0]
        return nn.Sequential(*layers)

    parts: list[nn.Module] = [FromImageNets()] if transform_input else []
    convolutions = 0
    for name in _inception_layers(tensors):
        if name == "pool":
            parts.append(nn.MaxPool2d(3, 2))
            continue
        part = tensors.within(name)
        if "conv.weight" in part:
            convolutions += 1
            stride = 2 if convolutions == 1 else 1
            parts.append(layer(tensors, name, channels, stride, convolutions == _INCEPTION_PADS))
            channels = part.take("conv.weight").shape[0]
            continue
        # Branches by the names of their layers: branch3x3dbl_1, _2, _3 follow one another.
        branches: dict[str, list[str]] = {name: [] for name in _INCEPTION_ORDER}
        for name in part.children():
            branches[name.split("_")[0]].append(name)
        reduces = "branch_pool" not in part.children()
        made: list[nn.Module] = []
        outputs = 0
        for branch, names in ((b, n) for b, n in branches.items() if n):
            forks = [name for name in names if name[-1] in "ab" and "_" in name]
            if branch == "branch":  # branch_pool
                made.append(
                    nn.Sequential(nn.AvgPool2d(3, 1, 1), layer(part, "branch_pool", channels))
                )
                outputs += part.take("branch_pool.conv.weight").shape[0]
            elif forks:  # the last blocks end in two layers side by side
                trunk = [name for name in names if name not in forks]
                inner = part.take(f"{trunk[-1]}.conv.weight").shape[0]
                sides = Branches(*[layer(part, name, inner) for name in forks])
                made.append(nn.Sequential(chain(part, trunk, channels), sides))
                outputs += sum(part.take(f"{name}.conv.weight").shape[0] for name in forks)
            else:
                made.append(chain(part, names, channels, reduces=reduces))
                outputs += part.take(f"{names[-1]}.conv.weight").shape[0]
        if reduces:
            made.append(nn.MaxPool2d(3, 2))
            outputs += channels
        parts.append(Branches(*made))
        channels = outputs
    return nn.Sequential(*parts)


NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "resnet": resnet,
    "vgg": vgg,
    "densenet": densenet,
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3": mobilenet_v3,
    "efficientnet": efficientnet,
    "inception_v3": inception_v3,
}
