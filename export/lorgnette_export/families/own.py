"""The captioner that lorgnette trains: a run's checkpoint, or a release with everything in it."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor, nn

from lorgnette.captioning.vocabulary import Vocabulary
from lorgnette_export import dataset, efficientnet_lite, mobilenet_detector, training
from lorgnette_export.checkpoints import Brought, CheckpointError
from lorgnette_export.families.torch_model import Preprocessing, Step, TorchModel
from lorgnette_export.features import ENCODERS
from lorgnette_export.networks import Decoder, Shape

FAMILY = "lorgnette"
LICENCE = "Apache-2.0"


class Look(nn.Module):
    """The encoder graph: the frozen CNNs and the decoder's first look at their grids."""

    def __init__(self, decoder: Decoder, cnns: Sequence[nn.Module]) -> None:
        super().__init__()
        self.decoder = decoder
        self.cnns = nn.ModuleList(cnns)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and hidden of pixels that are normalised for the first CNN."""
        encoders = [ENCODERS[name] for name in self.decoder.shape.encoders]
        first = encoders[0]
        grids = []
        for encoder, cnn in zip(encoders, self.cnns, strict=True):
            seen = pixels
            if (encoder.mean, encoder.deviation) != (first.mean, first.deviation):
                seen = (pixels * first.deviation + (first.mean - encoder.mean)) / encoder.deviation
            grids.append(cnn(seen).flatten(2).transpose(1, 2))
        return self.decoder.look(grids)


def recognises(brought: Brought) -> bool:
    """Tell whether this is one run's checkpoint or one release."""
    if len(brought.checkpoints) != 1:
        return False
    (checkpoint,) = brought.checkpoints
    return checkpoint.metadata.get("family") == FAMILY or (
        isinstance(checkpoint.content.get("config"), dict) and "weights" in checkpoint.content
    )


def read(brought: Brought, input_size: int | None) -> TorchModel:
    """Return the model of a run's checkpoint or of a release.

    Raises:
        CheckpointError: the file lacks weights, or a CNN's weights are not at hand.
    """
    (checkpoint,) = brought.checkpoints
    encoder_weights = brought.encoder_weights
    if checkpoint.metadata:
        about = json.loads(checkpoint.metadata["about"])
        shape = Shape(**{**about["shape"], "encoders": tuple(about["shape"]["encoders"])})
        look = Look(Decoder(shape), [ENCODERS[name].build() for name in shape.encoders])
        floats = {
            name: value.float() if value.is_floating_point() else value
            for name, value in checkpoint.content.items()
        }
        try:
            look.load_state_dict(floats)
        except RuntimeError as error:
            raise CheckpointError(checkpoint.path, f"its weights do not fit: {error}") from error
        words = about["vocabulary"]
        name, version, licence = about["name"], about["version"], about["licence"]
    else:
        decoder, words = training.load(checkpoint.path)
        look = Look(decoder, [_cnn(n, encoder_weights) for n in decoder.shape.encoders])
        name, version, licence = FAMILY, "0", LICENCE
    model = _model(look, words, name=name, version=version, licence=licence)
    if input_size is None:
        return model
    return dataclasses.replace(model, preprocessing=model.preprocessing.at(input_size))


def release(
    checkpoint: Path, out: Path, *, encoder_weights: Path | None, name: str, version: str
) -> None:
    """Write everything that a run's captioner needs into one safetensors file.

    Matrices and kernels are kept as float16; biases and norms, which weigh nothing and may be
    out of its range, stay float32.
    """
    decoder, words = training.load(checkpoint)
    look = Look(decoder, [_cnn(n, encoder_weights) for n in decoder.shape.encoders])
    about: dict[str, Any] = {
        "name": name,
        "version": version,
        "licence": LICENCE,
        "shape": dataclasses.asdict(decoder.shape),
        "vocabulary": words,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    safetensors.torch.save_file(
        {
            name: value.half() if value.is_floating_point() and value.dim() > 1 else value.clone()
            for name, value in look.state_dict().items()
        },
        out,
        {"family": FAMILY, "about": json.dumps(about, ensure_ascii=False)},
    )


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
        start_id=words.index(dataset.START),
        end_id=words.index(dataset.END),
        unknown_id=words.index(dataset.UNKNOWN),
        max_words=training.MAX_WORDS,
    )


def _cnn(name: str, encoder_weights: Path | None) -> nn.Module:
    if name == "efficientnet-lite2":
        return efficientnet_lite.pretrained()
    if encoder_weights is None:
        raise CheckpointError(
            Path(name),
            "its weights are not in the checkpoint; name frozen_inference_graph.pb of "
            "ssd_mobilenet_v2_coco_2018_03_29 with --encoder-weights",
        )
    return mobilenet_detector.pretrained(encoder_weights)
