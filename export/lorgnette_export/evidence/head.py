"""Teaching the head of the evidence: COCO's kinds by boxes, and by captions without them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from lorgnette.english.lexicon import words_of
from lorgnette_export.evidence import truth
from lorgnette_export.evidence.things import Thing
from lorgnette_export.evidence.truth import MANY_CAPTIONS, Truth
from lorgnette_export.networks.efficientnet_lite import GRID
from lorgnette_export.networks.evidence import KINDS, Head

# rows, view -> the last map and the detector's grid, both (row, position, channel)
Grids = Callable[[npt.NDArray[np.int64], int], tuple[Tensor, Tensor]]
_BATCH = 64
_PRINCIPAL = 192  # directions kept of each grid's channels
_SAMPLED, _EVERY = 500, 4  # photos and cells by which they are found
_RATE = 2e-3
_DECAY = 0.02
_CELLS = 40.0  # weight of the cells' labels beside the pictures'; few cells have any
_NUMBER = 0.3
_UNSAID = 0.15  # how far what no caption says is taken to be absent
# What people often leave out of a caption: unsaid by all of them, it may yet be there.
_LEFT_OUT = {
    kind.replace("_", " ")
    for kind in words_of(
        "bicycle car truck traffic_light bench backpack umbrella handbag tie sports_ball kite "
        "baseball_bat baseball_glove bottle wine_glass cup fork knife spoon bowl chair couch "
        "potted_plant bed dining_table tv laptop mouse remote keyboard cell_phone book clock vase"
    )
}


def learn(
    grids: Grids, truths: Sequence[Truth], things: Sequence[Thing], *, views: int, epochs: int
) -> Head:
    """Return a head that has seen each of truths' photos epochs times.

    The grids are read once: what is learned from them is their principal parts, some hundreds of
    numbers a cell, and in the end the head's first layer takes that step over.

    Args:
        grids: for rows of truths.
        things: of which those from coco stand in the order of KINDS.
        views: of each photo; an odd one is its mirror image.
    """
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    wanted, weights = labels(truths, things)
    numbers = torch.tensor([-100 if t.number is None else t.number for t in truths])
    boxed = np.array([t.boxes is not None for t in truths])
    parts = [_principal(grids, len(truths), part) for part in range(2)]
    seen = [_reduced(grids, len(truths), view, parts) for view in range(views)]
    head = Head(_PRINCIPAL * 2).train()
    optimiser = torch.optim.AdamW(head.parameters(), lr=_RATE, weight_decay=_DECAY)
    steps = epochs * math.ceil(len(truths) / _BATCH)
    losses: list[float] = []
    with tqdm(total=steps, unit="step", desc="head", mininterval=5) as bar:
        for step in range(steps):
            at_step = step % math.ceil(len(truths) / _BATCH)
            if at_step == 0:
                order = random.permutation(len(truths))
            rows = order[at_step * _BATCH : (at_step + 1) * _BATCH]
            view = int(random.integers(views))
            for group in optimiser.param_groups:
                warm = min(1.0, (step + 1) / min(100, 1 + steps // 5))
                group["lr"] = _RATE * warm * (0.5 * (1 + math.cos(math.pi * step / steps)) + 0.01)
            cells, kinds, number = head(seen[view][rows].float())
            loss = _loss(kinds, wanted[rows], weights[rows])
            if boxed[rows].any():
                drawn = [
                    truth.cells(boxes, mirrored=view % 2 == 1)
                    for row in rows
                    if (boxes := truths[row].boxes) is not None
                ]
                there = torch.from_numpy(np.stack(drawn))
                loss = loss + _CELLS * functional.binary_cross_entropy_with_logits(
                    cells[torch.from_numpy(boxed[rows])][..., :-1], there
                )
            if (numbers[rows] >= 0).any():
                loss = loss + _NUMBER * functional.cross_entropy(number, numbers[rows])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(head.parameters(), 5.0)
            optimiser.step()
            losses.append(loss.item())
            bar.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}", refresh=False)
            bar.update()
    return _unfolded(head, parts)


def _loss(kinds: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(
        kinds, wanted, weights, reduction="sum"
    ) / len(kinds)


@dataclass(frozen=True, slots=True)
class _Principal:
    """Means and principal directions of a grid's channels, scaled to unit variance."""

    mean: Tensor  # (channel,)
    directions: Tensor  # (_PRINCIPAL, channel)

    def of(self, grid: Tensor) -> Tensor:
        return functional.linear(grid - self.mean, self.directions)


