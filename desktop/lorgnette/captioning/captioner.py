"""Captioner.open(model directory); caption(path) -> Caption."""

import dataclasses
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lorgnette.captioning import (
    candidates,
    choosing,
    doing,
    images,
    judging,
    manifest,
    moving,
    settling,
    wording,
)
from lorgnette.captioning.candidates import Candidate
from lorgnette.captioning.caption import (
    DOUBTFUL_BELOW,
    SILENT_BELOW,
    UNSURE_BELOW,
    Caption,
    FrameCaption,
    Sighting,
    Word,
)
from lorgnette.captioning.choosing import Found
from lorgnette.captioning.decoding import (
    DecoderStep,
    Floats,
    Fork,
    Hypothesis,
    Ints,
    SpecialIds,
    beam_search,
    branches,
)
from lorgnette.captioning.evidence import Evidence, EvidenceTable
from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.moving import Frame
from lorgnette.captioning.naming import named, spelled
from lorgnette.captioning.people import People
from lorgnette.captioning.sure import Sentence, invents, overlooks
from lorgnette.captioning.sure import sure as say_less
from lorgnette.captioning.vocabulary import Vocabulary
from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette.errors import BrokenModelError
from lorgnette.graphs import Graph, choose_provider

DEFAULT_BEAM_SIZE = 3
BRANCHES = 6  # other sentences that are tried for the candidates; five that differ come of 95 %
MORE_BRANCHES = 12  # where there is evidence to choose among them
SPARE = 6  # sentences that ended on the way of beam search, kept for the same
WORDED = 12  # sentences, the best first, of which candidates are chosen
NOTHING_TO_SAY = "the model found no words for this picture"
NOT_SURE = "the model is not sure enough of anything in this picture"
_SIGHTED_FROM = 0.3  # probability of a thing that is listed as seen
_MOST_SIGHTINGS = 10


