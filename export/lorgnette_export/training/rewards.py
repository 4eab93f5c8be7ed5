"""Self-critical training: the network draws sentences, and CIDEr-D says which were better.

S. Rennie et al. (2017), "Self-critical sequence training for image captioning", with the baseline
of R. Luo (2020), "A better variant of self-critical sequence training": the mean reward of the
other sentences drawn for the same photo.
"""

import math
import multiprocessing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lorgnette_export.data import captioned
from lorgnette_export.data.boxes import Box
from lorgnette_export.data.captioned import Photo
from lorgnette_export.measuring import mentions
from lorgnette_export.networks.decoder import MAX_WORDS, Decoder
from lorgnette_export.training.config import Config

_LIKELIEST = 20  # a word is drawn from these: label smoothing leaves some chance to every word
_LONGEST = 4  # n-grams
_DEVIATION = 6.0  # of the penalty on the difference in length, in words

NGram = tuple[str, ...]
# For each length of n-grams the tf-idf of each and the norm; then the number of words.
Vector = tuple[list[dict[NGram, float]], list[float], int]


class Consensus:
    """CIDEr-D with people's captions of a photo (R. Vedantam et al. 2015), 0 to 10.

    The end of a sentence counts as a word of it, so that one with a dangling end is worth less.
    """

    def __init__(self, spoken: Sequence[Sequence[Sequence[str]]]) -> None:
        """Weigh n-grams by how few of the photos they are said of.

        Args:
            spoken: the captions of each photo, as words.
        """
        photos = Counter[NGram]()
        for captions in spoken:
            photos.update({ngram for words in captions for ngram in _ngrams(words)})
        self._spoken = spoken
        self._most = math.log(len(spoken))
        # Four in five are said of one photo only, and those of none weigh as much.
        self._weights = {
            ngram: self._most - math.log(count) for ngram, count in photos.items() if count > 1
        }

    def scores(self, sentences: Sequence[Sequence[str]], photo: int) -> list[float]:
        """Return how much each sentence is like the captions of a photo, by its place in spoken."""
        captions = [self._vector(words) for words in self._spoken[photo]]
        return [
            10 * sum(_likeness(found, wanted) for wanted in captions) / len(captions)
            for found in map(self._vector, sentences)
        ]

    def _vector(self, words: Sequence[str]) -> Vector:
        found: list[dict[NGram, float]] = [{} for _ in range(_LONGEST)]
        for ngram, count in _ngrams(words).items():
            found[len(ngram) - 1][ngram] = count * self._weights.get(ngram, self._most)
        return found, [math.hypot(*part.values()) for part in found], len(words) + 1


def _likeness(one: Vector, other: Vector) -> float:
    """Return the mean over the lengths of n-grams, 0 to 1."""
    penalty = math.exp(-((one[2] - other[2]) ** 2) / (2 * _DEVIATION**2))
    total = 0.0
    for found, norm, wanted, wanted_norm in zip(*one[:2], *other[:2], strict=True):
        if norm and wanted_norm:
            shared = sum(
                min(value, wanted[ngram]) * wanted[ngram]
                for ngram, value in found.items()
                if ngram in wanted
            )
            total += shared / (norm * wanted_norm)
    return penalty * total / _LONGEST


def _ngrams(words: Sequence[str]) -> Counter[NGram]:
    ended = (*words, captioned.END)
    return Counter(
        ended[first : first + length]
        for length in range(1, _LONGEST + 1)
        for first in range(len(ended) - length + 1)
    )


