"""The manifest of a model directory, read and checked: model.json.

A model directory holds two graphs, a vocabulary and the manifest that describes them. Nothing in
it is code, and nothing outside it is opened.
"""

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from PIL import Image

from lorgnette.captioning import inspection
from lorgnette.captioning.decoding import (
    LENGTH_EXPONENT,
    MOST_LENGTH_EXPONENT,
    Ended,
    Search,
    SpecialIds,
)
from lorgnette.captioning.scaling import Interpolation, Resize, scaled
from lorgnette.errors import BrokenModelError
from lorgnette.files import read_file

NAME = "model.json"
FORMAT = 1
ENCODER = "encoder.onnx"
DECODER_STEP = "decoder_step.onnx"
VOCABULARY = "vocabulary.txt"
CARD = "MODEL_CARD.md"
EVIDENCE = "evidence.json"  # not every model has it; see evidence.py
MAX_BYTES = 4 << 30  # of one file
MAX_MANIFEST_BYTES = 1 << 20
MAX_SIDE = 2048  # pixels of a picture as the encoder sees it
MAX_BEAM = 20
MAX_NUMBER = 1e6  # of the weights, and of what a picture is made into numbers by

ENCODER_INPUTS = ("pixels",)
ENCODER_OUTPUTS = ("features", "hidden")
PHOTO_OUTPUT = "photo_probability"  # (image,): how likely it is a photo; not every model has it
EVIDENCE_OUTPUT = "evidence"  # (image, number): of a model with evidence.json
DECODER_INPUTS = ("token_ids", "features", "hidden")
DECODER_OUTPUTS = ("log_probabilities", "hidden_after")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """What a file of the model must be."""

    sha256: str
    size: int  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the app has to know of a model.

    The encoder maps pixels (image, 3, height, width) to features (image, position, channel) and
    hidden (image, hidden); the decoder step maps token_ids (beam,), features (beam, position,
    channel) and hidden (beam, hidden) to log_probabilities (beam, vocabulary) and hidden_after.
    Pixels are (x / 255 - mean) / deviation, channel by channel in the order of colours.
    """

    name: str
    version: str
    family: str
    licence: str
    image_height: int
    image_width: int
    resize: Resize  # see scaling.scaled; with keep, height and width are the most there may be
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    start_id: int
    end_id: int
    unknown_id: int | None
    forbidden_ids: tuple[int, ...] = ()  # padding and the like: never said
    silent_ids: tuple[int, ...] = ()  # may be said, and are not shown
    max_words: int
    length_exponent: float = LENGTH_EXPONENT  # what decoding.Hypothesis.score divides by
    vocabulary_size: int
    opset: int
    precision: Literal["fp32", "fp16", "int8"]
    photo_threshold: float | None = None  # of photo_probability, below which nothing is described
    confidence: dict[str, float] = field(default_factory=dict)  # weights; see judging.confidence
    gate: dict[str, Any] = field(default_factory=dict)  # what the export measured
    files: dict[str, FileRecord]
    resize_side: int = 0
    interpolation: Interpolation = "bicubic"
    colours: Literal["rgb", "bgr"] = "rgb"
    whole: bool = False  # a large picture is not reduced while it is decoded, before it is scaled
    search: Search = field(default_factory=Search)
    format: int = FORMAT

    @property
    def label(self) -> str:
        """Name, version and a short hash of the weights: what provenance records."""
        weights = "".join(self.files[name].sha256 for name in (ENCODER, DECODER_STEP))
        return f"{self.name}/{self.version}+{hashlib.sha256(weights.encode()).hexdigest()[:8]}"

    @property
    def fingerprint(self) -> str:
        """Name, version and a short hash of every file: equal where the same words come out."""
        every = json.dumps(sorted((name, file.sha256) for name, file in self.files.items()))
        return f"{self.name}/{self.version}+{hashlib.sha256(every.encode()).hexdigest()[:12]}"

    @property
    def encoder_outputs(self) -> tuple[str, ...]:
        """Names of what the encoder gives, in the order in which they are asked for."""
        return (
            *ENCODER_OUTPUTS,
            *([] if self.photo_threshold is None else [PHOTO_OUTPUT]),
            *([EVIDENCE_OUTPUT] if EVIDENCE in self.files else []),
        )

    @property
    def special_ids(self) -> SpecialIds:
        """Token ids that are no words, and those that its search must not say."""
        never = {*self.forbidden_ids}
        if self.unknown_id is not None and not self.search.unknown:
            never.add(self.unknown_id)
        return SpecialIds(start=self.start_id, end=self.end_id, never=tuple(sorted(never)))

    def scaled(self, image: Image.Image) -> Image.Image:
        """Return an upright picture in the size that the encoder sees."""
        return scaled(
            image,
            height=self.image_height,
            width=self.image_width,
            resize=self.resize,
            resize_side=self.resize_side,
            interpolation=self.interpolation,
        )

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Return the manifest of folder after checking every file that it names.

        Raises:
            BrokenModelError: the folder or a file is missing, damaged, or from another program.
        """
        path = folder / NAME
        try:
            if path.stat().st_size > MAX_MANIFEST_BYTES:
                raise BrokenModelError(f"{path} is too large for a manifest")
            content = json.loads(read_file(path))
        except FileNotFoundError as error:
            raise BrokenModelError(f"there is no model in {folder}: {NAME} is missing") from error
        except (OSError, ValueError, RecursionError) as error:
            raise BrokenModelError(f"{path} cannot be read: {error}") from error
        manifest = cls._from(content, path)
        for name, record in manifest.files.items():
            _check(folder, name, record)
        for name in (ENCODER, DECODER_STEP):
            manifest._check_graph(folder / name)
        return manifest

    @classmethod
    def _from(cls, content: Any, path: Path) -> "Manifest":
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            found = content.get("format") if isinstance(content, dict) else None
            raise BrokenModelError(
                f"{path} has format {found!r}; this version of lorgnette reads format {FORMAT}"
            )
        names = {f.name for f in dataclasses.fields(cls)}
        if unknown := set(content) - names:
            raise BrokenModelError(f"{path} says what is not known here: {', '.join(unknown)}")
        try:
            manifest = cls(
                **{
                    **content,
                    "mean": _three(content["mean"]),
                    "deviation": _three(content["deviation"]),
                    "forbidden_ids": tuple(int(i) for i in content.get("forbidden_ids", ())),
                    "silent_ids": tuple(int(i) for i in content.get("silent_ids", ())),
                    "search": Search(**content.get("search", {})),
                    "files": {
                        str(name): FileRecord(sha256=str(r["sha256"]), size=int(r["size"]))
                        for name, r in content["files"].items()
                    },
                }
            )
            manifest._check_values()
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise BrokenModelError(f"{path} is incomplete or wrong: {error}") from error
        return manifest

    def _check_values(self) -> None:
        if missing := {ENCODER, DECODER_STEP, VOCABULARY} - set(self.files):
            raise ValueError(f"it does not list {', '.join(sorted(missing))}")
        if not (8 <= self.image_height <= MAX_SIDE and 8 <= self.image_width <= MAX_SIDE):
            raise ValueError(f"the image size must be 8 to {MAX_SIDE}")
        for name, known in (
            ("resize", get_args(Resize)),
            ("interpolation", get_args(Interpolation)),
            ("colours", ("rgb", "bgr")),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} {getattr(self, name)!r} is not known")
        if not 0 <= self.resize_side <= MAX_SIDE:
            raise ValueError(f"resize_side must be 0 to {MAX_SIDE}")
        if self.search.ended not in get_args(Ended) or not 1 <= self.search.beam_size <= MAX_BEAM:
            raise ValueError("the search is none that is known here")
        if not 1 <= self.max_words <= 200:
            raise ValueError("max_words must be 1 to 200")
        if not 0 <= self.length_exponent <= MOST_LENGTH_EXPONENT:
            raise ValueError(f"length_exponent must be 0 to {MOST_LENGTH_EXPONENT:g}")
        names = {"bias", "mean", "least", "words", "margin"}
        if self.confidence and set(self.confidence) != names:
            raise ValueError(f"confidence must weigh {', '.join(sorted(names))}")
        if not all(abs(value) <= MAX_NUMBER for value in (*self.mean, *self.confidence.values())):
            raise ValueError(f"mean and confidence must lie within {MAX_NUMBER:g}")
        if not all(0 < abs(value) <= MAX_NUMBER for value in self.deviation):
            raise ValueError(f"deviation must not be 0, nor pass {MAX_NUMBER:g}")
        ids = [self.start_id, self.end_id, *self.forbidden_ids, *self.silent_ids]
        ids += [] if self.unknown_id is None else [self.unknown_id]
        if not all(0 <= i < self.vocabulary_size for i in ids):
            raise ValueError("a special token lies outside the vocabulary")

    def _check_graph(self, path: Path) -> None:
        inspected = inspection.inspect(path)
        if inspected.external:
            raise BrokenModelError(
                f"{path} keeps tensors in another file ({inspected.external[0]!r}); a model's "
                "graphs must hold all of theirs"
            )
        if inspected.opset != self.opset:
            raise BrokenModelError(
                f"{path} is written in opset {inspected.opset}; its manifest says {self.opset}"
            )

    def write(self, folder: Path) -> None:
        """Write model.json into folder."""
        text = json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False)
        (folder / NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def record(path: Path) -> FileRecord:
    """Return what the manifest has to say of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileRecord(sha256=digest, size=path.stat().st_size)


def _check(folder: Path, name: str, expected: FileRecord) -> None:
    path = folder / name
    if Path(name).name != name or name in {"", ".", ".."} or path.is_symlink():
        raise BrokenModelError(f"{folder / NAME} names {name!r}, which lies outside its folder")
    if not path.is_file():
        raise BrokenModelError(f"{name} is missing in {folder}")
    size = path.stat().st_size
    if size > MAX_BYTES or size != expected.size:
        raise BrokenModelError(f"{path} has {size} bytes; its manifest says {expected.size}")
    if record(path).sha256 != expected.sha256:
        raise BrokenModelError(f"{path} is damaged or was changed: its checksum does not fit")


def _three(values: Any) -> tuple[float, float, float]:
    red, green, blue = (float(v) for v in values)
    return red, green, blue
