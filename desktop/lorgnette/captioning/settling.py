"""What is told of frames that show the same: what all say together, or what the first says alone.

The first frame is what a player shows before it plays, and what a caption of the file as a picture
would be of. Its draft stands unless the frames together are surer, or most of them contradict it:
so many frames make a draft better, and seldom worse.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from lorgnette.captioning.agreement import meant
from lorgnette.captioning.candidates import MOST
from lorgnette.captioning.caption import UNSURE_BELOW, Caption
from lorgnette.english.beings import PEOPLE_WORDS, people_counted
from lorgnette.english.lexicon import words_of

_SURER_BY = 0.05  # than the first frame is alone, for another sentence to take its place
_MOST = 0.5  # of the frames' weights, from which something is borne out
_FEW = 0.4  # below which the others contradict it
_LEAST_WEIGHT = 0.05  # of a frame of which nothing is sure, beside its confidence


def weights(alone: Sequence[Caption]) -> tuple[float, ...]:
    """Return how much each frame counts, in sum one: the surer ones more."""
    each = [its.model_confidence + _LEAST_WEIGHT for its in alone]
    return tuple(weight / sum(each) for weight in each)


def settled(alone: Sequence[Caption], together: Caption) -> Caption:
    """Return what is told of frames that show the same.

    Args:
        alone: what each frame says, in the order of time.
        together: what they say together; only what is sure where that is in doubt.
    """
    first = alone[0]
    if not first.text or not _first_stands(first, alone, together):
        return together
    others = (together.text, *together.candidates, *first.candidates)
    return dataclasses.replace(
        first,
        candidates=tuple(dict.fromkeys(filter(None, (first.text, *others))))[:MOST],
        seen=together.seen,
    )


def _first_stands(first: Caption, alone: Sequence[Caption], together: Caption) -> bool:
    if not together.text or _meant(first) == _meant(together):
        return True
    own = meant(first.model_words) - meant(together.model_words)
    whole = _is_sentence(first) and first.model_confidence >= UNSURE_BELOW
    sure = whole and _said(own - _NO_CONTRADICTION, alone, _FEW)
    told = _is_sentence(together)
    if told and together.model_confidence >= UNSURE_BELOW and _borne_out(together, alone):
        return sure and together.model_confidence < first.model_confidence + _SURER_BY
    return whole or told


def _is_sentence(its: Caption) -> bool:
    """Tell whether its text is the model's sentence, and not only what is sure."""
    return its.confidence == its.model_confidence


def _meant(its: Caption) -> frozenset[str]:
    return meant([word.text for word in its.words])


def _borne_out(together: Caption, alone: Sequence[Caption]) -> bool:
    """Tell whether most frames say what is done, and as many people."""
    fewest, most = people_counted(together.model_words)
    counted = [people_counted(one.model_words) for one in alone]
    as_many = [
        (most is None or least <= most) and (greatest is None or fewest <= greatest)
        for least, greatest in counted
    ]
    doing = meant([word for word in together.model_words if word.endswith("ing")])
    return _share(as_many, alone) >= _MOST and _said(doing, alone, _MOST)


def _said(words: Iterable[str], alone: Sequence[Caption], least: float) -> bool:
    """Tell whether each of words is said by frames of at least so much weight."""
    said = [meant(one.model_words) for one in alone]
    return all(_share([word in its for its in said], alone) >= least for word in words)


def _share(holds: Sequence[bool], alone: Sequence[Caption]) -> float:
    """Return the weight of the frames of which something holds."""
    return sum(weight for weight, held in zip(weights(alone), holds, strict=True) if held)


# What people are called is all one; and a frame that shows fewer leaves some out.
_NO_CONTRADICTION = meant(sorted(PEOPLE_WORDS | words_of("two three four five several")))