@torch.no_grad()
def draw(
    decoder: Decoder, features: Tensor, hidden: Tensor, *, samples: int, max_words: int
) -> Tensor:
    """Return sentences drawn at random, each word as likely as the network holds it.

    Only among the _LIKELIEST words: surrogate() leaves this cut out of account.

    Args:
        features, hidden: of decoder.look().

    Returns:
        Token ids, (image * samples, length); after the end of a sentence only ends follow. One
        without an end was cut off at max_words.
    """
    start, end, unknown = map(captioned.SPECIALS.index, captioned.SPECIALS)
    features, hidden = (each.repeat_interleave(samples, 0) for each in (features, hidden))
    tokens = torch.full((len(features),), start, device=features.device)
    said: list[Tensor] = []
    while len(said) < max_words and not (said and bool((tokens == end).all())):
        log_probabilities, hidden = decoder.step(tokens, features, hidden)
        log_probabilities[:, [start, unknown] if said else [start, end, unknown]] = -math.inf
        values, likeliest = log_probabilities.float().topk(min(_LIKELIEST, len(decoder.bias)), -1)
        chosen = likeliest.gather(1, torch.multinomial(values.softmax(-1), 1))[:, 0]
        tokens = torch.where(tokens == end, end, chosen)
        said.append(tokens)
    return torch.stack(said, 1)


def surrogate(
    decoder: Decoder, features: Tensor, hidden: Tensor, drawn: Tensor, rewards: Tensor
) -> Tensor:
    """Return what has the gradient of the expected reward, with the sign of a loss.

    Args:
        features, hidden: of decoder.look().
        drawn: of draw(), for the same features.
        rewards: (image, samples), of drawn; 2 samples or more.
    """
    start, end, unknown = map(captioned.SPECIALS.index, captioned.SPECIALS)
    samples = rewards.shape[1]
    others = (rewards.sum(1, keepdim=True) - rewards) / (samples - 1)
    tokens = torch.cat([torch.full_like(drawn[:, :1], start), drawn[:, :-1]], 1)
    real = torch.cat([torch.ones_like(drawn[:, :1], dtype=torch.bool), drawn[:, :-1] != end], 1)
    logits = decoder.sentences(features, hidden, tokens, real).float()
    never = torch.tensor([start, unknown], device=logits.device)
    log_probabilities = logits.index_fill(1, never, -math.inf).log_softmax(-1)
    said = log_probabilities.gather(1, drawn[real][:, None])[:, 0]
    advantage = (rewards - others).reshape(-1, 1).expand_as(real)[real]
    return -(advantage * said).mean()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """What a sentence earns: CIDEr-D, less a price for things that are not there.

    Saying a thing of CHAIR's that neither boxes nor captions have costs the price; saying people
    or animals where somebody looked and there are none, twice as much.
    """

    consensus: Consensus
    price: float = 0.0
    there: Sequence[frozenset[str]] = ()  # of each photo, the things that boxes or captions have
    empty: Sequence[bool] = ()  # no person and no animal is on it

    @classmethod
    def of(
        cls,
        photos: Sequence[Photo],
        spoken: Sequence[Sequence[Sequence[str]]],
        drawn: Mapping[Path, Sequence[Box]],
        price: float,
    ) -> "Reward":
        """Return the reward of sentences on photos.

        Args:
            spoken: the captions of each photo, as words.
            drawn: boxes of the photos that have any.
            price: in CIDEr-D.
        """
        consensus = Consensus(spoken)
        if not price:
            return cls(consensus=consensus)
        there = [
            frozenset(box.kind for box in drawn.get(photo.file, ())).union(
                *map(mentions.things_said, captions)
            )
            for photo, captions in zip(photos, spoken, strict=True)
        ]
        return cls(consensus=consensus, price=price, there=there, empty=[p.empty for p in photos])

    def of_sentences(self, sentences: Sequence[Sequence[str]], photo: int) -> list[float]:
        """Return what each sentence earns of a photo, by its place in spoken."""
        earned = self.consensus.scores(sentences, photo)
        if not self.price:
            return earned
        return [
            worth - self.price * self._invented(words, photo)
            for words, worth in zip(sentences, earned, strict=True)
        ]

    def _invented(self, words: Sequence[str], photo: int) -> int:
        invented = len(mentions.things_said(words) - self.there[photo])
        if self.empty[photo]:
            said = (mentions.PEOPLE_WORDS, mentions.ANIMAL_WORDS)
            invented += 2 * sum(not kind.isdisjoint(words) for kind in said)
        return invented


