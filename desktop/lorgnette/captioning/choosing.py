"""Which of the sentences that were found fits best what was seen."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import truediv

from lorgnette.captioning.decoding import Hypothesis
from lorgnette.captioning.evidence import EXPECTED_TRAITS, UNSEEN_BELOW, Evidence
from lorgnette.english.beings import people_counted
from lorgnette.english.lexicon import FUNCTION_WORDS

_UNEXPECTED = 1e-4  # the same of words
_LEAST = 0.01  # probabilities below it are taken for it: a thing can be there all the same


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence that was found, and what it is chosen by.

    Attributes:
        words: the model's words, one a token.
        traits: of `traits`; empty where there is nothing to weigh them by.
        worth: what sentences are ranked by, of about the spread of the search's scores.
    """

    hypothesis: Hypothesis
    words: tuple[str, ...]
    traits: Mapping[str, float]
    worth: float


def ranked(
    hypotheses: Sequence[Hypothesis],
    texts: Sequence[tuple[str, ...]],
    evidence: Evidence | None,
) -> list[Found]:
    """Return hypotheses by what they are worth, the best first.

    Without evidence the first one stays first, for it is the search's, and the rest follow by
    the search's scores.

    Args:
        texts: the words of each.
    """
    weights = evidence.table.choice if evidence is not None else {}
    found = []
    for place, (hypothesis, words) in enumerate(zip(hypotheses, texts, strict=True)):
        if evidence is None:
            found.append(Found(hypothesis, words, {}, hypothesis.score))
            continue
        others = [*texts[:place], *texts[place + 1 :]]
        its = traits(hypothesis, words, others, evidence)
        worth = sum(weight * its[name] for name, weight in weights.items())
        found.append(Found(hypothesis, words, its, worth if weights else hypothesis.score))
    if weights:
        return sorted(found, key=lambda each: each.worth, reverse=True)
    return [*found[:1], *sorted(found[1:], key=lambda each: each.worth, reverse=True)]


def traits(
    hypothesis: Hypothesis,
    words: Sequence[str],
    others: Sequence[Sequence[str]],
    evidence: Evidence,
) -> dict[str, float]:
    """Return what a sentence is chosen by, and what the confidence in it is computed from.

    - score: of the search; mean, least: of the words' log-probabilities; words: how many;
    - common: how much of it the other sentences say, words and pairs of words, 0 to 1;
    - things: how many of the table's things it says; seen, least_seen: mean and least of the
      logarithms of their probabilities; unseen: how many are not seen at all;
    - missed: how many things that are believed it does not say;
    - people: logarithm of the probability of as many people as it says;
    - expected, least_expected: mean and least of the logarithms of the probabilities that people
      say its words, of those of which the model can tell it; lift: mean of the logarithms of how
      much likelier they are than of any picture; agreeing: how many of them people are expected
      to say; unheard: how many words there are of which it cannot tell.

    And what is the same for all sentences of a picture:

    - somebody, animal, alone: logits of the probability of anybody, of any animal, of one person;
    - likely: how many of the table's things are likelier than not.

    Args:
        words: of the hypothesis, lower case.
        others: words of the other sentences for the same picture.
    """
    log_probabilities = hypothesis.token_log_probabilities or (0.0,)
    mentions = evidence.table.mentions(words)
    # A word for several things says the likeliest of them.
    said = {
        mention.things: max(evidence.probabilities[number] for number in mention.things)
        for mention in mentions
    }
    seen = [math.log(max(probability, _LEAST)) for probability in said.values()]
    named = {number for things in said for number in things}
    return {
        "score": hypothesis.score,
        "mean": sum(log_probabilities) / len(log_probabilities),
        "least": min(log_probabilities),
        "words": float(len(words)),
        "common": _common(words, others),
        "things": float(len(said)),
        "seen": sum(seen) / len(seen) if seen else 0.0,
        "least_seen": min(seen, default=0.0),
        "unseen": float(sum(probability < UNSEEN_BELOW for probability in said.values())),
        "missed": float(len(evidence.sure_of - named)),
        "people": _people(words, evidence.numbers),
        **_expected(words, evidence),
        "somebody": _logit(evidence.someone),
        "animal": _logit(evidence.some_animal),
        "alone": _logit(evidence.numbers[1] if evidence.numbers else 0.5),
        "likely": float(evidence.likely),
    }


def confidence_traits(found: Sequence[Found]) -> dict[str, float]:
    """Return what the confidence in the first of found is computed from.

    Its traits, and margin: how much more it is worth than the next one.
    """
    margin = found[0].worth - found[1].worth if len(found) > 1 else 0.0
    return {**found[0].traits, "margin": margin}


def _logit(probability: float) -> float:
    within = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(within / (1 - within))


def _common(words: Sequence[str], others: Sequence[Sequence[str]]) -> float:
    own = {*words, *pairwise(words)}
    if not own or not others:
        return 0.0
    shares = []
    for other in others:
        theirs = {*other, *pairwise(other)}
        shares.append(2 * len(own & theirs) / (len(own) + len(theirs)))
    return sum(shares) / len(shares)


def _expected(words: Sequence[str], evidence: Evidence) -> dict[str, float]:
    table = evidence.table.words
    if table is None:
        return dict.fromkeys(EXPECTED_TRAITS, 0.0)
    its = [word for word in dict.fromkeys(words) if word not in FUNCTION_WORDS]
    places = [table.places[word] for word in its if word in table.places]
    if not places:
        return dict.fromkeys(EXPECTED_TRAITS, 0.0) | {"unheard": float(len(its))}
    likely = [max(evidence.words[place], _UNEXPECTED) for place in places]
    usual = [max(table.shares[place], _UNEXPECTED) for place in places]
    logarithms = [math.log(probability) for probability in likely]
    return {
        "expected": sum(logarithms) / len(places),
        "least_expected": min(logarithms),
        "lift": sum(map(math.log, map(truediv, likely, usual))) / len(places),
        "agreeing": sum(likely),
        "unheard": float(len(its) - len(places)),
    }


def _people(words: Sequence[str], numbers: Sequence[float]) -> float:
    if not numbers:
        return 0.0
    fewest, most = people_counted(words)
    last = len(numbers) - 1  # that many or more
    first = min(fewest, last)
    end = last if most is None else min(most, last)
    return math.log(max(sum(numbers[first : end + 1]), _LEAST))