@dataclass(frozen=True, slots=True)
class Look:
    """What the encoder makes of one picture, or of several frames side by side.

    features and hidden are (1, ...), as the decoder step takes them.
    """

    features: Floats
    hidden: Floats
    photo_probability: float | None
    evidence: Evidence | None
    probabilities: Floats | None = None  # that the evidence was made from
    weights: tuple[float, ...] = ()  # of several frames; else empty


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
        evidence: EvidenceTable | None = None,
    ) -> None:
        self.evidence_table = evidence
        self.manifest = model
        self.vocabulary = vocabulary
        self.provider = provider
        self.threads = threads
        self.people = people
        self._encoder = encoder
        self._step = step
        self._beam_size = beam_size
        self._ids = model.special_ids
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
        beam_size: int | None = None,
        people: People = People.NEUTRAL,
    ) -> "Captioner":
        """Return the captioner of a model directory.

        Args:
            provider: auto, cpu or cuda; auto is cuda where it really runs.
            threads: pictures that a batch works on at once; 0 means as many as there are cores.
                The graphs themselves run on one thread each, which loses nothing in a batch and
                makes no caption depend on their number.
            beam_size: hypotheses open at once, 1 to 20; as the model has it if not given.
            people: how captions call the people on a picture.

        Raises:
            BrokenModelError: the directory does not hold a whole model.
            ProviderError: cuda was asked for and does not run here.
        """
        if beam_size is not None and not 1 <= beam_size <= manifest.MAX_BEAM:
            raise ValueError(f"beam_size is {beam_size}; 1 to {manifest.MAX_BEAM} can be")
        model = Manifest.read(folder)
        vocabulary = Vocabulary.read(folder / manifest.VOCABULARY)
        if len(vocabulary.words) != model.vocabulary_size:
            raise BrokenModelError(
                f"the vocabulary in {folder} has {len(vocabulary.words)} words, "
                f"its manifest says {model.vocabulary_size}"
            )
        chosen = choose_provider(provider)

        def graph(name: str, inputs: Sequence[str], outputs: Sequence[str]) -> Graph:
            return Graph(folder / name, inputs=inputs, outputs=outputs, provider=chosen, threads=1)

        # The encoder takes longest to open, and the first caption waits for it.
        with ThreadPoolExecutor(1) as beside:
            opening = beside.submit(
                graph, manifest.ENCODER, manifest.ENCODER_INPUTS, model.encoder_outputs
            )
            step = graph(manifest.DECODER_STEP, manifest.DECODER_INPUTS, manifest.DECODER_OUTPUTS)
            evidence = (
                EvidenceTable.read(folder / manifest.EVIDENCE)
                if manifest.EVIDENCE in model.files
                else None
            )
            encoder = opening.result()
        return cls(
            model,
            vocabulary,
            encoder,
            step,
            chosen,
            beam_size or model.search.beam_size,
            threads or os.cpu_count() or 1,
            people,
            evidence,
        )

    def caption(self, path: Path, *, anyway: bool = False) -> Caption:
        """Return what the model says of the picture at path.

        Args:
            anyway: describe it even where the model cannot know what it shows, or is not sure.

        Raises:
            UnreadableImageError: the file cannot be decoded.
        """
        return self.describe(images.load(path, self.least_side), anyway=anyway)

    @property
    def least_side(self) -> int:
        """Pixels below which no side of a picture may be reduced before `describe`."""
        model = self.manifest
        if model.whole:
            return images.MAX_PIXELS
        return max(model.image_height, model.image_width, model.resize_side)

    def describe(self, image: Image.Image, *, anyway: bool = False) -> Caption:
        """Return what the model says of an upright RGB picture, or why it says nothing."""
        return self._described(image, self.look(image), anyway=anyway)

    def describe_frames(self, frames: Sequence[Frame], *, anyway: bool = False) -> Caption:
        """Return what the model says of frames of one animation or film, in the order of time.

        Args:
            frames: one or more; `moving.MOST_FRAMES` are enough for a sentence.
            anyway: as for `caption`.
        """
        with ThreadPoolExecutor(min(self.threads, len(frames))) as pool:
            looks = list(pool.map(lambda frame: self.look(frame.image), frames))
            alone = list(
                pool.map(
                    lambda frame, look: self._described(frame.image, look, anyway=anyway),
                    frames,
                    looks,
                )
            )
        return dataclasses.replace(
            self._told_together(looks, alone, anyway=anyway),
            frames=tuple(
                FrameCaption(
                    seconds=frame.seconds,
                    text=its.text,
                    confidence=its.confidence,
                    reason=its.reason,
                    seen=its.seen,
                )
                for frame, its in zip(frames, alone, strict=True)
            ),
        )

    def _told_together(
        self, looks: Sequence[Look], alone: Sequence[Caption], *, anyway: bool
    ) -> Caption:
        """Return what frames show together, of each of which it is known what it shows alone."""
        shown = [place for place, its in enumerate(alone) if its.model_words]
        refused = [its for its in alone if not its.model_words and its.reason != judging.BLANK]
        if not shown or len(shown) < moving.LEAST_PHOTOS * (len(shown) + len(refused)):
            return refused[0] if refused else alone[0]
        table = self.evidence_table
        seen = None if table is None else table.seen  # what people would say makes no scene
        each = [p[:seen] for place in shown if (p := looks[place].probabilities) is not None]
        scenes = moving.scenes(each) if len(each) == len(shown) else [list(range(len(shown)))]
        told = []
        for scene in scenes:
            places = [shown[number] for number in scene]
            its = [alone[place] for place in places]
            if len(places) > 1:
                joined = self._joined([looks[place] for place in places], settling.weights(its))
                common = self._told(joined, anyway=anyway)
                its = [settling.settled(its, common)]
            told.append((len(places), its[0]))
        chosen = [told[place][1] for place in moving.main_scenes(told)]
        if len(chosen) == 2 and (both := moving.then(*chosen)) is not None:
            return both
        return max(told, key=lambda each: (bool(each[1].text), each[0], each[1].model_confidence))[
            1
        ]

    def _joined(self, looks: Sequence[Look], weights: tuple[float, ...]) -> Look:
        """Return what several frames show as one look, in which each has its weight."""
        each = [look.probabilities for look in looks if look.probabilities is not None]
        evidence = None
        if len(each) == len(looks):
            evidence = self._evidence(np.average(each, axis=0, weights=weights).astype(np.float32))
        return Look(
            moving.side_by_side([look.features for look in looks]),
            moving.side_by_side([look.hidden for look in looks]),
            None,
            evidence,
            weights=weights,
        )

    def _described(self, image: Image.Image, seen: Look, *, anyway: bool) -> Caption:
        threshold = self.manifest.photo_threshold
        # A model that was not taught to judge may be meant for icons or drawings: it says it all.
        if threshold is not None and seen.photo_probability is not None and not anyway:
            reason = judging.refusal(image, seen.photo_probability, threshold)
            if reason:
                return _declined(reason)
        return self._told(seen, anyway=anyway)

    def _told(self, seen: Look, *, anyway: bool) -> Caption:
        found, searched = self._found(seen)
        worded = [self._candidate(each, seen.evidence) for each in found[:WORDED]]
        told = candidates.different(worded)
        confidence = own_confidence = self._confidence(found, searched) if told else 0.0
        log_probability = found[0].hypothesis.log_probability if told else 0.0
        reason = "" if told else NOTHING_TO_SAY
        unsure = confidence < UNSURE_BELOW
        if seen.evidence is not None and told and confidence < DOUBTFUL_BELOW:
            words = _texts(found[0], seen.evidence)
            unsure = unsure or overlooks(words, seen.evidence) or invents(words, seen.evidence)
        if seen.evidence is not None:
            sure = say_less(seen.evidence, [_sentence(each) for each in found]) if unsure else None
            if sure is not None:
                worth = told[0].score if told else 0.0
                told = candidates.different([Candidate(sure.words, worth), *worded])
                confidence, reason = sure.confidence, ""
            elif unsure and confidence < SILENT_BELOW and not anyway:
                reason = reason or NOT_SURE
            elif told:
                less = self._without_doing(found, seen.evidence, confidence)
                if less is not None:  # the whole sentence comes next
                    others = (each for each in told if each.said != less.said)
                    told = [less, *others][: candidates.MOST]
        return Caption(
            text="" if reason else wording.sentence(told[0].words),
            log_probability=log_probability,
            confidence=confidence,
            candidates=tuple(wording.sentence(candidate.words) for candidate in told),
            words=() if reason else candidates.marked(told[0].words, told),
            model_words=_texts(found[0], seen.evidence) if found else (),
            model_confidence=own_confidence,
            reason=reason,
            seen=_sightings(seen.evidence),
        )

    def _without_doing(
        self, found: Sequence[Found], evidence: Evidence, confidence: float
    ) -> Candidate | None:
        """Return the best sentence without what is done in it, if that is doubted and can be."""
        words, others = _named(found[0], evidence), [each.words for each in found]
        if not doing.doubted(words, others, confidence, evidence.table.doing):
            return None
        less = doing.without_doing(words)
        return None if less is None else self._worded(less, found[0].worth, evidence)

    def found(self, image: Image.Image) -> list[Found]:
        """Return what there is to say of an upright RGB picture, the best first."""
        return self._found(self.look(image))[0]

    def _found(self, seen: Look) -> tuple[list[Found], list[Hypothesis]]:
        """Return what there is to say, the best first, and what beam search alone would say."""
        evidence = seen.evidence
        ids = self._ids if evidence is None else self._without(evidence.unsupported())
        forks: dict[tuple[int, ...], Fork] = {}
        hypotheses = self._search(seen, ids, forks, spare=0 if evidence is None else SPARE)
        # Every sentence needs a word that must not be said, or the model prefers to say nothing.
        if not hypotheses or not self._shown(hypotheses[:1])[0].token_ids:
            return [], []
        others = branches(
            self._step_for(seen),
            seen.features,
            hypotheses[0],
            forks,
            ids=ids,
            count=BRANCHES if evidence is None else MORE_BRANCHES,
            max_length=self.manifest.max_words,
            light=self._light,
            silent=self.manifest.silent_ids,
            rules=self.manifest.search,
        )
        shown = self._shown((*hypotheses, *others))
        every = list(dict.fromkeys(each for each in shown if each.token_ids))
        texts = [tuple(self.vocabulary.texts(each.token_ids)) for each in every]
        return choosing.ranked(every, texts, evidence), self._shown(hypotheses)

    def _without(self, words: frozenset[str]) -> SpecialIds:
        """Return the special ids with those that must not be said because nothing supports them."""
        if not words:
            return self._ids
        banned = [token for token, word in enumerate(self.vocabulary.words) if word in words]
        return dataclasses.replace(self._ids, never=(*self._ids.never, *banned))

    def _confidence(self, found: Sequence[Found], searched: Sequence[Hypothesis]) -> float:
        weights = self.evidence_table.confidence if self.evidence_table is not None else {}
        if weights:
            return judging.weighed(choosing.confidence_traits(found), weights)
        best = found[0].hypothesis
        return judging.confidence(
            [best, *(other for other in searched if other != best)], self.manifest.confidence
        )

    def _candidate(self, found: Found, evidence: Evidence | None) -> Candidate:
        return self._worded(_named(found, evidence), found.worth, evidence)

    def _worded(self, said: Sequence[Word], worth: float, evidence: Evidence | None) -> Candidate:
        words = wording.worded(said, self.people)
        return Candidate(words if evidence is None else spelled(words, evidence), worth)

    def hypotheses(self, image: Image.Image) -> list[Hypothesis]:
        """Return what beam search finds for an upright RGB picture, the best first.

        No evidence has a say in it.
        """
        return self._shown(self._search(self.look(image), self._ids))

    def _shown(self, hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
        """Return hypotheses without the tokens that are not shown."""
        silent = self.manifest.silent_ids
        return [each.without(silent) for each in hypotheses] if silent else list(hypotheses)

    def look(self, image: Image.Image) -> Look:
        """Return what the encoder makes of an upright RGB picture."""
        names = self.manifest.encoder_outputs
        outputs = dict(
            zip(names, self._encoder.run({"pixels": self.pixels(image)[None]}), strict=True)
        )
        photo, evidence = outputs.get(manifest.PHOTO_OUTPUT), outputs.get(manifest.EVIDENCE_OUTPUT)
        return Look(
            outputs["features"],
            outputs["hidden"],
            None if photo is None else float(photo[0]),
            None if evidence is None else self._evidence(evidence[0]),
            None if evidence is None else evidence[0],
        )

    def _evidence(self, probabilities: Floats) -> Evidence:
        table = self.evidence_table
        if table is None or probabilities.shape != (table.outputs,):
            raise BrokenModelError(
                f"the encoder's evidence has {probabilities.size} numbers; "
                f"{manifest.EVIDENCE} says otherwise"
            )
        return table.of(probabilities)

    def _search(
        self,
        seen: Look,
        ids: SpecialIds,
        forks: dict[tuple[int, ...], Fork] | None = None,
        spare: int = 0,
    ) -> list[Hypothesis]:
        return beam_search(
            self._step_for(seen),
            seen.features,
            seen.hidden,
            ids=ids,
            beam_size=self._beam_size,
            max_length=self.manifest.max_words,
            length_exponent=self.manifest.length_exponent,
            rules=self.manifest.search,
            forks=forks,
            spare=spare,
        )

    def pixels(self, image: Image.Image) -> Floats:
        """Return what the encoder sees of an upright RGB picture: (3, height, width).

        Height and width are the picture's own where the model keeps its shape.
        """
        model = self.manifest
        seen = np.asarray(model.scaled(image))
        if model.colours == "bgr":
            seen = seen[..., ::-1]
        pixels = np.empty((3, *seen.shape[:2]), np.float32)
        np.subtract(seen.transpose(2, 0, 1), self._mean, out=pixels)
        pixels /= self._deviation
        return pixels

    def _step_for(self, seen: Look) -> DecoderStep:
        return moving.together(self._say, seen.weights) if seen.weights else self._say

    def _say(self, token_ids: Ints, features: Floats, hidden: Floats) -> tuple[Floats, Floats]:
        log_probabilities, after = self._step.run(
            {"token_ids": token_ids, "features": features, "hidden": hidden}
        )
        return log_probabilities, after


def _named(found: Found, evidence: Evidence | None) -> list[Word]:
    """Return the words of a sentence, with names where the evidence is sure of them."""
    # The end has a probability, too, and no word.
    said = zip(found.words, found.hypothesis.token_log_probabilities, strict=False)
    words = [Word(text=text, probability=math.exp(value)) for text, value in said]
    return words if evidence is None else named(words, evidence)


def _texts(found: Found, evidence: Evidence | None) -> tuple[str, ...]:
    return tuple(word.text for word in _named(found, evidence))


def _sentence(found: Found) -> Sentence:
    values = found.hypothesis.token_log_probabilities
    return Sentence(found.words, tuple(math.exp(value) for value in values))


def _sightings(evidence: Evidence | None) -> tuple[Sighting, ...]:
    if evidence is None:
        return ()
    each = zip(evidence.table.things, evidence.probabilities, strict=True)
    seen = [
        Sighting(name=thing.name, probability=probability, sure=number in evidence.sure_of)
        for number, (thing, probability) in enumerate(each)
        if probability >= _SIGHTED_FROM or number in evidence.sure_of
    ]
    seen.sort(key=lambda each: (each.sure, each.probability))  # of two of one name the surer stays
    named = {sighting.name: sighting for sighting in seen}.values()
    return tuple(sorted(named, key=lambda s: s.probability, reverse=True)[:_MOST_SIGHTINGS])


def _declined(reason: str) -> Caption:
    return Caption(
        text="", log_probability=0.0, confidence=0.0, candidates=(), words=(), reason=reason
    )
