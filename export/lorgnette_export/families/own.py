"""The captioner that lorgnette trains: a run's checkpoint, or a release with everything in it."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from lorgnette.captioning.vocabulary import Vocabulary
from lorgnette_export.data import captioned
from lorgnette_export.families.torch_model import Preprocessing, Step, TorchModel
from lorgnette_export.networks import encoders, photo_head, sight
from lorgnette_export.networks import evidence as evidence_network
from lorgnette_export.networks.decoder import MAX_WORDS, Decoder, Shape, load
from lorgnette_export.networks.efficientnet_lite import Top
from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.networks.evidence import Evidence
from lorgnette_export.reading.checkpoints import Brought, Checkpoint, CheckpointError
from lorgnette_export.reading.runs import is_run, read_run

FAMILY = "lorgnette"
LICENCE = "that of the data it was trained on"


class Look(nn.Module):
    """The encoder graph: the CNNs and the decoder's first look at their grids.

    Where it was fitted, photo tells from the first CNN's grid how likely the picture is a photo,
    and evidence what the frozen parts of both CNNs see.
    """

    def __init__(
        self,
        decoder: Decoder,
        cnns: Sequence[nn.Module],
        photo: nn.Linear | None = None,
        evidence: Evidence | None = None,
    ) -> None:
        super().__init__()
        self.decoder = decoder
        self.cnns = nn.ModuleList(cnns)
        self.photo = photo
        self.evidence = evidence
        if evidence is not None:  # one top for both, where the decoder sees ImageNet's as well
            evidence.top = next((cnn for cnn in cnns if isinstance(cnn, Top)), evidence.top)

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Return features and hidden of pixels that are normalised for the first CNN.

        With photo, photo_probability (image,) comes next; with evidence, its probabilities
        (image, evidence.OUTPUTS) come last.
        """
        encoders = [ENCODERS[name] for name in self.decoder.shape.encoders]
        grids, trunk = sight.grids(encoders, list(self.cnns), pixels)
        out: tuple[Tensor, ...] = self.decoder.look(grids)
        if self.photo is not None:
            out = (*out, torch.sigmoid(self.photo(photo_head.pooled(grids[0]))[:, 0]))
        if self.evidence is not None:
            out = (*out, self.evidence(trunk, grids[1]))
        return out


def recognises(brought: Brought) -> bool:
    """Tell whether this is one run's checkpoint or one release."""
    if len(ours := _named(brought)) != 1:
        return False
    return ours[0].metadata.get("family") == FAMILY or is_run(ours[0])


def _named(brought: Brought) -> list[Checkpoint]:
    """Return the checkpoints without that of a CNN: the detector's weights may be a release's."""
    return [each for each in brought.checkpoints if each.path != brought.encoder_weights]


def read(brought: Brought, input_size: int | None) -> TorchModel:
    """Return the model of a run's checkpoint or of a release.

    Raises:
        CheckpointError: the file lacks weights, or a CNN's weights are not at hand.
    """
    (checkpoint,) = _named(brought)
    encoder_weights = brought.encoder_weights
    if checkpoint.metadata:
        about, shape = _about(checkpoint)
        photo = nn.Linear(photo_head.POOLED, 1) if "photo.weight" in checkpoint.content else None
        evidence = Evidence(_words(about["evidence"])) if "evidence" in about else None
        cnns = [ENCODERS[name].build() for name in shape.encoders]
        look = Look(Decoder(shape), cnns, photo, evidence)
        floats = {
            name: value.float() if value.is_floating_point() else value
            for name, value in checkpoint.content.items()
        }
        try:
            lacking, unknown = look.load_state_dict(floats, strict=False)
        except RuntimeError as error:
            raise CheckpointError(checkpoint.path, f"its weights do not fit: {error}") from error
        if unfit := [*(_once(look.state_dict()).keys() & set(lacking)), *unknown]:
            raise CheckpointError(
                checkpoint.path, f"its weights do not fit: {', '.join(sorted(unfit)[:5])}"
            )
        words = about["vocabulary"]
        name, version, licence = about["name"], about["version"], about["licence"]
        judged = about
    else:
        look, words, judged = _trained(checkpoint.path, encoder_weights)
        name, version, licence = FAMILY, "0", LICENCE
    model = dataclasses.replace(
        _model(look, words, name=name, version=version, licence=licence),
        **judged.get("judging", {}),
        evidence=judged.get("evidence"),
    )
    size = input_size or judged.get("image_size") or model.preprocessing.height
    return dataclasses.replace(model, preprocessing=model.preprocessing.at(size))


