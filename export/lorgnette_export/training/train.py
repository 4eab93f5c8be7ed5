"""Training a captioner on grids that were computed once: the RNN, the CNN's top, the RNN by reward.

A run is a folder: its configuration, a checkpoint after each epoch, a table of its history. A run
that was killed goes on from its last checkpoint and loses at most one epoch.
"""

import argparse
import dataclasses
import json
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from lorgnette.errors import ExitCode
from lorgnette_export.data import captioned, texts
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.data.texts import Texts, TextsError
from lorgnette_export.measuring import metrics
from lorgnette_export.networks import efficientnet_lite, mobilenet_detector
from lorgnette_export.networks.decoder import Decoder, Shape
from lorgnette_export.networks.efficientnet_lite import EfficientNetLite2
from lorgnette_export.reading import checkpoints
from lorgnette_export.reading.checkpoints import CheckpointError
from lorgnette_export.training import features, rewards
from lorgnette_export.training.features import ENCODERS

MAX_WORDS = 20
WATCHED = 500  # training photos that are captioned after each epoch, beside val
_AT_ONCE = 64
_CONCEPTS_FIRST = 600  # iterations in which concepts are fitted to a network that knows none
_CONCEPTS_FIRST_RATE = 4e-2
_CONCEPTS_RATE = 2e-3
_SIZES = ("hidden", "embedding", "heads")  # what weights are of one shape by
Grids = Sequence[npt.NDArray[np.float16]]  # one array an encoder: (file, view, position, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A training run; kept in its checkpoint."""

    encoders: tuple[str, ...] = ("efficientnet-lite2",)
    hidden: int = 512
    embedding: int = 320
    heads: int = 8
    dropout: float = 0.4
    epochs: int = 9
    photos: int = 32  # an iteration
    captions: int = 3  # of each of them
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    label_smoothing: float = 0.1
    warmup: float = 0.03  # share of the iterations
    least_count: int = 4  # of a word in the training captions
    views: int = features.PLAIN_VIEWS  # of each training photo; see features.compute
    top_learning_rate: float = 0.0  # above 0, the CNN's last blocks are trained as well
    samples: int = 0  # above 0, self-critical: so many sentences are drawn of each photo
    cross_entropy: float = 0.15  # weight of people's captions beside the drawn ones
    texts: int = 0  # captions without photos, an iteration
    texts_weight: float = 0.5  # of their cross-entropy beside that of people's captions
    averaging: float = 0.0  # above 0, what is kept is a moving average of the weights: its decay
    bfloat16: bool = True
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Photos and their grids, in the same order."""

    photos: Sequence[Photo]
    grids: Grids

    def batch(self, rows: Sequence[int], views: Sequence[int], device: str = "cpu") -> list[Tensor]:
        """Return the grids of rows as they are in views: (image, position, channel) each."""
        read = (torch.from_numpy(grid[list(rows), list(views)]) for grid in self.grids)
        return [grid.to(device).float() for grid in read]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "train",
        help="train a captioner on photos with captions",
        description="Computes the frozen CNN's grids once, then trains the RNN on them. A run that "
        "was stopped goes on where it was when the same command is given again.",
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="the run's folder")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a TOML file, as those in configs/"
    )
    parser.add_argument(
        "--start",
        type=Path,
        metavar="CHECKPOINT",
        help="of another run: begin with its weights",
    )
    parser.add_argument(
        "--grids", type=Path, metavar="DIR", help="where the grids are kept; default: RUN/grids"
    )
    parser.add_argument(
        "--detector",
        type=Path,
        metavar="FILE",
        help="frozen_inference_graph.pb of ssd_mobilenet_v2_coco_2018_03_29, where the "
        "configuration names mobilenet-detector",
    )
    parser.add_argument(
        "--texts",
        type=Path,
        metavar="DIR",
        help="captions without photos, a line each in *.txt or *.txt.gz, where the configuration "
        "asks for texts",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="in place of the configuration's")
    parser.add_argument("--threads", type=int, metavar="N", help="default: all cores")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train as the command line says."""
    if args.threads:
        torch.set_num_threads(args.threads)
    config = read_config(args.config) if args.config else Config()
    if args.seed is not None:
        config = dataclasses.replace(config, seed=args.seed)
    photos = captioned.read(args.data)
    sentences = []
    if config.texts:
        if args.texts is None:
            raise TextsError("the configuration asks for captions without photos (texts)")
        sentences = texts.read(args.texts)
    grids_folder = args.grids or args.out / "grids"
    begun = read_run(args.start) if args.start else {}
    if begun:
        _check_start(config, begun["config"], args.start)
    frozen = [(ENCODERS[name], pretrained(name, args.detector)) for name in config.encoders]
    if config.top_learning_rate or "cnn" in begun:
        trunk = efficientnet_lite.Trunk(efficientnet_lite.pretrained()).eval()
        frozen[0] = (features.TRUNK, trunk)

    def split(chosen: list[Photo], views: int = features.PLAIN_VIEWS) -> Split:
        files = [photo.file for photo in chosen]
        return Split(
            photos=chosen,
            grids=[
                features.compute(files, encoder, network, grids_folder, views)
                for encoder, network in frozen
            ],
        )

    training = split([photo for photo in photos if photo.split == "train"], config.views)
    if not training.photos:
        raise DataError(f"{args.data} has no photos of the split 'train'")
    watched = {
        source: split([p for p in photos if p.source == source and p.split == "val"])
        for source in dict.fromkeys(p.source for p in photos if p.split == "val")
    }
    watched["training photos"] = Split(
        photos=training.photos[-WATCHED:], grids=[grid[-WATCHED:] for grid in training.grids]
    )
    print(train(config, training, watched, args.out, begun, sentences))
    return ExitCode.OK


