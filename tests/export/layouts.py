"""Networks in the layouts of public repositories, written after them, with random weights.

They are the oracle: each runs as its own repository runs it, and is saved as that saves it.
Sizes are small where the layout leaves them open.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.decoding import Floats, Hypothesis, Ints, beam_search
from lorgnette_export import cli
from lorgnette_export.conversion import gate

WORDS = 60


def filled(network: nn.Module, *, ending: int | None = None) -> nn.Module:
    """Give each tensor values that depend on its name and shape only, and evaluation mode.

    Args:
        ending: the token that ends a sentence, which the last bias then makes likely: captions
            of random weights never end otherwise.
    """
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            tensor.copy_(values(name, tuple(tensor.shape)))
        if ending is not None:
            biases = [b for b in network.parameters() if b.shape == (WORDS,)]
            biases[-1][ending] += 2.0
    return network.eval()


def values(name: str, shape: tuple[int, ...]) -> Tensor:
    """Return the tensor that `filled` puts at name: lively, but neither dying out nor growing."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
        return torch.from_numpy(random.uniform(0.5, 1.5, shape))
    if len(shape) < 2:
        return torch.from_numpy(np.asarray(random.normal(0, 0.1, shape)))
    return torch.from_numpy(random.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape))


def picture_like(size: int) -> Tensor:
    """Return pixels (1, 3, size, size) that vary as a picture's do, always the same."""
    steps = torch.linspace(-3, 3, size, dtype=torch.float64)
    waves = [torch.sin(k * steps)[:, None] * torch.cos(steps * (k + 1))[None] for k in (1, 2, 3)]
    return torch.stack(waves)[None].float()