def _principal(grids: Grids, photos: int, part: int) -> _Principal:
    rows = np.unique(np.linspace(0, photos - 1, _SAMPLED).astype(int))
    sample = grids(rows, 0)[part].float().flatten(0, 1)[::_EVERY]
    mean = sample.mean(0)
    values, vectors = torch.linalg.eigh((sample - mean).T @ (sample - mean) / len(sample))
    strongest = values[-_PRINCIPAL:].clamp(min=1e-6)
    return _Principal(mean, (vectors[:, -_PRINCIPAL:] / (strongest + strongest.mean()).sqrt()).T)


def _reduced(grids: Grids, photos: int, view: int, parts: Sequence[_Principal]) -> Tensor:
    """Return the principal parts of all photos' cells, (photo, position, 2 * _PRINCIPAL)."""
    out = torch.empty(photos, GRID**2, len(parts) * _PRINCIPAL, dtype=torch.float16)
    for first in tqdm(range(0, photos, _BATCH), unit="batch", desc="grids", mininterval=5):
        rows = np.arange(first, min(first + _BATCH, photos))
        each = [part.of(grid.float()) for part, grid in zip(parts, grids(rows, view), strict=True)]
        out[first : first + len(rows)] = torch.cat(each, -1).half()
    return out


def _unfolded(head: Head, parts: Sequence[_Principal]) -> Head:
    """Return head as one that takes whole grids."""
    whole = Head()
    whole.load_state_dict(
        {k: v for k, v in head.state_dict().items() if not k.startswith("cells.")}, strict=False
    )
    weight, bias = head.cells.weight.detach(), head.cells.bias.detach().clone()
    pieces = []
    for piece, part in zip(torch.split(weight, _PRINCIPAL, 1), parts, strict=True):
        pieces.append(piece @ part.directions)
        bias -= pieces[-1] @ part.mean
    with torch.no_grad():
        whole.cells.weight.copy_(torch.cat(pieces, 1))
        whole.cells.bias.copy_(bias)
    return whole.eval().requires_grad_(requires_grad=False)


def labels(truths: Sequence[Truth], things: Sequence[Thing]) -> tuple[Tensor, Tensor]:
    """Return what the head shall say and how much each weighs, (photo, kinds and some animal)."""
    kinds = [thing for thing in things if thing.source == "coco"]
    wanted = torch.zeros(len(truths), len(KINDS) + 1)
    weights = torch.zeros_like(wanted)
    plain = torch.tensor([kind not in _LEFT_OUT for kind in KINDS])
    for row, each in enumerate(truths):
        wanted[row, -1], weights[row, -1] = float(each.animal), 1.0
        if each.boxes is not None:
            weights[row, :-1] = 1.0
            wanted[row, [KINDS.index(box.kind) for box in each.boxes]] = 1.0
            continue
        said = torch.tensor([bool(each.said & thing.words) for thing in kinds])
        said[0] = each.person
        sure = 1.0 if each.captions >= MANY_CAPTIONS else 0.5
        weights[row, :-1] = torch.where(said | plain, sure, _UNSAID * sure)
        weights[row, 0] = 1.0
        wanted[row, :-1] = said.float()
        if not each.animal:
            weights[row, :-1][torch.tensor([k in truth.ANIMALS for k in KINDS])] = 1.0
    return wanted, weights