def _about(checkpoint: Checkpoint) -> tuple[dict[str, Any], Shape]:
    """Return what a release says of itself, and the shape of its decoder."""
    try:
        about = json.loads(checkpoint.metadata["about"])
        shape = Shape(**{**about["shape"], "encoders": tuple(about["shape"]["encoders"])})
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(checkpoint.path, f"it is no whole release: {error!r}") from error
    missing = {"name", "version", "licence", "vocabulary"} - about.keys()
    if missing or set(shape.encoders) - set(ENCODERS):
        what = f"does not say its {', '.join(missing)}" if missing else "sees with other CNNs"
        raise CheckpointError(checkpoint.path, f"it is a release of another version: it {what}")
    return about, shape


def release(
    checkpoint: Path,
    out: Path,
    *,
    encoder_weights: Path | None,
    name: str,
    version: str,
    licence: str = LICENCE,
) -> None:
    """Write everything that a run's captioner needs into one safetensors file.

    Matrices and kernels are kept as float16; biases and norms, which weigh nothing and may be
    out of its range, stay float32.
    """
    look, words, judged = _trained(checkpoint, encoder_weights)
    about = {"name": name, "version": version, "licence": licence, "vocabulary": words, **judged}
    write(look, about, out)


def write(look: Look, about: Mapping[str, Any], out: Path) -> None:
    """Write a release that read() reads.

    Args:
        about: name, version, licence, vocabulary; and what `judge` and `evidence` have settled.
    """
    whole = {**about, "shape": dataclasses.asdict(look.decoder.shape)}
    data = safetensors.torch.save(
        {
            name: value.half() if value.is_floating_point() and value.dim() > 1 else value.clone()
            for name, value in _once(look.state_dict()).items()
        },
        {"family": FAMILY, "about": json.dumps(whole, ensure_ascii=False)},
    )
    # Not by save_file(), whose files only their owner may read.
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.part")
    temporary.write_bytes(data)
    temporary.replace(out)


def _once(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights without those that are another's under a second name."""
    found: dict[int, str] = {}
    for name, value in weights.items():
        found.setdefault(value.data_ptr(), name)
    return {name: weights[name] for name in found.values()}


def _model(look: Look, words: list[str], *, name: str, version: str, licence: str) -> TorchModel:
    first = ENCODERS[look.decoder.shape.encoders[0]]
    return TorchModel(
        family=FAMILY,
        name=name,
        version=version,
        licence=licence,
        encoder=look,
        decoder_step=Step(look.decoder),
        preprocessing=Preprocessing(
            height=first.image_size,
            width=first.image_size,
            mean=(first.mean,) * 3,
            deviation=(first.deviation,) * 3,
        ),
        vocabulary=Vocabulary(tuple(words)),
        start_id=words.index(captioned.START),
        end_id=words.index(captioned.END),
        unknown_id=words.index(captioned.UNKNOWN),
        max_words=MAX_WORDS,
    )


def _trained(
    checkpoint: Path, encoder_weights: Path | None
) -> tuple[Look, list[str], dict[str, Any]]:
    """Return a run's networks, vocabulary, and what `judge` has settled for it."""
    decoder, words = load(checkpoint)
    saved = read_run(checkpoint)
    cnns = [_cnn(name, encoder_weights) for name in decoder.shape.encoders]
    if "cnn" in saved:
        cnns[0].load_state_dict(saved["cnn"])
    photo = None
    if "photo" in saved:
        photo = nn.Linear(photo_head.POOLED, 1)
        photo.load_state_dict(saved["photo"])
    judged = {name: saved[name] for name in ("judging", "image_size") if name in saved}
    evidence = None
    if "evidence" in saved:
        evidence = evidence_network.pretrained()
        evidence.head.load_state_dict(saved["evidence"]["head"])
        if words_said := _words(saved["evidence"]["table"]):
            evidence.words = evidence_network.Words(words_said)
            evidence.words.load_state_dict(saved["evidence"]["words"])
        judged["evidence"] = saved["evidence"]["table"]
    return Look(decoder, cnns, photo, evidence), words, judged


def _words(table: Mapping[str, Any]) -> int:
    """Return of how many words a table of evidence tells how likely people say them."""
    return len(table.get("words", {}).get("texts", ()))


def _cnn(name: str, encoder_weights: Path | None) -> nn.Module:
    if name == "mobilenet-detector" and encoder_weights is None:
        raise CheckpointError(
            Path(name),
            "its weights are not in the checkpoint; name frozen_inference_graph.pb of "
            "ssd_mobilenet_v2_coco_2018_03_29 with --encoder-weights",
        )
    return encoders.pretrained(name, encoder_weights)
