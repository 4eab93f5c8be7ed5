"""The network of evidence: ImageNet's classes, COCO's kinds, the number of people, and words.

It reads what the captioner's CNNs compute anyway: the trunk's grid, which is never trained, and
the detector's. On the trunk stands the top as ImageNet trained it, for the captioner's own top is
tuned and has forgotten the classes. So the evidence of a picture does not depend on the
captioner, and one that was fitted once goes with every captioner on the same frozen parts.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from lorgnette_export.networks import efficientnet_lite, mobilenet_detector
from lorgnette_export.networks.efficientnet_lite import LAST_CHANNELS, EfficientNetLite2

CLASSES = 1000  # of ImageNet
_KINDS = """
person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant stop_sign
parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella
handbag tie suitcase frisbee skis snowboard sports_ball kite baseball_bat baseball_glove
skateboard surfboard tennis_racket bottle wine_glass cup fork knife spoon bowl banana apple
sandwich orange broccoli carrot hot_dog pizza donut cake chair couch potted_plant bed
dining_table toilet tv laptop mouse remote keyboard cell_phone microwave oven toaster sink
refrigerator book clock vase scissors teddy_bear hair_drier toothbrush
"""
KINDS = tuple(kind.replace("_", " ") for kind in _KINDS.split())  # of COCO
MOST_PEOPLE = 4  # and more
FIRST_KIND = CLASSES
FIRST_NUMBER = FIRST_KIND + len(KINDS)  # nobody; one; ...; MOST_PEOPLE or more
ANIMAL = FIRST_NUMBER + MOST_PEOPLE + 1
OUTPUTS = ANIMAL + 1  # and one for each word, where they were learned
POOLED = 2 * (LAST_CHANNELS + mobilenet_detector.CHANNELS)
_HIDDEN = 256
_WORDS_HIDDEN = 256
_RARE = -8.0  # logit of a kind in one of 81 cells, before anything is learned


class Head(nn.Module):
    """Cells of the last map and of the detector -> COCO's kinds, some animal, number of people.

    A kind is as likely as its likeliest cell, softly, corrected by the whole picture.
    """

    def __init__(self, channels: int = LAST_CHANNELS + mobilenet_detector.CHANNELS) -> None:
        super().__init__()
        self.cells = nn.Linear(channels, _HIDDEN)
        self.kinds = nn.Linear(_HIDDEN, len(KINDS) + 1)  # and some animal
        nn.init.constant_(self.kinds.bias, _RARE)
        self.sharpness = nn.Parameter(torch.ones(len(KINDS) + 1))
        self.whole = nn.Linear(2 * _HIDDEN, len(KINDS) + 1)
        nn.init.zeros_(self.whole.weight)
        self.number = nn.Linear(2 * _HIDDEN + 3, MOST_PEOPLE + 1)
        self.dropout = nn.Dropout(0.2)

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits.

        Args:
            seen: the last map and, cell by cell, the detector's grid: (image, position, channel).

        Returns:
            kinds a cell (image, position, kinds and animal), kinds (image, kinds and animal),
            and the number of people (image, MOST_PEOPLE + 1).
        """
        hidden = self.dropout(functional.relu(self.cells(seen)))
        cells = self.kinds(hidden)
        whole = torch.cat([hidden.mean(1), hidden.amax(1)], -1)
        likeliest = (cells * self.sharpness).logsumexp(1) / self.sharpness
        people = torch.sigmoid(cells[..., 0])
        counted = torch.stack([people.sum(1), people.amax(1), people.square().sum(1)], -1)
        number = self.number(torch.cat([whole, counted], -1))
        return cells, likeliest + self.whole(whole), number


class Words(nn.Module):
    """Both pooled grids -> logits of the words that people would say of the picture."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(POOLED, _WORDS_HIDDEN)
        self.words = nn.Linear(_WORDS_HIDDEN, words)

    def forward(self, seen: Tensor) -> Tensor:
        """Return the logits, (image, words), of pooled()."""
        logits: Tensor = self.words(functional.relu(self.hidden(seen)))
        return logits


def pooled(seen: Tensor) -> Tensor:
    """Return mean and greatest of each channel, (image, POOLED), of the Head's (seen) cells."""
    return torch.cat([seen.mean(1), seen.amax(1)], -1)


class Evidence(nn.Module):
    """The trunk's grid and the detector's -> probabilities (image, OUTPUTS and words)."""

    def __init__(self, words: int = 0) -> None:
        super().__init__()
        self.top = efficientnet_lite.Top(EfficientNetLite2())
        self.classes = nn.Linear(LAST_CHANNELS, CLASSES)
        self.head = Head()
        self.words = Words(words) if words else None

    def forward(self, trunk: Tensor, detected: Tensor) -> Tensor:
        """Return the probabilities.

        Args:
            trunk: (image, 123, 17, 17).
            detected: (image, position, 1280).
        """
        last = self.top(trunk).flatten(2).transpose(1, 2)
        classes = self.classes(last.mean(1)).softmax(-1)
        seen = torch.cat([last, detected], -1)
        _, kinds, number = self.head(seen)
        present = torch.sigmoid(kinds)
        out = [classes, present[:, :-1], number.softmax(-1), present[:, -1:]]
        if self.words is not None:
            out.append(torch.sigmoid(self.words(pooled(seen))))
        return torch.cat(out, -1)


def pretrained() -> Evidence:
    """Return the network with ImageNet's top and classes, and a head that knows nothing yet."""
    evidence = Evidence()
    weights = efficientnet_lite.weights()
    evidence.top = efficientnet_lite.Top(efficientnet_lite.pretrained())
    evidence.classes.load_state_dict(
        {name.removeprefix("_fc."): value for name, value in weights.items() if "_fc." in name}
    )
    return evidence.eval().requires_grad_(requires_grad=False)