def read_config(path: Path) -> Config:
    """Return the configuration of a TOML file.

    Raises:
        DataError: the file names what is not known, or cannot be read.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if "encoders" in content:
            content["encoders"] = tuple(content["encoders"])
        config = Config(**content)
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path}: {error}") from error
    if unknown := set(config.encoders) - set(ENCODERS):
        raise DataError(f"{path}: no encoder is called {', '.join(sorted(unknown))}")
    if config.top_learning_rate and config.encoders[0] != "efficientnet-lite2":
        raise DataError(f"{path}: only efficientnet-lite2, named first, can be tuned")
    if not 0 <= config.averaging < 1:
        raise DataError(f"{path}: averaging is {config.averaging}; take a decay below 1, or 0")
    if config.samples < 0 or config.samples == 1:
        raise DataError(f"{path}: samples are compared with one another; take 0, or 2 or more")
    if config.texts < 0:
        raise DataError(f"{path}: texts is {config.texts}; take 0 or more")
    return config


def _check_start(config: Config, begun: Mapping[str, Any], path: Path) -> None:
    """Raise DataError unless a run of config can begin with the weights of one of begun."""
    for name in _SIZES:
        if (mine := getattr(config, name)) != begun[name]:
            raise DataError(f"{name} is {begun[name]} in {path}, and {mine} in the configuration")
    known = tuple(begun["encoders"])
    if config.encoders[: len(known)] != known:
        raise DataError(
            f"{path} sees with {', '.join(known)}; the configuration must name that first, "
            f"and names {', '.join(config.encoders)}"
        )


def read_run(checkpoint: Path) -> Mapping[str, Any]:
    """Return the content of another run's checkpoint.

    Raises:
        CheckpointError: it is none.
    """
    content = checkpoints.read(checkpoint).content
    if not {"config", "vocabulary", "weights"} <= content.keys():
        raise CheckpointError(
            checkpoint, "it is not the checkpoint of a run of lorgnette-export train"
        )
    return content


def pretrained(name: str, detector: Path | None) -> nn.Module:
    """Return the frozen network of an encoder.

    Raises:
        DataError: it is the detector's, and its file is not named.
    """
    if name == "efficientnet-lite2":
        return efficientnet_lite.pretrained()
    if detector is None:
        raise DataError(f"the encoder {name} needs its weights: name them by --detector")
    return mobilenet_detector.pretrained(detector)


class Network(nn.Module):
    """A decoder and, where it is trained or was, the top of its CNN."""

    def __init__(self, decoder: Decoder, cnn: EfficientNetLite2 | None) -> None:
        super().__init__()
        self.decoder = decoder
        self.cnn = cnn

    @property
    def device(self) -> str:
        """The kind of device that it computes on."""
        return self.decoder.bias.device.type

    def see(self, grids: Sequence[Tensor]) -> Sequence[Tensor]:
        """Return what Decoder.look looks at; with a CNN, the first of grids is the trunk's."""
        if self.cnn is not None:
            grid, *others = grids
            side = efficientnet_lite.TRUNK_GRID
            square = grid.transpose(1, 2).reshape(len(grid), -1, side, side)
            with torch.autocast(grid.device.type, enabled=False):  # on a CPU quicker in float32
                grid = self.cnn.top(square.contiguous(memory_format=torch.channels_last))
            grids = [grid.flatten(2).transpose(1, 2), *others]
        return grids

    def train(self, mode: bool = True) -> "Network":
        """Set the mode; the CNN's batch norms always use what ImageNet taught them."""
        super().train(mode)
        if self.cnn is not None:
            self.cnn.eval()
        return self


