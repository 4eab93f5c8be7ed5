"""Captioner.open(model directory); caption(path) -> Caption."""

import math
import os
from pathlib import Path

import numpy as np
from PIL import Image

from lorgnette.captioning import candidates as choosing
from lorgnette.captioning import images, judging, manifest, wording
from lorgnette.captioning.candidates import Candidate
from lorgnette.captioning.caption import Caption, Word
from lorgnette.captioning.decoding import (
    Floats,
    Fork,
    Hypothesis,
    Ints,
    SpecialIds,
    beam_search,
    branches,
)
from lorgnette.captioning.graphs import Graph, choose_provider
from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.people import People
from lorgnette.captioning.vocabulary import Vocabulary
from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette.errors import BrokenModelError

DEFAULT_BEAM_SIZE = 3
MAX_BEAM_SIZE = 20
BRANCHES = 6  # other sentences that are tried for the candidates; five that differ come of 95 %
NOTHING_TO_SAY = "the model found no words for this picture"


class Captioner:
    """A model that was opened: pictures in, captions out; any number of threads may use it."""

    def __init__(
        self,
        model: Manifest,
        vocabulary: Vocabulary,
        encoder: Graph,
        step: Graph,
        provider: str,
        beam_size: int,
        threads: int,
        people: People,
    ) -> None:
        self.manifest = model
        self.vocabulary = vocabulary
        self.provider = provider
        self.threads = threads
        self.people = people
        self._encoder = encoder
        self._step = step
        self._beam_size = beam_size
        self._ids = SpecialIds(
            start=model.start_id,
            end=model.end_id,
            never=tuple(
                {*model.forbidden_ids}
                | ({model.unknown_id} if model.unknown_id is not None else set())
            ),
        )
        self._light = frozenset(
            token for token, word in enumerate(vocabulary.words) if word in FUNCTION_WORDS
        )
        self._mean = np.array(model.mean, np.float32).reshape(3, 1, 1) * 255
        self._deviation = np.array(model.deviation, np.float32).reshape(3, 1, 1) * 255

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        provider: str = "auto",
        threads: int = 0,
        beam_size: int = DEFAULT_BEAM_SIZE,
        people: People = People.NEUTRAL,
    ) -> "Captioner":
        """Return the captioner of a model directory.

        Args:
            provider: auto, cpu or cuda; auto is cuda where it really runs.
            threads: pictures that a batch works on at once; 0 means as many as there are cores.
                The graphs themselves run on one thread each, which loses nothing in a batch and
                makes no caption depend on their number.
            beam_size: hypotheses open at once, 1 to MAX_BEAM_SIZE.
            people: how captions call the people on a picture.

        Raises:
            BrokenModelError: the directory does not hold a whole model.
            ProviderError: cuda was asked for and does not run here.
        """
        if not 1 <= beam_size <= MAX_BEAM_SIZE:
            raise ValueError(f"beam_size is {beam_size}; 1 to {MAX_BEAM_SIZE} can be")
        model = Manifest.read(folder)
        vocabulary = Vocabulary.read(folder / manifest.VOCABULARY)
        if len(vocabulary.words) != model.vocabulary_size:
            raise BrokenModelError(
                f"the vocabulary in {folder} has {len(vocabulary.words)} words, "
                f"its manifest says {model.vocabulary_size}"
            )
        chosen = choose_provider(provider)
        encoder = Graph(
            folder / manifest.ENCODER,
            inputs=manifest.ENCODER_INPUTS,
            outputs=manifest.ENCODER_OUTPUTS
            if model.photo_threshold is None
            else (*manifest.ENCODER_OUTPUTS, manifest.PHOTO_OUTPUT),
            provider=chosen,
            threads=1,
        )
        step = Graph(
            folder / manifest.DECODER_STEP,
            inputs=manifest.DECODER_INPUTS,
            outputs=manifest.DECODER_OUTPUTS,
            provider=chosen,
            threads=1,
        )
        return cls(
            model,
            vocabulary,
            encoder,
            step,
            chosen,
            beam_size,
            threads or os.cpu_count() or 1,
            people,
        )

    def caption(self, path: Path, *, anyway: bool = False) -> Caption:
        """Return what the model says of the picture at path.

        Args:
            anyway: describe it even where the model cannot know what it shows.

        Raises:
            UnreadableImageError: the file cannot be decoded.
        """
        return self.describe(images.load(path, self.least_side), anyway=anyway)

    @property
    def least_side(self) -> int:
        """Pixels below which no side of a picture may be reduced before `describe`."""
        return max(self.manifest.image_height, self.manifest.image_width, self.manifest.resize_side)

    def describe(self, image: Image.Image, *, anyway: bool = False) -> Caption:
        """Return what the model says of an upright RGB picture, or why it says nothing."""
        features, hidden, *photo = self.look(image)
        threshold = self.manifest.photo_threshold
        # A model that was not taught to judge may be meant for icons or drawings: it says it all.
        if threshold is not None and not anyway:
            reason = judging.refusal(image, float(photo[0][0]), threshold)
            if reason:
                return _declined(reason)
        forks: dict[tuple[int, ...], Fork] = {}
        hypotheses = self._search(features, hidden, forks)
        best = hypotheses[0]
        others = branches(
            self._say,
            features,
            best,
            forks,
            ids=self._ids,
            count=BRANCHES,
            max_length=self.manifest.max_words,
            light=self._light,
        )
        found = sorted({*hypotheses[1:], *others} - {best}, key=lambda h: h.score, reverse=True)
        candidates = choosing.different([self._candidate(h) for h in (best, *found)])
        if not candidates:
            return _declined(NOTHING_TO_SAY)
        return Caption(
            text=wording.sentence(candidates[0].words),
            log_probability=best.log_probability,
            confidence=judging.confidence(hypotheses, self.manifest.confidence),
            candidates=tuple(wording.sentence(candidate.words) for candidate in candidates),
            words=choosing.marked(candidates[0].words, candidates),
        )

    def _candidate(self, hypothesis: Hypothesis) -> Candidate:
        said = zip(
            self.vocabulary.texts(hypothesis.token_ids),
            hypothesis.token_log_probabilities,
            strict=False,  # the end has a probability, too
        )
        words = [Word(text=text, probability=math.exp(value)) for text, value in said]
        return Candidate(wording.worded(words, self.people), hypothesis.score)

    def hypotheses(self, image: Image.Image) -> list[Hypothesis]:
        """Return what beam search finds for an upright RGB picture, the best first."""
        features, hidden, *_ = self.look(image)
        return self._search(features, hidden)

    def look(self, image: Image.Image) -> list[Floats]:
        """Return the encoder's outputs for an upright RGB picture, as the manifest lists them."""
        return self._encoder.run({"pixels": self.pixels(image)[None]})

    def _search(
        self,
        features: Floats,
        hidden: Floats,
        forks: dict[tuple[int, ...], Fork] | None = None,
    ) -> list[Hypothesis]:
        return beam_search(
            self._say,
            features,
            hidden,
            ids=self._ids,
            beam_size=self._beam_size,
            max_length=self.manifest.max_words,
            length_exponent=self.manifest.length_exponent,
            forks=forks,
        )

    def pixels(self, image: Image.Image) -> Floats:
        """Return what the encoder sees of an upright RGB picture: (3, height, width)."""
        model = self.manifest
        size = (model.image_width, model.image_height)
        if model.resize == "crop":
            scale = max(model.resize_side, max(size)) / min(image.size)
            between = tuple(
                max(round(side * scale), least)
                for side, least in zip(image.size, size, strict=True)
            )
            left, top = (between[0] - size[0]) // 2, (between[1] - size[1]) // 2
            whole = image.resize((between[0], between[1]), Image.Resampling.BICUBIC)
            image = whole.crop((left, top, left + size[0], top + size[1]))
        elif image.size != size:
            image = image.resize(size, Image.Resampling.BICUBIC)
        pixels = np.empty((3, model.image_height, model.image_width), np.float32)
        np.subtract(np.asarray(image).transpose(2, 0, 1), self._mean, out=pixels)
        pixels /= self._deviation
        return pixels

    def _say(self, token_ids: Ints, features: Floats, hidden: Floats) -> tuple[Floats, Floats]:
        log_probabilities, after = self._step.run(
            {"token_ids": token_ids, "features": features, "hidden": hidden}
        )
        return log_probabilities, after


def _declined(reason: str) -> Caption:
    return Caption(
        text="", log_probability=0.0, confidence=0.0, candidates=(), words=(), reason=reason
    )
