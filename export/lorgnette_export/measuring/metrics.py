"""Scores of captions against people's, by the references' own code (PyPI pycocoevalcap)."""

import contextlib
import io
import shutil
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

from lorgnette_export.data.captioned import words


def score(
    captions: Sequence[str], references: Sequence[Sequence[str]]
) -> tuple[dict[str, float], list[str]]:
    """Return BLEU-1 to 4, ROUGE-L, METEOR and CIDEr-D, each 0 upwards, and what was left out.

    CIDEr-D is 0 to 10, the others are 0 to 1. Tokens are those of the Penn Treebank tokeniser
    of the COCO caption evaluation (Chen et al. 2015), which needs Java, as METEOR does; without
    Java our own words stand in for it, METEOR is missing, and the second part says so.
    """
    if shutil.which("java"):
        tokenise = PTBTokenizer().tokenize
        found = tokenise({i: [{"caption": c}] for i, c in enumerate(captions)})
        wanted = tokenise({i: [{"caption": c} for c in r] for i, r in enumerate(references)})
        missing = []
    else:
        found = {i: [" ".join(words(c))] for i, c in enumerate(captions)}
        wanted = {i: [" ".join(words(c)) for c in r] for i, r in enumerate(references)}
        missing = ["METEOR and the Penn Treebank tokeniser: Java is not installed"]
    with contextlib.redirect_stdout(io.StringIO()):  # the scorers print their lengths
        bleu, _ = Bleu(4).compute_score(wanted, found)
        scores = {f"BLEU-{n + 1}": float(bleu[n]) for n in range(4)}
        scores["ROUGE-L"] = float(Rouge().compute_score(wanted, found)[0])
        if not missing:
            scores["METEOR"] = _meteor(wanted, found)
        scores["CIDEr-D"] = float(Cider().compute_score(wanted, found)[0])
    return scores, missing


def cider_d_each(found: Sequence[str], wanted: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
    """Return CIDEr-D of each caption against its references, split at spaces."""
    _, each = Cider().compute_score(
        {i: list(texts) for i, texts in enumerate(wanted)},
        {i: [text] for i, text in enumerate(found)},
    )
    return np.asarray(each, np.float64)


def _meteor(wanted: Mapping[int, list[str]], found: Mapping[int, list[str]]) -> float:
    """Return METEOR, and end the Java process that the scorer would leave to chance."""
    scorer = Meteor()
    try:
        return float(scorer.compute_score(wanted, found)[0])
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
