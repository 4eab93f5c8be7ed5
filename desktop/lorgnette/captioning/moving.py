"""Several frames of one animation or film: which belong together, and what they say together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lorgnette.captioning import wording
from lorgnette.captioning.candidates import MOST
from lorgnette.captioning.caption import UNSURE_BELOW, Caption, Sighting, Word
from lorgnette.captioning.decoding import DecoderStep, Floats, Ints
from lorgnette.captioning.sure import SOMEBODY

ENOUGH_FRAMES = 5  # of an animation; twice as many say nothing better
MOST_FRAMES = 12  # of a film
# Likeness of what is seen in two frames, below which they show different things. Of pairs out of
# one photo, panned and zoomed, 2 % are below it, of pairs out of two photos 94 %.
ALIKE_FROM = 0.62
# Of the frames that are not blank: an animated drawing has frames that pass for photos.
LEAST_PHOTOS = 1 / 3
# Confidence from which something is told that one frame alone of several shows.
SURE_ALONE = 0.6
_FEW = 4  # frames in all, from which one alone counts as a single one
_LEAST = 1e-12  # a probability whose logarithm is taken
_MOST_SIGHTINGS = 10
_NOTHING_MORE = f"{SOMEBODY.capitalize()}."


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of an animation or film.

    Attributes:
        image: RGB, upright, reduced to no less than `Captioner.least_side`.
        seconds: from the beginning, when it is shown.
    """

    image: Image.Image
    seconds: float


def together(step: DecoderStep, weights: Sequence[float]) -> DecoderStep:
    """Return a decoder step that looks at several frames, and says what most of them would say.

    Each frame has its own features and hidden state; a word's probability is the weighted mean of
    what the frames give it, so that it needs no frame's consent, and the surer ones lead.

    Args:
        weights: of frames, which sum to one, as they stand side by side in features, (beam,
            frame * position, channel), and in hidden, (beam, frame * hidden).
    """
    frames = len(weights)
    shares = np.array(weights, np.float32)[:, None]

    def say(token_ids: Ints, features: Floats, hidden: Floats) -> tuple[Floats, Floats]:
        beam = len(token_ids)
        log_probabilities, after = step(
            np.repeat(token_ids, frames),
            features.reshape(beam * frames, -1, features.shape[-1]),
            hidden.reshape(beam * frames, -1),
        )
        each = np.exp(log_probabilities.reshape(beam, frames, -1))
        mean = (each * shares).sum(axis=1)
        return np.log(np.maximum(mean, _LEAST)), after.reshape(beam, -1)

    return say


def side_by_side(values: Sequence[Floats]) -> Floats:
    """Return what each frame has, (1, ...), in one row: (1, frame * first, ...)."""
    return np.concatenate(values, axis=1)


def scenes(seen: Sequence[Floats]) -> list[list[int]]:
    """Return frames that show the same, in the order in which the first of each was shown.

    A frame goes to those that it is most like on average; one that is like none begins a scene. A
    scene that comes again is the same.

    Args:
        seen: the probabilities of each frame's evidence, in the order of time.
    """
    roots = [np.sqrt(np.nan_to_num(each).clip(0, 1).astype(np.float64)) for each in seen]
    units = [root / max(float(np.linalg.norm(root)), _LEAST) for root in roots]
    found: list[list[int]] = []
    for number, unit in enumerate(units):
        likeness = [float(np.mean([unit @ units[other] for other in its])) for its in found]
        if likeness and max(likeness) >= ALIKE_FROM:
            found[likeness.index(max(likeness))].append(number)
        else:
            found.append([number])
    return found


def main_scenes(told: Sequence[tuple[int, Caption]]) -> list[int]:
    """Return the places of the one or two scenes to tell, in the order of time.

    Those with most frames, the surer ones first; a second one only if what is said of it is sure,
    and more than that somebody is there; what one frame of several shows only if it is surer; and
    nothing twice.

    Args:
        told: how many frames show each scene, and what is said of it.
    """
    frames = sum(count for count, _ in told)
    order = sorted(
        (place for place, (_, its) in enumerate(told) if its.text),
        key=lambda place: (told[place][0], told[place][1].model_confidence),
        reverse=True,
    )
    chosen = order[:1]
    for place in order[1:]:
        count, its = told[place]
        least = SURE_ALONE if count == 1 and frames >= _FEW else UNSURE_BELOW
        told_already = told[chosen[0]][1].text
        if its.text not in {_NOTHING_MORE, told_already} and its.confidence >= least:
            chosen.append(place)
            break
    return sorted(chosen)


def then(first: Caption, second: Caption) -> Caption | None:
    """Return what is said of one scene and then of another; None where it is too long to say."""
    words = (*_with_comma(first.words), Word(text="then", probability=1.0), *second.words)
    text = wording.sentence(words)
    if len(text) > wording.LONGEST:
        return None
    others = (*first.candidates, *second.candidates)
    return Caption(
        text=text,
        log_probability=first.log_probability + second.log_probability,
        confidence=first.confidence * second.confidence,
        candidates=tuple(dict.fromkeys((text, first.text, second.text, *others)))[:MOST],
        words=words,
        model_words=(*first.model_words, "then", *second.model_words),
        model_confidence=first.model_confidence * second.model_confidence,
        seen=_seen_in_any((*first.seen, *second.seen)),
    )


def _with_comma(words: Sequence[Word]) -> tuple[Word, ...]:
    *before, last = words
    comma = Word(
        text=f"{last.text},",
        probability=last.probability,
        doubted=last.doubted,
        agreed=last.agreed,
    )
    return (*before, comma)


def _seen_in_any(seen: Sequence[Sighting]) -> tuple[Sighting, ...]:
    likeliest: dict[str, Sighting] = {}
    for each in sorted(seen, key=lambda s: s.probability, reverse=True):
        likeliest.setdefault(each.name, each)
    return tuple(likeliest.values())[:_MOST_SIGHTINGS]