def train(
    config: Config,
    training: Split,
    watched: dict[str, Split],
    run: Path,
    begun: Mapping[str, Any] | None = None,
    sentences: Sequence[Sequence[str]] = (),
) -> Path:
    """Train in the folder run, or go on there, and return the last checkpoint.

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
        (words for sentences in spoken for words in sentences), config.least_count
    )
    ids = {word: i for i, word in enumerate(vocabulary)}
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
    cnn = efficientnet_lite.pretrained() if tunes or "cnn" in begun else None
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = Network(decoder, cnn).to(device)
    consensus = rewards.Consensus(spoken) if config.samples else None
    checkpoint, history, first = run / "checkpoint.pt", [], 0
    if begun:
        for unseen in decoder.projections[len(begun["config"]["encoders"]) :].parameters():
            nn.init.zeros_(unseen)
        decoder.load_state_dict({**decoder.state_dict(), **begun["weights"]})
        if network.cnn is not None and "cnn" in begun:
            network.cnn.load_state_dict(begun["cnn"])
    groups = [{"params": list(decoder.parameters()), "lr": config.learning_rate}]
    if network.cnn is not None and tunes:
        tuned = [each.requires_grad_() for each in network.cnn.trained()]
        groups.append({"params": tuned, "lr": config.top_learning_rate})
    told = Texts(sentences, vocabulary, config.hidden).to(device) if config.texts else None
    if told is not None:
        groups.append({"params": list(told.parameters()), "lr": _CONCEPTS_RATE})
    optimiser = torch.optim.AdamW(groups, weight_decay=config.weight_decay)
    per_epoch = math.ceil(len(training.photos) / config.photos)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, _warmup_and_cosine(config.warmup, config.epochs * per_epoch)
    )
    kept, averaged = network, None
    if config.averaging:
        average = get_ema_multi_avg_fn(config.averaging)  # type: ignore[no-untyped-call]
        averaged = AveragedModel(network, multi_avg_fn=average)
        kept = cast(Network, averaged.module)
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True, map_location=device)
        kept.decoder.load_state_dict(saved["weights"])
        if kept.cnn is not None:
            kept.cnn.load_state_dict(saved["cnn"])
        if averaged:
            network.load_state_dict(saved["unaveraged"])
            averaged.n_averaged.fill_(saved["epoch"] * per_epoch)
        if told is not None:
            told.load_state_dict(saved["texts"])
        optimiser.load_state_dict(saved["optimiser"])
        schedule.load_state_dict(saved["schedule"])
        history, first = saved["history"], saved["epoch"]
    elif told is not None and "texts" in begun:
        told.load_state_dict(begun["texts"])
    elif told is not None and begun:
        _fit_concepts(decoder, told, config)
    run.mkdir(parents=True, exist_ok=True)
    for epoch in range(first, config.epochs):
        # Seeded anew each epoch, so that a run that was killed ends as it would have.
        order = np.random.default_rng((config.seed, epoch))
        torch.manual_seed(int(order.integers(2**62)))
        network.train()
        losses, rewarded = [], []
        with tqdm(
            _minibatches(training, spoken, ids, config, order),
            total=per_epoch,
            desc=f"epoch {epoch + 1}/{config.epochs}",
            unit="step",
            mininterval=2,
        ) as bar:
            for rows, views, tokens, targets in bar:
                grids = network.see(training.batch(rows, views, device))
                loss = _loss(decoder, partial(decoder.look, grids), tokens, targets, config)
                if consensus is not None:
                    drawn, reward = _drawn(
                        decoder, grids, consensus, vocabulary, rows, views, config
                    )
                    loss = config.cross_entropy * loss + drawn
                    rewarded.append(reward)
                if told is not None:
                    loss = loss + config.texts_weight * _told(decoder, told, config, order)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
                optimiser.step()
                schedule.step()
                if averaged:
                    averaged.update_parameters(network)
                losses.append(loss.item())
                bar.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}")
        scores = {
            name: score(kept, vocabulary, split, bfloat16=config.bfloat16)
            for name, split in watched.items()
        }
        if rewarded:
            scores["drawn sentences"] = float(np.mean(rewarded))
        history.append({"epoch": epoch + 1, "loss": float(np.mean(losses)), **scores})
        tqdm.write(json.dumps(history[-1]))
        _save(
            checkpoint,
            {
                "config": dataclasses.asdict(config),
                "vocabulary": vocabulary,
                "weights": kept.decoder.state_dict(),
                **({"cnn": kept.cnn.state_dict()} if kept.cnn is not None else {}),
                **({"texts": told.state_dict()} if told is not None else {}),
                **({"unaveraged": network.state_dict()} if averaged else {}),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
                "history": history,
                "epoch": epoch + 1,
            },
        )
        (run / "history.json").write_text(json.dumps(history, indent=1))
    return checkpoint


def load(checkpoint: Path) -> tuple[Decoder, list[str]]:
    """Return the decoder of a checkpoint, in evaluation mode, and its vocabulary."""
    saved = torch.load(checkpoint, weights_only=True, map_location="cpu")
    config = saved["config"]
    shape = Shape(
        encoders=tuple(config["encoders"]),
        vocabulary=len(saved["vocabulary"]),
        hidden=config["hidden"],
        embedding=config["embedding"],
        heads=config["heads"],
        dropout=config["dropout"],
    )
    decoder = Decoder(shape)
    decoder.load_state_dict(saved["weights"])
    return decoder.eval(), list(saved["vocabulary"])


def score(network: Network, vocabulary: Sequence[str], split: Split, *, bfloat16: bool) -> float:
    """Return CIDEr-D of greedy captions of split."""
    found = dict(enumerate(greedy(network, vocabulary, split, bfloat16=bfloat16)))
    wanted = {
        i: [" ".join(captioned.words(c)) for c in photo.captions]
        for i, photo in enumerate(split.photos)
    }
    return metrics.cider_d(found, wanted)


@torch.inference_mode()
def greedy(
    network: Network, vocabulary: Sequence[str], split: Split, *, bfloat16: bool
) -> Iterator[str]:
    """Yield the likeliest word after word for each photo of split."""
    network.eval()
    start, end = vocabulary.index(captioned.START), vocabulary.index(captioned.END)
    for first in range(0, len(split.photos), _AT_ONCE):
        rows = range(first, min(first + _AT_ONCE, len(split.photos)))
        with torch.autocast(network.device, torch.bfloat16, enabled=bfloat16):
            grids = network.see(split.batch(rows, [0] * len(rows), network.device))
            seen, hidden = network.decoder.look(grids)
            tokens = torch.full((len(rows),), start, device=network.device)
            said: list[Tensor] = []
            for _ in range(MAX_WORDS):
                log_probabilities, hidden = network.decoder.step(tokens, seen, hidden)
                log_probabilities[:, [start, vocabulary.index(captioned.UNKNOWN)]] = -math.inf
                tokens = log_probabilities.argmax(-1)
                said.append(tokens)
        for sentence in torch.stack(said, 1).tolist():
            length = sentence.index(end) if end in sentence else len(sentence)
            yield " ".join(vocabulary[token] for token in sentence[:length])


def _minibatches(
    split: Split,
    spoken: Sequence[Sequence[Sequence[str]]],
    ids: dict[str, int],
    config: Config,
    random: np.random.Generator,
) -> Iterator[tuple[list[int], list[int], Tensor, Tensor]]:
    """Yield rows, their views, input tokens and target tokens (-100 on padding) of one epoch."""
    order = random.permutation(len(split.photos))
    unknown = ids[captioned.UNKNOWN]
    for first in range(0, len(order), config.photos):
        rows = order[first : first + config.photos].tolist()
        views = random.integers(0, split.grids[0].shape[1], len(rows)).tolist()
        sentences = []
        for row, view in zip(rows, views, strict=True):
            chosen = random.choice(
                len(spoken[row]), config.captions, replace=len(spoken[row]) < config.captions
            )
            for i in chosen:
                said = captioned.mirrored(spoken[row][i]) if view % 2 else spoken[row][i]
                sentences.append([ids.get(word, unknown) for word in said[:MAX_WORDS]])
        yield rows, views, *_padded(sentences)


def _padded(sentences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return input tokens and target tokens (-100 on padding), (sentence, length) both."""
    start, end = map(captioned.SPECIALS.index, (captioned.START, captioned.END))
    length = max(map(len, sentences)) + 1
    tokens = torch.full((len(sentences), length), end)
    targets = torch.full((len(sentences), length), -100)
    for i, sentence in enumerate(sentences):
        tokens[i, 0] = start
        tokens[i, 1 : len(sentence) + 1] = torch.tensor(sentence, dtype=torch.long)
        targets[i, : len(sentence) + 1] = torch.tensor([*sentence, end])
    return tokens, targets


