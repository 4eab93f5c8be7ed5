"""The quick recogniser's network: strips (n, 1, HEIGHT, width) -> logits (n, width / 2, classes).

Convolutions see a strip at a quarter of its width, wide ones along the line tell what stands around
each column, and each column answers for two, so that two thin letters beside each other have a
column each and one between them, as connectionist temporal classification needs (Graves et al.
2006). Class 0 says that no character begins.
"""

import torch
from torch import Tensor, nn

from lorgnette_export.ocr.drawing import HEIGHT

_AROUND = 9  # columns that a column sees with each block
STEP = 2  # pixels of an answer
_LEAST = 16 / 127.5  # what varies less is not stretched further


def normal(strips: Tensor) -> Tensor:
    """Return strips in shades of grey, -1 to 1, about their mean and as far from it as they go."""
    centred = strips - strips.mean(dim=(2, 3), keepdim=True)
    return centred / centred.abs().amax(dim=(2, 3), keepdim=True).clamp(min=_LEAST)


class QuickRecogniser(nn.Module):
    """What stands in strips of text, by columns of STEP pixels."""

    def __init__(
        self, classes: int, *, channels: tuple[int, ...] = (32, 48, 112, 192), blocks: int = 4
    ) -> None:
        super().__init__()
        first, second, third, last = channels
        self.eyes = nn.Sequential(
            *_seeing(1, first, stride=2),
            *_seeing(first, second),
            nn.MaxPool2d(2),
            *_seeing(second, third),
            *_seeing(third, third),
            nn.MaxPool2d((2, 1)),
            *_seeing(third, last),
            nn.Conv2d(last, last, (HEIGHT // 8, 1), bias=False),
            nn.BatchNorm2d(last),
            nn.ReLU(),
        )
        self.around = nn.Sequential(*(_Around(last) for _ in range(blocks)))
        self.halves = nn.Linear(last, 2 * last)
        self.answers = nn.Linear(last, classes)

    def forward(self, strips: Tensor) -> Tensor:
        """Return logits of normal strips whose width is a multiple of four."""
        columns = self.around(self.eyes(strips).squeeze(2)).transpose(1, 2)
        halves = torch.relu(self.halves(columns))
        answers: Tensor = self.answers(halves.reshape(len(halves), -1, halves.shape[2] // 2))
        return answers


class _Around(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.along = nn.Conv1d(
            channels, channels, _AROUND, padding=_AROUND // 2, groups=channels, bias=False
        )
        self.norm = nn.BatchNorm1d(channels)
        self.wider = nn.Conv1d(channels, 2 * channels, 1)
        self.back = nn.Conv1d(2 * channels, channels, 1)

    def forward(self, columns: Tensor) -> Tensor:
        seen = torch.relu(self.wider(self.norm(self.along(columns))))
        added: Tensor = columns + self.back(seen)
        return added


def _seeing(inwards: int, outwards: int, *, stride: int = 1) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inwards, outwards, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outwards),
        nn.ReLU(),
    )
