"""Between a candidate and a release: measure what the app will say, judge, only then publish.

The ONNX side is measured in a fresh process that has no PyTorch, through the app's own captioner;
this module must not import it either. What PyTorch says comes in a file, written by
`Reference.write`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import onnx
from PIL import Image, ImageDraw

from lorgnette.captioning import manifest
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.decoding import Floats, Hypothesis, Ints
from lorgnette.errors import BrokenModelError, ExitCode, LorgnetteError
from lorgnette.graphs import Graph

PICTURES = 32
BEAM_SIZES = (1, 3)  # greedy, and what the app uses
LIMIT = 1e-4  # of a log-probability; of other outputs for each unit of their largest value
LEAST_EQUAL = {"fp32": 1.0, "fp16": 0.9, "int8": 0.5}  # share of captions, by precision
# How often PyTorch's own distance from float64 a difference may be, where that is above LIMIT: sums
# in another order, and norms that are folded into the convolutions before them.
ROUNDING = 16
MOST_CIDER_D_LOST = {"fp32": 0.0, "fp16": 0.05, "int8": 0.25}  # share of what PyTorch's get


class GateError(LorgnetteError):
    """The candidate does not say what PyTorch says; nothing was written."""

    hint = "Report it with the checkpoint's family, or convert with --force and look at captions."
    exit_code = ExitCode.CANNOT_RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far an output is from PyTorch's, at most."""

    output: str
    absolute: float
    limit: float

    def within(self, rounding: Mapping[str, float]) -> bool:
        """Tell whether it is within its limit, or what rounding explains; NaN never is."""
        return self.absolute <= self.allowed(rounding)

    def allowed(self, rounding: Mapping[str, float]) -> float:
        """Return how far it may be, given the rounding of each output."""
        return max(self.limit, ROUNDING * rounding.get(self.output, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The best hypothesis for each picture at one beam size."""

    beam_size: int
    token_ids: list[list[int]]
    log_probabilities: list[list[float]]  # a token each, and the end's

    @classmethod
    def of(cls, beam_size: int, best: Sequence[Hypothesis]) -> "Said":
        """Return what best says."""
        return cls(
            beam_size=beam_size,
            token_ids=[list(h.token_ids) for h in best],
            log_probabilities=[list(h.token_log_probabilities) for h in best],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What PyTorch makes of pictures."""

    pictures: list[Image.Image]
    features: Floats  # (image, position, channel)
    hidden: Floats  # (image, hidden)
    token_ids: Ints  # (image,): a word each, said after the start
    log_probabilities: Floats  # (image, vocabulary), after that word
    hidden_after: Floats
    said: list[Said]
    photo_probability: Floats | None = None  # (image,), where the encoder gives it
    evidence: Floats | None = None  # (image, number), where the encoder gives it

    def write(self, folder: Path) -> None:
        """Write everything into folder."""
        for i, picture in enumerate(self.pictures):
            picture.save(folder / f"{i:03}.png", compress_level=1)
        arrays = {n: getattr(self, n) for n in _ARRAYS if getattr(self, n) is not None}
        np.savez(folder / "arrays.npz", allow_pickle=False, **arrays)
        (folder / "said.json").write_text(json.dumps([asdict(s) for s in self.said]))

    @classmethod
    def read(cls, folder: Path) -> "Reference":
        """Return what `write` wrote."""
        pictures = []
        for file in sorted(folder.glob("*.png")):
            with Image.open(file) as image:
                pictures.append(image.convert("RGB"))
        with np.load(folder / "arrays.npz") as arrays:
            return cls(
                pictures=pictures,
                said=[Said(**s) for s in json.loads((folder / "said.json").read_text())],
                **{n: arrays[n] for n in _ARRAYS if n in arrays},
            )


SEEN = ("features", "hidden", manifest.PHOTO_OUTPUT, manifest.EVIDENCE_OUTPUT)  # by the encoder
STEPPED = ("log_probabilities", "hidden_after")
_ARRAYS = (*SEEN, "token_ids", *STEPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the ONNX side came to."""

    problems: list[str]  # names, axes and shapes that are wrong
    differences: list[Difference]
    said: list[Said]


def pictures(count: int = PICTURES) -> list[Image.Image]:
    """Return drawn pictures, always the same: shapes over graded colours, under some noise."""
    random = np.random.default_rng(1)
    drawn = []
    for _ in range(count):
        width, height = (int(side) for side in random.integers(240, 400, 2))
        corners = random.integers(0, 256, (2, 2, 3)).astype(np.uint8)
        image = Image.fromarray(corners).resize((width, height), Image.Resampling.BICUBIC)
        draw = ImageDraw.Draw(image)
        for _ in range(int(random.integers(3, 12))):
            x, y = random.integers(0, width), random.integers(0, height)
            box = (
                int(x),
                int(y),
                int(x + random.integers(10, 160)),
                int(y + random.integers(10, 160)),
            )
            colour = cast("tuple[int, ...]", tuple(random.integers(0, 256, 3).tolist()))
            (draw.ellipse if random.random() < 0.5 else draw.rectangle)(box, fill=colour)
        noise = random.normal(0, random.uniform(0, 20), (height, width, 3))
        noisy = np.clip(np.asarray(image, np.float32) + noise, 0, 255).astype(np.uint8)
        drawn.append(Image.fromarray(noisy))
    return drawn


def measure(candidate: Path, reference: Path) -> Measured:
    """Return what a candidate folder comes to beside a reference, in a fresh process.

    Raises:
        GateError: the process died.
    """
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "lorgnette_export.conversion.gate", str(candidate), str(reference)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if done.returncode:
        raise GateError(f"the ONNX side stopped with status {done.returncode}:\n{done.stderr}")
    content = json.loads(done.stdout)
    return Measured(
        problems=content["problems"],
        differences=[Difference(**d) for d in content["differences"]],
        said=[Said(**s) for s in content["said"]],
    )


def failures(
    measured: Measured,
    wanted: Sequence[Said],
    *,
    precision: str,
    cider_d_lost: Mapping[int, float],
    rounding: Mapping[str, float],
) -> list[str]:
    """Return everything that is wrong with a candidate, a line each; nothing if it may be released.

    Args:
        wanted: what PyTorch says, at each of BEAM_SIZES.
        precision: of the candidate; fp32 must agree throughout, the others mostly.
        cider_d_lost: by beam size, the share of CIDEr-D that the candidate's captions lose.
        rounding: by output, how far PyTorch's own float32 is from its float64; may be empty.
    """
    found = list(measured.problems)
    found += [
        f"{d.output} differs by {d.absolute:.2e}; {d.allowed(rounding):.2e} is allowed"
        for d in sorted(measured.differences, key=lambda d: -d.absolute)
        if not d.within(rounding)
    ]
    for theirs, ours in zip(wanted, measured.said, strict=False):
        share = equal_share(theirs, ours)
        name = search(theirs.beam_size)
        if not share >= LEAST_EQUAL[precision]:
            found.append(
                f"{name}: {share:.0%} of captions are equal; "
                f"{LEAST_EQUAL[precision]:.0%} must be with {precision}"
            )
        lost = cider_d_lost[theirs.beam_size]
        if not lost <= MOST_CIDER_D_LOST[precision]:
            found.append(
                f"{name}: {lost:.1%} of CIDEr-D is lost; "
                f"{MOST_CIDER_D_LOST[precision]:.0%} may be with {precision}"
            )
    return found


def equal_share(wanted: Said, found: Said) -> float:
    """Return the share of pictures for which both say the same tokens, 0 to 1."""
    pairs = zip(wanted.token_ids, found.token_ids, strict=True)
    return float(np.mean([a == b for a, b in pairs]))


def search(beam_size: int) -> str:
    """Return what a search is called."""
    return "greedy" if beam_size == 1 else f"beam {beam_size}"


def captions_output(beam_size: int) -> str:
    """Return what a search's log-probabilities are called among the outputs."""
    return f"log_probabilities of captions ({search(beam_size)})"


def publish(candidate: Path, model: Path) -> None:
    """Move the files of candidate into the folder model, the manifest last: it names the others."""
    model.mkdir(parents=True, exist_ok=True)
    for file in sorted(candidate.iterdir(), key=lambda file: file.name == manifest.NAME):
        file.replace(model / file.name)


def _measure(candidate: Path, reference: Reference) -> Measured:
    problems = [*_names_and_axes(candidate, reference)]
    differences: list[Difference] = []
    said: list[Said] = []
    try:
        captioners = [
            Captioner.open(candidate, provider="cpu", threads=1, beam_size=b) for b in BEAM_SIZES
        ]
    except BrokenModelError as error:
        return Measured(problems=[*problems, str(error)], differences=[], said=[])
    limit = LIMIT if captioners[0].manifest.precision == "fp32" else np.inf
    pixels = [captioners[0].pixels(p) for p in reference.pictures]
    differences, wrong = _values(candidate, reference, pixels, limit)
    problems += wrong
    if not wrong:
        for beam_size, captioner in zip(BEAM_SIZES, captioners, strict=True):
            best = [captioner.hypotheses(picture)[0] for picture in reference.pictures]
            said.append(Said.of(beam_size, best))
            wanted = next(s for s in reference.said if s.beam_size == beam_size)
            differences.append(
                Difference(
                    output=captions_output(beam_size),
                    absolute=largest(wanted, said[-1]),
                    limit=limit,
                )
            )
    return Measured(problems=problems, differences=differences, said=said)


def largest(wanted: Said, found: Said) -> float:
    """Return the largest difference of log-probabilities where the tokens are the same."""
    largest = 0.0
    for i, tokens in enumerate(wanted.token_ids):
        if tokens == found.token_ids[i]:
            theirs, ours = wanted.log_probabilities[i], found.log_probabilities[i]
            if len(theirs) != len(ours):  # only one of them says that it ends there
                return float("inf")
            # A caption without an end may have nothing that is shown.
            apart = np.abs(np.array(theirs) - np.array(ours)).max(initial=0.0)
            largest = max(largest, float(apart))
    return largest


def _names_and_axes(candidate: Path, reference: Reference) -> list[str]:
    positions, channels = reference.features.shape[1:]
    hidden, vocabulary = reference.hidden.shape[1], reference.log_probabilities.shape[1]
    features = {"features": [None, positions, channels]}
    more: dict[str, list[int | None]] = {}
    if reference.photo_probability is not None:
        more[manifest.PHOTO_OUTPUT] = [None]
    if reference.evidence is not None:
        more[manifest.EVIDENCE_OUTPUT] = [None, reference.evidence.shape[1]]
    expected: dict[str, tuple[dict[str, list[int | None]], dict[str, list[int | None]]]] = {
        manifest.ENCODER: (
            {"pixels": [None, 3, None, None]},
            {**features, "hidden": [None, hidden], **more},
        ),
        manifest.DECODER_STEP: (
            {"token_ids": [None], **features, "hidden": [None, hidden]},
            {"log_probabilities": [None, vocabulary], "hidden_after": [None, hidden]},
        ),
    }
    problems = []
    for name, (inputs, outputs) in expected.items():
        graph = onnx.load(candidate / name, load_external_data=False).graph
        for kind, wanted, found in (
            ("input", inputs, graph.input),
            ("output", outputs, graph.output),
        ):
            sizes = {
                v.name: [d.dim_value or None for d in v.type.tensor_type.shape.dim] for v in found
            }
            # A graph without attention has no use for features; the app leaves them out then.
            optional = {"features"} if kind == "input" else set()
            if missing := set(wanted) - set(sizes) - optional:
                problems.append(f"{name} lacks the {kind} {', '.join(sorted(missing))}")
            if unknown := set(sizes) - set(wanted):
                problems.append(f"{name} has an unknown {kind}: {', '.join(sorted(unknown))}")
            for output, axes in sizes.items():
                dims = wanted.get(output, axes)
                if axes and axes[0] is not None:
                    problems.append(f"{name}: the first axis of {output} is fixed at {axes[0]}")
                if len(axes) != len(dims) or any(
                    a is not None and b is not None and a != b
                    for a, b in zip(axes[1:], dims[1:], strict=True)
                ):
                    problems.append(f"{name}: {output} has the shape {axes}; {dims} is expected")
    return problems


def _values(
    candidate: Path, reference: Reference, pixels: Sequence[Floats], limit: float
) -> tuple[list[Difference], list[str]]:
    """Return each output's difference, one row at a time and several, and shapes that are wrong."""
    seen = (
        *manifest.ENCODER_OUTPUTS,
        *([] if reference.photo_probability is None else [manifest.PHOTO_OUTPUT]),
        *([] if reference.evidence is None else [manifest.EVIDENCE_OUTPUT]),
    )
    encoder = Graph(
        candidate / manifest.ENCODER,
        inputs=manifest.ENCODER_INPUTS,
        outputs=seen,
        provider="cpu",
        threads=1,
    )
    step = Graph(
        candidate / manifest.DECODER_STEP,
        inputs=manifest.DECODER_INPUTS,
        outputs=manifest.DECODER_OUTPUTS,
        provider="cpu",
        threads=1,
    )
    largest: dict[str, float] = {}
    wrong: list[str] = []

    def compare(names: Sequence[str], found: Sequence[npt.NDArray[Any]], rows: slice) -> None:
        for name, array in zip(names, found, strict=True):
            wanted = getattr(reference, name)[rows]
            if array.shape != wanted.shape:
                wrong.append(f"{name} comes as {array.shape}; {wanted.shape} is expected")
                continue
            absolute = float(np.abs(array - wanted).max())
            # Not max(): a NaN must stay.
            if not absolute <= largest.get(name, -1.0):
                largest[name] = absolute

    for rows in (slice(0, 1), slice(0, 3), slice(3, 5)):
        together = pixels[rows]
        if len({each.shape for each in together}) == 1:
            compare(seen, encoder.run({"pixels": np.stack(together)}), rows)
        else:  # of a model that keeps the shape of pictures, which then come one by one
            for row in range(rows.start, rows.start + len(together)):
                compare(seen, encoder.run({"pixels": pixels[row][None]}), slice(row, row + 1))
        given: dict[str, npt.NDArray[Any]] = {
            "token_ids": reference.token_ids[rows],
            "features": reference.features[rows],
            "hidden": reference.hidden[rows],
        }
        compare(manifest.DECODER_OUTPUTS, step.run(given), rows)
    scales = {name: max(1.0, float(np.abs(getattr(reference, name)).max())) for name in largest}
    scales["log_probabilities"] = 1.0
    return [
        Difference(output=name, absolute=absolute, limit=limit * scales[name])
        for name, absolute in largest.items()
    ], list(dict.fromkeys(wrong))


def main() -> None:
    """Measure argv[1], a candidate, beside argv[2], a reference; print what comes of it as JSON."""
    measured = _measure(Path(sys.argv[1]), Reference.read(Path(sys.argv[2])))
    if "torch" in sys.modules:
        raise RuntimeError("the ONNX side must not see PyTorch")
    sys.stdout.write(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main()