def _loss(
    decoder: Decoder,
    look: Callable[[], tuple[Tensor, Tensor]],
    tokens: Tensor,
    targets: Tensor,
    config: Config,
) -> Tensor:
    """Return the cross-entropy of people's captions of what look() sees."""
    tokens, targets = (each.to(decoder.bias.device) for each in (tokens, targets))
    real = targets != -100
    with torch.autocast(targets.device.type, torch.bfloat16, enabled=config.bfloat16):
        seen, hidden = look()
        logits = decoder.sentences(seen, hidden, tokens, real)
    wanted = targets[real]
    # An unknown word is no lesson: the network must never want to say it.
    wanted = wanted.masked_fill(wanted == captioned.SPECIALS.index(captioned.UNKNOWN), -100)
    return functional.cross_entropy(
        logits.float(), wanted, label_smoothing=config.label_smoothing, ignore_index=-100
    )


def _told(decoder: Decoder, told: Texts, config: Config, random: np.random.Generator) -> Tensor:
    """Return the cross-entropy of captions without photos, told from their concepts."""
    shown, sentences = told.draw(config.texts, random)
    return _loss(decoder, partial(decoder.look_at, shown), *_padded(sentences), config)


def _fit_concepts(decoder: Decoder, told: Texts, config: Config) -> None:
    """Give the concepts the vectors by which decoder, as it is, says the captions best."""
    random = np.random.default_rng(config.seed)
    optimiser = torch.optim.Adam(told.parameters(), lr=_CONCEPTS_FIRST_RATE)
    decoder.train().requires_grad_(False)
    decoder.dropout.eval()
    for _ in tqdm(range(_CONCEPTS_FIRST), desc="concepts", unit="step", mininterval=2):
        optimiser.zero_grad(set_to_none=True)
        _told(decoder, told, config, random).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    decoder.requires_grad_(True)
    decoder.dropout.train()


