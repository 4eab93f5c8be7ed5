"""Scores of captions against people's, by the references' own code (PyPI pycocoevalcap)."""

import contextlib
import io
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

from lorgnette_export.data.captioned import words


@dataclass(frozen=True, slots=True)
class Tokens:
    """Captions and people's captions of the same photos, tokenised as scores want them."""

    found: Mapping[int, list[str]]
    wanted: Mapping[int, list[str]]
    left_out: str  # what cannot be scored, and why


def tokens(captions: Sequence[str], references: Sequence[Sequence[str]]) -> Tokens:
    """Tokenise captions with the Penn Treebank tokeniser of COCO's evaluation (Chen et al. 2015).

    It needs Java, as METEOR does; without Java our own words stand in for it.
    """
    if shutil.which("java"):
        tokenise = PTBTokenizer().tokenize
        return Tokens(
            tokenise({i: [{"caption": c}] for i, c in enumerate(captions)}),
            tokenise({i: [{"caption": c} for c in r] for i, r in enumerate(references)}),
            "",
        )
    return Tokens(
        {i: [" ".join(words(c))] for i, c in enumerate(captions)},
        {i: [" ".join(words(c)) for c in r] for i, r in enumerate(references)},
        "METEOR and the Penn Treebank tokeniser: Java is not installed",
    )


def score(tokenised: Tokens, sets: Mapping[str, Collection[int]]) -> dict[str, dict[str, float]]:
    """Return BLEU-1 to 4, ROUGE-L, METEOR and CIDEr-D of each set of captions.

    CIDEr-D is 0 to 10, the others are 0 to 1. METEOR is missing without Java.
    """
    scores: dict[str, dict[str, float]] = {}
    with contextlib.ExitStack() as stack:
        meteor = None if tokenised.left_out else stack.enter_context(_meteor())
        for name, rows in sets.items():
            found = {row: tokenised.found[row] for row in rows}
            wanted = {row: tokenised.wanted[row] for row in rows}
            with contextlib.redirect_stdout(io.StringIO()):  # the scorers print their lengths
                bleu, _ = Bleu(4).compute_score(wanted, found)
                its = {f"BLEU-{n + 1}": float(bleu[n]) for n in range(4)}
                its["ROUGE-L"] = float(Rouge().compute_score(wanted, found)[0])
                if meteor is not None:
                    its["METEOR"] = float(meteor.compute_score(wanted, found)[0])
                its["CIDEr-D"] = float(Cider().compute_score(wanted, found)[0])
            scores[name] = its
    return scores


def cider_d_each(found: Sequence[str], wanted: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
    """Return CIDEr-D of each caption against its references, split at spaces."""
    _, each = Cider().compute_score(
        {i: list(texts) for i, texts in enumerate(wanted)},
        {i: [text] for i, text in enumerate(found)},
    )
    return np.asarray(each, np.float64)


@contextlib.contextmanager
def _meteor() -> Iterator[Meteor]:
    """Give METEOR's scorer, and end the Java process that it would leave to chance."""
    scorer = Meteor()
    try:
        yield scorer
    finally:
        for stream in (scorer.meteor_p.stdin, scorer.meteor_p.stdout, scorer.meteor_p.stderr):
            stream.close()
        scorer.meteor_p.kill()
        scorer.meteor_p.wait()


def cider_d(found: Mapping[int, str], wanted: Mapping[int, Sequence[str]]) -> float:
    """Return CIDEr-D of captions by id, split at spaces: quick, for watching a training."""
    value, _ = Cider().compute_score(
        {i: list(texts) for i, texts in wanted.items()}, {i: [found[i]] for i in wanted}
    )
    return float(value)