class Scorer:
    """Rewards sentences in other processes, while the network is busy in this one."""

    def __init__(self, reward: Reward, workers: int) -> None:
        """Start the processes.

        Args:
            workers: how many; with none, sentences are scored here.
        """
        self._reward = reward
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        if workers:
            # Forked where that can be, before there is a GPU: the captions need no copying.
            known = multiprocessing.get_all_start_methods()
            context = multiprocessing.get_context("fork" if "fork" in known else None)
            self._pool = ProcessPoolExecutor(
                workers, mp_context=context, initializer=_keep, initargs=(reward,)
            )
            list(self._pool.map(_scores, [[]] * workers))

    def scores(
        self, said: Sequence[Sequence[Sequence[str]]], rows: Sequence[int]
    ) -> Callable[[], Tensor]:
        """Return what waits for what each of said earns, (photo, sentence).

        Args:
            said: for each photo, its sentences as words.
            rows: of the photos.
        """
        tasks = list(zip(rows, said, strict=True))
        if self._pool is None:
            return lambda: torch.tensor(
                [self._reward.of_sentences(sentences, row) for row, sentences in tasks]
            )
        share = math.ceil(len(tasks) / self._workers)
        parts = [
            self._pool.submit(_scores, tasks[first : first + share])
            for first in range(0, len(tasks), share)
        ]
        return lambda: torch.tensor([each for part in parts for each in part.result()])

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown()


_kept: list[Reward] = []  # in a process of a Scorer, its reward


def _keep(reward: Reward) -> None:
    _kept.append(reward)


def _scores(tasks: Sequence[tuple[int, Sequence[Sequence[str]]]]) -> list[list[float]]:
    return [_kept[0].of_sentences(sentences, row) for row, sentences in tasks]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Sentences that a network drew itself, what it saw then, and what waits for their worth."""

    features: Tensor
    hidden: Tensor
    tokens: Tensor
    earned: Callable[[], Tensor]


def drawn(
    decoder: Decoder,
    grids: Sequence[Tensor],
    scorer: Scorer,
    vocabulary: Sequence[str],
    rows: Sequence[int],
    views: Sequence[int],
    config: Config,
) -> Drawn:
    """Return sentences that decoder draws itself, which are being scored."""
    end = captioned.SPECIALS.index(captioned.END)
    # The sentences are to be those of the network as it ships. The LSTM stays in training: on a GPU
    # it learns in no other mode.
    decoder.dropout.eval()
    with torch.autocast(grids[0].device.type, torch.bfloat16, enabled=config.bfloat16):
        seen, hidden = decoder.look(grids)
        tokens = draw(decoder, seen, hidden, samples=config.samples, max_words=MAX_WORDS)
    decoder.dropout.train()
    sentences = [[vocabulary[token] for token in each if token != end] for each in tokens.tolist()]
    of_photos = []
    for place, view in enumerate(views):
        said = sentences[place * config.samples : (place + 1) * config.samples]
        # Of a mirror image the sentences are turned round, not people's captions.
        of_photos.append([captioned.mirrored(words) for words in said] if view % 2 else said)
    return Drawn(seen, hidden, tokens, scorer.scores(of_photos, rows))


def loss(decoder: Decoder, found: Drawn, config: Config) -> tuple[Tensor, float]:
    """Return the loss of sentences that decoder has drawn, and their mean reward."""
    earned = found.earned()
    decoder.dropout.eval()
    with torch.autocast(found.tokens.device.type, torch.bfloat16, enabled=config.bfloat16):
        lost = surrogate(
            decoder, found.features, found.hidden, found.tokens, earned.to(found.tokens.device)
        )
    decoder.dropout.train()
    return lost, float(earned.mean())