def _drawn(
    decoder: Decoder,
    grids: Sequence[Tensor],
    consensus: rewards.Consensus,
    vocabulary: Sequence[str],
    rows: Sequence[int],
    views: Sequence[int],
    config: Config,
) -> tuple[Tensor, float]:
    """Return the loss of sentences that decoder draws itself, and their mean reward, 0 to 10."""
    end = captioned.SPECIALS.index(captioned.END)
    # The sentences are to be those of the network as it ships. The LSTM stays in training: on a GPU
    # it learns in no other mode.
    decoder.dropout.eval()
    with torch.autocast(grids[0].device.type, torch.bfloat16, enabled=config.bfloat16):
        seen, hidden = decoder.look(grids)
        drawn = rewards.draw(decoder, seen, hidden, samples=config.samples, max_words=MAX_WORDS)
        said = [[vocabulary[token] for token in each if token != end] for each in drawn.tolist()]
        scores = torch.empty(len(rows), config.samples)
        for place, (row, view) in enumerate(zip(rows, views, strict=True)):
            sentences = said[place * config.samples : (place + 1) * config.samples]
            if view % 2:  # mirrored: the sentences are turned round, not people's captions
                sentences = [captioned.mirrored(words) for words in sentences]
            scores[place] = torch.tensor(consensus.scores(sentences, row))
        loss = rewards.surrogate(decoder, seen, hidden, drawn, scores.to(drawn.device))
    decoder.dropout.train()
    return loss, float(scores.mean())


def _warmup_and_cosine(warmup: float, iterations: int) -> Callable[[int], float]:
    first = max(round(warmup * iterations), 1)

    def rate(iteration: int) -> float:
        if iteration < first:
            return (iteration + 1) / first
        progress = (iteration - first) / max(iterations - first, 1)
        return 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))

    return rate


def _save(path: Path, content: dict[str, Any]) -> None:
    """Write a checkpoint so that a kill leaves the old one or the new one."""
    temporary = path.with_suffix(".tmp")
    torch.save(content, temporary)
    temporary.replace(path)
