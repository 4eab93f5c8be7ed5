"""Epoch after epoch: learn, see how good it is, keep it."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from lorgnette_export.data import captioned
from lorgnette_export.training import concepts, greedy, rewards
from lorgnette_export.training.batches import Split, minibatches
from lorgnette_export.training.config import Config
from lorgnette_export.training.cross_entropy import cross_entropy
from lorgnette_export.training.rewards import Consensus
from lorgnette_export.training.run import CHECKPOINT, Learner

Spoken = Sequence[Sequence[Sequence[str]]]  # the captions of each photo, as words


def train(
    config: Config,
    training: Split,
    watched: dict[str, Split],
    folder: Path,
    begun: Mapping[str, Any] | None = None,
    sentences: Sequence[Sequence[str]] = (),
) -> Path:
    """Train in the folder of a run, or go on there, and return the last checkpoint.

    Args:
        begun: of another run, by read_run: its weights and vocabulary are taken; an encoder that
            it had not is seen by weights of zero at first. Where it has a CNN, the first grids are
            the trunk's, as they are where the configuration tunes it.
        training: what the network learns from.
        watched: splits by name that are captioned greedily after each epoch; CIDEr-D of each
            goes into history.json, as does the mean reward of what was drawn.
        sentences: captions without photos, as words; needed where the configuration has texts.
    """
    torch.manual_seed(config.seed)
    spoken = [[captioned.words(c) for c in photo.captions] for photo in training.photos]
    begun = begun or {}
    vocabulary = begun.get("vocabulary") or captioned.vocabulary_of(
        (words for captions in spoken for words in captions), config.least_count
    )
    consensus = Consensus(spoken) if config.samples else None
    per_epoch = math.ceil(len(training.photos) / config.photos)
    learner = Learner.new(config, vocabulary, begun, sentences, per_epoch)
    checkpoint = folder / CHECKPOINT
    if checkpoint.exists():
        learner.restore(checkpoint, per_epoch)
    elif learner.told is not None and "texts" in begun:
        learner.told.load_state_dict(begun["texts"])
    elif learner.told is not None and begun:
        concepts.fit(learner.network.decoder, learner.told, config)
    folder.mkdir(parents=True, exist_ok=True)
    for epoch in range(len(learner.history), config.epochs):
        # Seeded anew each epoch, so that a run that was killed ends as it would have.
        random = np.random.default_rng((config.seed, epoch))
        torch.manual_seed(int(random.integers(2**62)))
        line = {"epoch": epoch + 1} | _epoch(learner, training, spoken, consensus, random)
        for name, split in watched.items():
            line[name] = greedy.score(learner.kept, vocabulary, split, bfloat16=config.bfloat16)
        learner.history.append(line)
        tqdm.write(json.dumps(line))
        learner.save(checkpoint)
        (folder / "history.json").write_text(json.dumps(learner.history, indent=1))
    return checkpoint


def _epoch(
    learner: Learner,
    training: Split,
    spoken: Spoken,
    consensus: Consensus | None,
    random: np.random.Generator,
) -> dict[str, float]:
    """Learn from each photo once; return the mean loss, and reward of what was drawn."""
    config, network, decoder = learner.config, learner.network, learner.network.decoder
    ids = {word: i for i, word in enumerate(learner.vocabulary)}
    losses, rewarded = [], []
    network.train()
    with tqdm(
        minibatches(training, spoken, ids, config, random),
        total=math.ceil(len(training.photos) / config.photos),
        desc=f"epoch {len(learner.history) + 1}/{config.epochs}",
        unit="step",
        mininterval=2,
    ) as bar:
        for rows, views, tokens, targets in bar:
            grids = network.see(training.batch(rows, views, network.device))
            loss = cross_entropy(decoder, partial(decoder.look, grids), tokens, targets, config)
            if consensus is not None:
                drawn, reward = rewards.loss(
                    decoder, grids, consensus, learner.vocabulary, rows, views, config
                )
                loss = config.cross_entropy * loss + drawn
                rewarded.append(reward)
            if learner.told is not None:
                told = concepts.loss(decoder, learner.told, config, random)
                loss = loss + config.texts_weight * told
            learner.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            learner.optimiser.step()
            learner.schedule.step()
            if learner.averaged is not None:
                learner.averaged.update_parameters(network)
            losses.append(loss.item())
            bar.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}")
    found = {"loss": float(np.mean(losses))}
    return found | ({"drawn sentences": float(np.mean(rewarded))} if rewarded else {})