class Bottleneck(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU()
        self.downsample = None
        if stride != 1 or inputs != 4 * width:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(self.relu(self.bn2(self.conv2(y)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """torchvision's ResNet, names and all, with few and narrow blocks."""

    def __init__(self, blocks: Sequence[int] = (2, 1, 1, 1), width: int = 8) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = width
        for number, count in enumerate(blocks, 1):
            layer = nn.Sequential()
            for i in range(count):
                stride = 2 if number > 1 and i == 0 else 1
                layer.append(Bottleneck(inputs, width * 2 ** (number - 1), stride))
                inputs = 4 * width * 2 ** (number - 1)
            setattr(self, f"layer{number}", layer)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, 10)


def caffe(resnet: ResNet) -> ResNet:
    """Move strides and padding as ImageCaptioning.pytorch's misc/resnet.py does."""
    resnet.maxpool = nn.MaxPool2d(3, 2, 0, ceil_mode=True)
    for number in range(2, 5):
        block = getattr(resnet, f"layer{number}")[0]
        block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)
    return resnet


class EncoderCNN(nn.Module):
    """Udacity's and yunjey's: ResNet without its head, linear layer, perhaps a batch norm."""

    def __init__(self, embed: int, linear: str, norm: str | None) -> None:
        super().__init__()
        resnet = ResNet()
        self.resnet = nn.Sequential(*list(resnet.children())[:-1])
        setattr(self, linear, nn.Linear(resnet.fc.in_features, embed))
        if norm:
            setattr(self, norm, nn.BatchNorm1d(embed, momentum=0.01))
        self.after = (linear, norm)

    def forward(self, images: Tensor) -> Tensor:
        seen = self.resnet(images).view(images.size(0), -1)
        for name in self.after:
            if name:
                seen = getattr(self, name)(seen)
        return seen


class DecoderRNN(nn.Module):
    """Udacity's and yunjey's: the image is the first input of the LSTM."""

    def __init__(self, embed: int, hidden: int, layers: int, embedding: str, output: str) -> None:
        super().__init__()
        self.names = (embedding, output)
        setattr(self, embedding, nn.Embedding(WORDS, embed))
        self.lstm = nn.LSTM(embed, hidden, layers, batch_first=True)
        setattr(self, output, nn.Linear(hidden, WORDS))

    def forward(self, features: Tensor, captions: Tensor) -> Tensor:
        embedding, output = (getattr(self, name) for name in self.names)
        inputs = torch.cat((features.unsqueeze(1), embedding(captions)), 1)
        said: Tensor = output(self.lstm(inputs)[0])
        return said


class ShowAttendEncoder(nn.Module):
    """sgrvinod's Encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.resnet = nn.Sequential(*list(ResNet().children())[:-2])
        self.adaptive_pool = nn.AdaptiveAvgPool2d((14, 14))

    def forward(self, images: Tensor) -> Tensor:
        seen: Tensor = self.adaptive_pool(self.resnet(images)).permute(0, 2, 3, 1)
        return seen


class ShowAttendAttention(nn.Module):
    def __init__(self, seen: int, hidden: int, size: int) -> None:
        super().__init__()
        self.encoder_att = nn.Linear(seen, size)
        self.decoder_att = nn.Linear(hidden, size)
        self.full_att = nn.Linear(size, 1)

    def forward(self, seen: Tensor, hidden: Tensor) -> Tensor:
        sums = torch.relu(self.encoder_att(seen) + self.decoder_att(hidden).unsqueeze(1))
        alpha = self.full_att(sums).squeeze(2).softmax(1)
        return (seen * alpha.unsqueeze(2)).sum(1)


class ShowAttendDecoder(nn.Module):
    """sgrvinod's DecoderWithAttention."""

    def __init__(self, seen: int = 256, hidden: int = 24, embed: int = 16, size: int = 20) -> None:
        super().__init__()
        self.attention = ShowAttendAttention(seen, hidden, size)
        self.embedding = nn.Embedding(WORDS, embed)
        self.decode_step = nn.LSTMCell(embed + seen, hidden)
        self.init_h = nn.Linear(seen, hidden)
        self.init_c = nn.Linear(seen, hidden)
        self.f_beta = nn.Linear(hidden, seen)
        self.fc = nn.Linear(hidden, WORDS)

    def forward(self, encoded: Tensor, captions: Tensor) -> Tensor:
        seen = encoded.view(encoded.size(0), -1, encoded.size(-1))
        h, c = self.init_h(seen.mean(1)), self.init_c(seen.mean(1))
        words, said = self.embedding(captions), []
        for t in range(captions.shape[1]):
            context = torch.sigmoid(self.f_beta(h)) * self.attention(seen, h)
            h, c = self.decode_step(torch.cat([words[:, t], context], 1), (h, c))
            said.append(self.fc(h))
        return torch.stack(said, 1)


class LSTMCore(nn.Module):
    """ruotianluo's maxout LSTM."""

    def __init__(self, inputs: int, size: int) -> None:
        super().__init__()
        self.i2h = nn.Linear(inputs, 5 * size)
        self.h2h = nn.Linear(size, 5 * size)
        self.size = size

    def forward(self, x: Tensor, h: Tensor, c: Tensor, add: Tensor | None = None) -> list[Tensor]:
        n = self.size
        sums = self.i2h(x) + self.h2h(h)
        i, f, o = (torch.sigmoid(sums[:, k * n : (k + 1) * n]) for k in range(3))
        transform = sums[:, 3 * n :] if add is None else sums[:, 3 * n :] + add
        c = f * c + i * torch.max(transform[:, :n], transform[:, n:])
        return [o * torch.tanh(c), c]


class FCModel(nn.Module):
    """ruotianluo's fc."""

    def __init__(self, seen: int = 256, embed: int = 16, size: int = 24) -> None:
        super().__init__()
        self.img_embed = nn.Linear(seen, embed)
        self.core = LSTMCore(embed, size)
        self.embed = nn.Embedding(WORDS, embed)
        self.logit = nn.Linear(size, WORDS)

    def forward(self, fc: Tensor, att: Tensor, seq: Tensor) -> Tensor:
        h = c = fc.new_zeros(len(fc), self.core.size)
        h, c = self.core(self.img_embed(fc), h, c)
        said = []
        for t in range(seq.shape[1]):
            h, c = self.core(self.embed(seq[:, t]), h, c)
            said.append(self.logit(h))
        return torch.stack(said, 1)


class Attention(nn.Module):
    """ruotianluo's Attention."""

    def __init__(self, size: int, hidden: int) -> None:
        super().__init__()
        self.h2att = nn.Linear(size, hidden)
        self.alpha_net = nn.Linear(hidden, 1)

    def forward(self, h: Tensor, att: Tensor, projected: Tensor) -> Tensor:
        dot = torch.tanh(projected + self.h2att(h).unsqueeze(1).expand_as(projected))
        weight = functional.softmax(self.alpha_net(dot).squeeze(2), dim=1)
        return torch.bmm(weight.unsqueeze(1), att).squeeze(1)


class Att2in2Core(LSTMCore):
    def __init__(self, inputs: int, size: int, hidden: int) -> None:
        super().__init__(inputs, size)
        self.a2c = nn.Linear(size, 2 * size)
        self.attention = Attention(size, hidden)


class UpDownCore(nn.Module):
    def __init__(self, inputs: int, size: int, hidden: int) -> None:
        super().__init__()
        self.att_lstm = nn.LSTMCell(inputs + 2 * size, size)
        self.lang_lstm = nn.LSTMCell(2 * size, size)
        self.attention = Attention(size, hidden)


class AttModel(nn.Module):
    """ruotianluo's att2in2 and topdown; use_bn as its option of that name."""

    def __init__(self, kind: str, use_bn: int, logit_layers: int = 1) -> None:
        super().__init__()
        seen, embed, size, hidden = 256, 16, 24, 20
        self.kind = kind
        self.embed = nn.Sequential(nn.Embedding(WORDS, embed), nn.ReLU(), nn.Dropout(0.5))
        parts = [nn.BatchNorm1d(seen)] if use_bn else []
        parts += [nn.Linear(seen, size), nn.ReLU(), nn.Dropout(0.5)]
        self.att_embed = nn.Sequential(*parts, *([nn.BatchNorm1d(size)] if use_bn == 2 else []))
        self.ctx2att = nn.Linear(size, hidden)
        if logit_layers == 1:
            self.logit: nn.Module = nn.Linear(size, WORDS)
        else:
            self.logit = nn.Sequential(
                nn.Linear(size, size), nn.ReLU(), nn.Dropout(0.5), nn.Linear(size, WORDS)
            )
        if kind == "topdown":
            self.fc_embed = nn.Sequential(nn.Linear(seen, size), nn.ReLU(), nn.Dropout(0.5))
            self.core: nn.Module = UpDownCore(embed, size, hidden)
        else:
            self.core = Att2in2Core(embed, size, hidden)

    def forward(self, fc: Tensor, att: Tensor, seq: Tensor) -> Tensor:
        images, positions, channels = att.shape
        att = self.att_embed(att.reshape(-1, channels)).view(images, positions, -1)
        projected, core, said = self.ctx2att(att), self.core, []
        h = [att.new_zeros(images, 24)] * 2
        c = [att.new_zeros(images, 24)] * 2
        for t in range(seq.shape[1]):
            x = self.embed(seq[:, t])
            if self.kind == "topdown":
                whole = torch.cat([h[1], self.fc_embed(fc), x], 1)
                h[0], c[0] = core.att_lstm(whole, (h[0], c[0]))
                context = core.attention(h[0], att, projected)
                h[1], c[1] = core.lang_lstm(torch.cat([context, h[0]], 1), (h[1], c[1]))
            else:
                context = core.attention(h[1], att, projected)
                h[1], c[1] = core(x, h[1], c[1], core.a2c(context))
            said.append(self.logit(h[1]))
        return torch.stack(said, 1)


def resnet_features(resnet: ResNet, image: Tensor) -> tuple[Tensor, Tensor]:
    """Return fc and att as ImageCaptioning.pytorch's myResnet does, 14 x 14 cells."""
    x = resnet.maxpool(resnet.relu(resnet.bn1(resnet.conv1(image))))
    for number in range(1, 5):
        x = getattr(resnet, f"layer{number}")(x)
    att = functional.adaptive_avg_pool2d(x, (14, 14)).permute(0, 2, 3, 1)
    return x.mean(3).mean(2), att.reshape(len(x), -1, x.shape[1])


@dataclass(frozen=True)
class Oracle:
    """A network as its own repository runs it: whole sentences, from their start, every time."""

    see: Callable[[Tensor], tuple[Tensor, ...]]  # of pixels (1, 3, height, width)
    tell: Callable[..., Tensor]  # what was seen, tokens (beam, length) -> logits a token
    start: int | None = None  # its own start, where the app's is another

    @torch.inference_mode()
    def captions(
        self, captioner: Captioner, picture: Image.Image, beam_size: int
    ) -> list[Hypothesis]:
        """Return what beam search finds; what a beam has said is carried in place of hidden."""
        model = captioner.manifest
        seen = self.see(torch.from_numpy(captioner.pixels(picture))[None])

        def step(tokens: Ints, _features: Floats, said: Floats) -> tuple[Floats, Floats]:
            said = np.concatenate([said, tokens[:, None].astype(np.float32)], 1)
            given = torch.from_numpy(said[:, 1:]).long()
            if self.start is not None:
                given[:, 0] = self.start
            beam = len(given)
            logits = self.tell(*(part.expand(beam, *part.shape[1:]) for part in seen), given)
            log_probabilities = logits[:, -1].log_softmax(-1)
            missing = model.vocabulary_size - log_probabilities.shape[1]
            return functional.pad(log_probabilities, (0, missing), value=-100.0).numpy(), said

        found = beam_search(
            step,
            np.zeros((1, 1, 1), np.float32),
            np.zeros((1, 1), np.float32),
            ids=model.special_ids,
            beam_size=beam_size,
            max_length=model.max_words,
            length_exponent=model.length_exponent,
            rules=model.search,
        )
        return [each.without(model.silent_ids) for each in found]


def check_captions(folder: Path, oracle: Oracle, count: int = 4) -> None:
    """Compare all hypotheses of the app, greedy and beam 3, with PyTorch's of the same pixels."""
    said = set()
    for beam_size in (1, 3):
        captioner = Captioner.open(folder, provider="cpu", threads=1, beam_size=beam_size)
        for picture in gate.pictures(count):
            ours = captioner.hypotheses(picture)
            theirs = oracle.captions(captioner, picture, beam_size)
            assert [h.token_ids for h in ours] == [h.token_ids for h in theirs]
            for one, other in zip(ours, theirs, strict=True):
                assert one.token_log_probabilities == pytest.approx(
                    other.token_log_probabilities, rel=0, abs=1e-4
                )
            said.add(round(ours[0].log_probability, 4))
    assert len(said) > count / 2, "whatever it sees, it says the same: nothing was tested"


def run(*arguments: object) -> int:
    """Run lorgnette-export as a person does."""
    return cli.main([str(argument) for argument in arguments])
