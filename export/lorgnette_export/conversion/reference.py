"""What PyTorch says, as the gate compares it; and how far its own rounding goes."""

import copy
import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from lorgnette.captioning import manifest
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.decoding import Floats, Ints, beam_search
from lorgnette_export.conversion import gate
from lorgnette_export.conversion.gate import Measured, Reference, Said
from lorgnette_export.families.torch_model import TorchModel

_LOOKED_AT = 6  # pictures that rounding is measured on: twice the time of float32, and more


@torch.inference_mode()
def reference_of(
    model: TorchModel, captioner: Captioner, pictures: list[Image.Image]
) -> gate.Reference:
    """Return what PyTorch makes of pictures, in the precision that model has."""
    encoder, step = model.encoder.eval(), model.decoder_step.eval()
    number = next(model.decoder_step.parameters()).dtype
    seen = [encoder(torch.from_numpy(captioner.pixels(p))[None].to(number)) for p in pictures]
    features, hidden, *more = (torch.cat(parts) for parts in zip(*seen, strict=True))
    outputs = captioner.manifest.encoder_outputs[len(manifest.ENCODER_OUTPUTS) :]
    start = torch.full((len(pictures),), model.start_id)
    first, _ = step(start, features, hidden)
    first[:, model.start_id] = -math.inf
    token_ids = first.argmax(-1)
    log_probabilities, hidden_after = step(token_ids, features, hidden)

    def say(tokens: Ints, rows: Floats, state: Floats) -> tuple[Floats, Floats]:
        said, after = step(*(torch.from_numpy(a.copy()) for a in (tokens, rows, state)))
        return said.numpy(), after.numpy()

    said = []
    for beam_size in gate.BEAM_SIZES:
        best = [
            beam_search(
                say,
                features[i : i + 1].numpy(),
                hidden[i : i + 1].numpy(),
                ids=captioner.manifest.special_ids,
                beam_size=beam_size,
                max_length=model.max_words,
                length_exponent=model.length_exponent,
                rules=model.search,
            )[0].without(model.silent_ids)
            for i in range(len(pictures))
        ]
        said.append(gate.Said.of(beam_size, best))
    return gate.Reference(
        pictures=pictures,
        features=features.numpy(),
        hidden=hidden.numpy(),
        token_ids=token_ids.numpy(),
        log_probabilities=log_probabilities.numpy(),
        hidden_after=hidden_after.numpy(),
        said=said,
        **{name: part.numpy() for name, part in zip(outputs, more, strict=True)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """What float64 shows of float32."""

    errors: dict[str, float]  # by output: how far PyTorch's float32 is from its float64, at most
    said: list[Said]  # PyTorch's captions; in float64 where a candidate said just that


def rounding_of(
    model: TorchModel, captioner: Captioner, wanted: Reference, measured: Measured
) -> Rounding:
    """Return how far rounding alone moves what PyTorch itself says.

    Args:
        wanted: what it says in float32.
        measured: what the candidate made of the same pictures.
    """
    exact_model = dataclasses.replace(
        model,
        encoder=copy.deepcopy(model.encoder).double(),
        decoder_step=copy.deepcopy(model.decoder_step).double(),
    )
    pairs = list(zip(wanted.said, measured.said, strict=True))
    differing = [
        i
        for i in range(len(wanted.pictures))
        if any(theirs.token_ids[i] != ours.token_ids[i] for theirs, ours in pairs)
    ]
    rows = sorted({*range(min(_LOOKED_AT, len(wanted.pictures))), *differing[:_LOOKED_AT]})
    exact = reference_of(exact_model, captioner, [wanted.pictures[i] for i in rows])
    errors = {
        name: float(np.abs(getattr(wanted, name)[rows] - getattr(exact, name)).max())
        for name in gate.SEEN
        if getattr(wanted, name) is not None
    }
    # The step is measured from the same features and words, as the candidate's is.
    with torch.inference_mode():
        stepped = exact_model.decoder_step(
            torch.from_numpy(wanted.token_ids[rows]),
            torch.from_numpy(wanted.features[rows]).double(),
            torch.from_numpy(wanted.hidden[rows]).double(),
        )
    for name, values in zip(gate.STEPPED, stepped, strict=True):
        errors[name] = float(np.abs(getattr(wanted, name)[rows] - values.numpy()).max())
    said = []
    for (theirs, ours), precisely in zip(pairs, exact.said, strict=True):
        chosen = _rows(theirs, rows)
        errors[gate.captions_output(theirs.beam_size)] = gate.largest(chosen, precisely)
        said.append(_agreed(theirs, ours, precisely, rows))
    return Rounding(errors=errors, said=said)


def _rows(said: Said, rows: Sequence[int]) -> Said:
    return dataclasses.replace(
        said,
        token_ids=[said.token_ids[i] for i in rows],
        log_probabilities=[said.log_probabilities[i] for i in rows],
    )


def _agreed(theirs: Said, ours: Said, precisely: Said, rows: Sequence[int]) -> Said:
    """Return theirs, with the precise caption wherever that is ours: a choice within rounding."""
    token_ids, log_probabilities = list(theirs.token_ids), list(theirs.log_probabilities)
    for place, row in enumerate(rows):
        if precisely.token_ids[place] == ours.token_ids[row]:
            token_ids[row] = precisely.token_ids[place]
            log_probabilities[row] = precisely.log_probabilities[place]
    return dataclasses.replace(theirs, token_ids=token_ids, log_probabilities=log_probabilities)
