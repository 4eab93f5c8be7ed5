"""A run as it is kept: what learns, and the checkpoint in which it lies after each epoch."""

import dataclasses
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lorgnette_export.networks import efficientnet_lite
from lorgnette_export.networks.decoder import Decoder, Shape
from lorgnette_export.networks.network import Network
from lorgnette_export.training import concepts
from lorgnette_export.training.concepts import Texts
from lorgnette_export.training.config import Config

CHECKPOINT = "checkpoint.pt"


@dataclass(slots=True, kw_only=True)
class Pace:
    """How far a run is: by its iterations or, where it has minutes, by the clock."""

    iterations: int
    minutes: float
    before: float = 0.0  # seconds that it took before it was stopped and begun again
    _began: float | None = None

    @property
    def seconds(self) -> float:
        """Return how long the run has taken, from its first iteration on."""
        return self.before + (time.monotonic() - self._began if self._began else 0.0)

    def done(self, iteration: int) -> float:
        """Return which share of the run is done when iteration begins, 0 to 1."""
        if not self.minutes:
            return min((iteration + 1) / self.iterations, 1.0)
        if self._began is None and iteration:
            self._began = time.monotonic()
        return min(max(self.seconds / 60 / self.minutes, 1e-3), 1.0)

    @property
    def over(self) -> bool:
        """Tell whether the time is up."""
        return self.minutes > 0 and self.seconds >= 60 * self.minutes


@dataclass(slots=True, kw_only=True)
class Learner:
    """All that changes from one iteration to the next."""

    config: Config
    vocabulary: Sequence[str]
    network: Network
    averaged: AveragedModel | None  # of network, where the configuration has averaging
    told: Texts | None  # where the configuration has texts
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    pace: Pace
    history: list[dict[str, float]] = field(default_factory=list)

    @classmethod
    def new(
        cls,
        config: Config,
        vocabulary: Sequence[str],
        begun: Mapping[str, Any],
        sentences: Sequence[Sequence[str]],
        per_epoch: int,
        others: Sequence[nn.Module] = (),
    ) -> "Learner":
        """Return what learns before its first iteration.

        Args:
            begun: another run's checkpoint to begin with, or nothing.
            sentences: captions without photos, as words.
            per_epoch: iterations.
            others: as of Network.
        """
        decoder = Decoder(
            Shape(
                encoders=config.encoders,
                vocabulary=len(vocabulary),
                hidden=config.hidden,
                embedding=config.embedding,
                heads=config.heads,
                dropout=config.dropout,
            )
        )
        tunes = config.top_learning_rate > 0
        has_cnn = tunes or config.pictures or "cnn" in begun
        cnn = efficientnet_lite.pretrained() if has_cnn else None
        device = "cuda" if torch.cuda.is_available() else "cpu"
        network = Network(decoder, cnn, [other.to(device) for other in others]).to(device)
        if begun:
            for unseen in decoder.projections[len(begun["config"]["encoders"]) :].parameters():
                nn.init.zeros_(unseen)
            decoder.load_state_dict({**decoder.state_dict(), **begun["weights"]})
            if cnn is not None and "cnn" in begun:
                cnn.load_state_dict(begun["cnn"])
        groups = [{"params": list(decoder.parameters()), "lr": config.learning_rate}]
        if cnn is not None and tunes:
            parts = cnn.parameters() if config.whole_cnn else cnn.trained()
            tuned = [each.requires_grad_() for each in parts]
            groups.append({"params": tuned, "lr": config.top_learning_rate})
        told = Texts(sentences, vocabulary, config.hidden).to(device) if config.texts else None
        if told is not None:
            groups.append({"params": list(told.parameters()), "lr": concepts.RATE})
        optimiser = torch.optim.AdamW(groups, weight_decay=config.weight_decay)
        averaged = None
        if config.averaging:
            average = get_ema_multi_avg_fn(config.averaging)  # type: ignore[no-untyped-call]
            averaged = AveragedModel(network, multi_avg_fn=average)
        pace = Pace(iterations=config.epochs * per_epoch, minutes=config.minutes)
        return cls(
            config=config,
            vocabulary=vocabulary,
            network=network,
            averaged=averaged,
            told=told,
            optimiser=optimiser,
            schedule=torch.optim.lr_scheduler.LambdaLR(
                optimiser, _rates(config, pace, len(groups))
            ),
            pace=pace,
        )

    @property
    def kept(self) -> Network:
        """The network that the run is for: the average, where there is one."""
        return self.network if self.averaged is None else cast(Network, self.averaged.module)

    def restore(self, checkpoint: Path) -> None:
        """Go back to where checkpoint was saved."""
        saved = torch.load(checkpoint, weights_only=True, map_location=self.network.device)
        self.kept.decoder.load_state_dict(saved["weights"])
        if self.kept.cnn is not None:
            self.kept.cnn.load_state_dict(saved["cnn"])
        if self.averaged is not None:
            self.network.load_state_dict(saved["unaveraged"])
            self.averaged.n_averaged.fill_(saved["schedule"]["last_epoch"])  # that is, iteration
        if self.told is not None:
            self.told.load_state_dict(saved["texts"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.schedule.load_state_dict(saved["schedule"])
        self.history = saved["history"]
        self.pace.before = saved.get("seconds", 0.0)

    def save(self, checkpoint: Path) -> None:
        """Write a checkpoint so that a kill leaves the old one or the new one."""
        content = {
            "config": dataclasses.asdict(self.config),
            "vocabulary": self.vocabulary,
            "weights": self.kept.decoder.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "history": self.history,
            "epoch": len(self.history),
            "seconds": self.pace.seconds,
        }
        if self.kept.cnn is not None:
            content["cnn"] = self.kept.cnn.state_dict()
        if self.told is not None:
            content["texts"] = self.told.state_dict()
        if self.averaged is not None:
            content["unaveraged"] = self.network.state_dict()
        temporary = checkpoint.with_suffix(".tmp")
        torch.save(content, temporary)
        temporary.replace(checkpoint)


def _rates(config: Config, pace: Pace, groups: int) -> list[Callable[[int], float]]:
    """Return the factor of each group's learning rate by iteration: the CNN's is the second."""

    def rate(iteration: int) -> float:
        return _warmup_and_cosine(pace.done(iteration), config.warmup)

    def cnns_rate(iteration: int) -> float:
        left = pace.done(iteration) - config.frozen
        return _warmup_and_cosine(left / (1 - config.frozen), config.warmup) if left >= 0 else 0.0

    every: list[Callable[[int], float]] = [rate] * groups
    if config.top_learning_rate > 0 and config.frozen:
        every[1] = cnns_rate
    return every


def _warmup_and_cosine(done: float, warmup: float) -> float:
    """Return the factor of a learning rate when a share of the run is done."""
    if done < warmup:
        return done / warmup
    return 0.5 * (1 + math.cos(math.pi * min((done - warmup) / (1 - warmup), 1.0)))
