"""Teach the quick recogniser on strips that are drawn as it learns.

Run as `python -m lorgnette_export.ocr.teach --text-model DIR --fonts DIR --common DIR
--foreign DIR --messages DIR --texts FILE... --output DIR`; it goes on from the last checkpoint
that it finds there.
"""

import argparse
import copy
import itertools
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from lorgnette.ocr import reader
from lorgnette_export.ocr import drawing
from lorgnette_export.ocr.recogniser import STEP, QuickRecogniser, normal

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]

_Some = list[tuple[drawing.Bytes, list[int]]]

_POOL = 480  # strips that batches of about the same width are made of
_COLUMNS = 14_000  # pixels of width in a batch
_RATE = 8e-4
_WARM = 300  # steps
_KEPT = 0.999  # of the average of weights, a step
_EVERY = 500  # steps between checkpoints
WEIGHTS = "average.safetensors"
LEFT_OUT = "ClearSans|B612|Gentium|Hack|Tuffy"  # fonts that only what was learned is tried with


def numbers(characters: Sequence[str]) -> dict[str, int]:
    """Return each character's class; 0 says that none begins."""
    return {c: n for n, c in enumerate((*characters, " ", drawing.OTHER), start=1)}


class Strips(IterableDataset[Batch]):
    """Endless batches of strips that are drawn."""

    def __init__(self, made: drawing.Drawing, seed: int) -> None:
        self._made = made
        self._seed = seed

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches of about the same number of pixels."""
        worker = get_worker_info()
        chance = random.Random(f"{self._seed} {worker.id if worker else 0}")  # noqa: S311
        while True:
            pool = [self._made.strip(chance) for _ in range(_POOL)]
            pool = [(p, s) for p, s in pool if p.shape[1] <= 2400]
            pool.sort(key=lambda each: each[0].shape[1])
            batches, some = list[_Some](), _Some()
            for each in pool:
                if some and each[0].shape[1] * (len(some) + 1) > _COLUMNS:
                    batches.append(some)
                    some = _Some()
                some.append(each)
            batches.append(some)
            chance.shuffle(batches)
            for batch in batches:
                yield collated(batch)


def collated(batch: Sequence[tuple[drawing.Bytes, list[int]]]) -> Batch:
    """Return strips of one width, how many columns each has, what they say, and its lengths."""
    width = -(-max(strip.shape[1] for strip, _ in batch) // 4) * 4
    strips = np.stack([np.pad(s, ((0, 0), (0, width - s.shape[1])), mode="edge") for s, _ in batch])
    said = torch.tensor([n for _, each in batch for n in each])
    lengths = torch.tensor([len(each) for _, each in batch])
    columns = torch.tensor([-(-s.shape[1] // STEP) for s, _ in batch])
    return torch.from_numpy(strips)[:, None], columns, said, lengths


def seen(strips: torch.Tensor) -> torch.Tensor:
    """Return bytes as the network takes them."""
    return normal(strips.float() / 127.5 - 1)


def main() -> None:
    """Teach."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, holds in (
        ("text-model", "the text model that it is for"),
        ("fonts", "fonts with Latin letters"),
        ("common", "those of them that most screens show, drawn as often as all others"),
        ("foreign", "fonts with other scripts"),
        ("messages", "catalogues of translations, as /usr/share/locale"),
        ("output", "checkpoints and weights"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=f"folder of {holds}")
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="files of lines")
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--workers", type=int, default=1, help="processes that draw")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    characters = drawing.alphabet(reader.classes(args.text_model))
    of = numbers(characters)
    made = drawing.Drawing(
        drawing.Texts(args.messages, args.texts, characters),
        drawing.fonts(args.fonts, characters, left_out=LEFT_OUT),
        drawing.fonts(args.common, characters, left_out=LEFT_OUT),
        sorted(path for path in args.foreign.iterdir() if path.is_file()),
        of,
    )
    learner = _Learner(len(of) + 1)
    kept = args.output / "last.pt"
    if kept.exists():
        learner.load_state_dict(torch.load(kept, weights_only=True))
    batches = DataLoader(
        Strips(made, learner.step),
        batch_size=None,
        num_workers=args.workers,
        prefetch_factor=40 if args.workers else None,
    )
    loss = 0.0
    for batch in itertools.islice(batches, args.steps - learner.step):
        loss += (learner.learn(batch, args.steps) - loss) / min(learner.step, 50)
        if learner.step % _EVERY == 0 or learner.step == args.steps:
            print(f"{learner.step} steps, loss {loss:.4f}", flush=True)
            part = kept.with_suffix(".part")
            torch.save(learner.state_dict(), part)
            part.replace(kept)
    weights = {n: value.contiguous() for n, value in learner.average.state_dict().items()}
    save_file(weights, args.output / WEIGHTS)


class _Learner:
    """The network, the average of its weights, and how far it has come."""

    def __init__(self, classes: int) -> None:
        self.network = QuickRecogniser(classes)
        self.average = copy.deepcopy(self.network)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), _RATE, weight_decay=1e-2)
        self.step = 0
        self._loss = torch.nn.CTCLoss(reduction="sum", zero_infinity=True)

    def learn(self, batch: Batch, steps: int) -> float:
        """Take a step of steps, and return the loss of a character."""
        strips, columns, said, lengths = batch
        for group in self.optimiser.param_groups:
            group["lr"] = _RATE * min(
                (self.step + 1) / _WARM, 0.5 + 0.5 * math.cos(math.pi * self.step / steps)
            )
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(seen(strips).contiguous(memory_format=torch.channels_last))
        likely = logits.float().log_softmax(2).transpose(0, 1)
        # A letter counts the same in a word and in a line.
        loss = self._loss(likely, said, columns.clamp(max=len(likely)), lengths) / lengths.sum()
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        keep = min(_KEPT, self.step / (self.step + 20))
        with torch.no_grad():
            theirs = self.network.state_dict().values()
            for mine, their in zip(self.average.state_dict().values(), theirs, strict=True):
                mine.copy_(mine.lerp(their, 1 - keep) if mine.is_floating_point() else their)
        told: float = loss.item()
        return told

    def state_dict(self) -> dict[str, Any]:
        """Return all that it needs to go on."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where another one stopped."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]


if __name__ == "__main__":
    main()
