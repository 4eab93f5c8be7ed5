"""Epoch after epoch: learn, see how good it is, keep it."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from lorgnette_export.data import captioned
from lorgnette_export.data.boxes import Box
from lorgnette_export.training import concepts, greedy, rewards
from lorgnette_export.training.batches import Captions, Shown, ahead, minibatches, steps_an_epoch
from lorgnette_export.training.config import Config
from lorgnette_export.training.cross_entropy import cross_entropy
from lorgnette_export.training.rewards import Reward, Scorer
from lorgnette_export.training.run import CHECKPOINT, Learner

_SPARED = 4  # processor cores that score no sentences, where a GPU computes
_SHOWN = 50  # iterations of which the mean loss is shown


def train(
    config: Config,
    training: Shown,
    watched: Mapping[str, Shown],
    folder: Path,
    begun: Mapping[str, Any] | None = None,
    sentences: Sequence[Sequence[str]] = (),
    *,
    others: Sequence[nn.Module] = (),
    drawn: Mapping[Path, Sequence[Box]] | None = None,
) -> Path:
    """Train in the folder of a run, or go on there, and return the last checkpoint.

    Args:
        begun: of another run, by read_run: its weights and vocabulary are taken; an encoder that
            it had not is seen by weights of zero at first. Where it has a CNN, the first grids are
            the trunk's, as they are where the configuration tunes it.
        training: what the network learns from.
        watched: splits by name that are captioned greedily after each epoch that the
            configuration watches; CIDEr-D of each goes into history.json, as does the mean reward
            of what was drawn.
        sentences: captions without photos, as words; needed where the configuration has texts.
        others: the frozen CNNs after the first, where training shows pictures.
        drawn: boxes of photos, for a reward with a price.
    """
    torch.manual_seed(config.seed)
    torch.set_float32_matmul_precision("high")  # of a GPU; on a CPU it changes nothing
    spoken = [[captioned.words(c) for c in photo.captions] for photo in training.photos]
    begun = begun or {}
    vocabulary = begun.get("vocabulary") or captioned.vocabulary_of(
        (words for captions in spoken for words in captions), config.least_count
    )
    scorer = None
    if config.samples:
        reward = Reward.of(training.photos, spoken, drawn or {}, config.price)
        spare = max((os.cpu_count() or 1) - _SPARED, 0) if torch.cuda.is_available() else 0
        scorer = Scorer(reward, spare)
    per_epoch = steps_an_epoch(training.photos, config)
    learner = Learner.new(config, vocabulary, begun, sentences, per_epoch, others)
    captions = Captions.of(spoken, vocabulary)
    checkpoint = folder / CHECKPOINT
    if checkpoint.exists():
        learner.restore(checkpoint)
    elif learner.told is not None and "texts" in begun:
        learner.told.load_state_dict(begun["texts"])
    elif learner.told is not None and begun:
        concepts.fit(learner.network.decoder, learner.told, config)
    folder.mkdir(parents=True, exist_ok=True)
    last = learner.pace.over
    for epoch in range(len(learner.history), config.epochs):
        if last:
            break
        # Seeded anew each epoch, so that a run that was killed ends as it would have.
        random = np.random.default_rng((config.seed, epoch))
        torch.manual_seed(int(random.integers(2**62)))
        line = {"epoch": epoch + 1} | _epoch(learner, training, captions, scorer, random)
        last = epoch + 1 == config.epochs or learner.pace.over
        if (epoch + 1) % config.watch == 0 or last:
            for name, split in watched.items():
                line[name] = greedy.score(learner.kept, vocabulary, split, bfloat16=config.bfloat16)
        learner.history.append(line)
        tqdm.write(json.dumps(line))
        learner.save(checkpoint)
        (folder / "history.json").write_text(json.dumps(learner.history, indent=1))
    if scorer is not None:
        scorer.close()
    return checkpoint


def _epoch(
    learner: Learner,
    training: Shown,
    captions: Captions,
    scorer: Scorer | None,
    random: np.random.Generator,
) -> dict[str, float]:
    """Learn from each photo once; return the mean loss, and reward of what was drawn."""
    config, network, decoder = learner.config, learner.network, learner.network.decoder
    telling = np.random.default_rng(random.integers(2**62))
    losses: list[Tensor] = []
    rewarded: list[float] = []
    network.train()
    with tqdm(
        ahead(minibatches(training, captions, config, random)),
        total=steps_an_epoch(training.photos, config),
        desc=f"epoch {len(learner.history) + 1}/{config.epochs}",
        unit="step",
        mininterval=2,
    ) as bar:
        for rows, views, tokens, targets in bar:
            grids = network.see(training.batch(rows, views, network.device))
            found = None
            if scorer is not None:
                found = rewards.drawn(
                    decoder, grids, scorer, learner.vocabulary, rows, views, config
                )
            # While other processes score what was drawn.
            loss = cross_entropy(decoder, partial(decoder.look, grids), tokens, targets, config)
            if found is not None:
                lost, reward = rewards.loss(decoder, found, config)
                loss = config.cross_entropy * loss + lost
                rewarded.append(reward)
            if learner.told is not None:
                told = concepts.loss(decoder, learner.told, config, telling)
                loss = loss + config.texts_weight * told
            learner.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            learner.optimiser.step()
            learner.schedule.step()
            if learner.averaged is not None:
                learner.averaged.update_parameters(network)
            losses.append(loss.detach())
            if len(losses) % _SHOWN == 0:
                bar.set_postfix(loss=f"{torch.stack(losses[-_SHOWN:]).mean().item():.3f}")
            if learner.pace.over:
                break
    mean = {"loss": float(torch.stack(losses).mean())}
    return mean | ({"drawn sentences": float(np.mean(rewarded))} if rewarded else {})
