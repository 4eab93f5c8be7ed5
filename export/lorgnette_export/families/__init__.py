"""The families that can be converted: a table, in the order in which they are tried."""

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from lorgnette_export.families import (
    description,
    own,
    self_critical,
    show_and_tell,
    show_attend_and_tell,
)
from lorgnette_export.families.torch_model import TorchModel
from lorgnette_export.reading import checkpoints
from lorgnette_export.reading.checkpoints import Brought, CheckpointError

AUTO = "auto"
# Layers of a transformer by the names that libraries give them.
_ATTENTION = re.compile(r"self_attn|\battn\b|attention\.(self|output)|in_proj|[qkv]_proj|\bqkv\b")


@dataclass(frozen=True, slots=True)
class Family:
    """How one family is known and read."""

    name: str
    recognises: Callable[[Brought], bool]
    read: Callable[[Brought, int | None], TorchModel]


FAMILIES = {
    family.name: family
    for family in (
        Family(description.FAMILY, description.recognises, description.read),
        Family(own.FAMILY, own.recognises, own.read),
        Family(
            show_attend_and_tell.FAMILY, show_attend_and_tell.recognises, show_attend_and_tell.read
        ),
        Family(self_critical.FAMILY, self_critical.recognises, self_critical.read),
        Family(show_and_tell.YUNJEY, show_and_tell.recognises_yunjey, show_and_tell.read_yunjey),
        Family(show_and_tell.UDACITY, show_and_tell.recognises_udacity, show_and_tell.read_udacity),
    )
}


def read(
    paths: Sequence[Path],
    *,
    family: str = AUTO,
    vocabulary: Path | None = None,
    encoder_weights: Path | None = None,
    input_size: int | None = None,
) -> TorchModel:
    """Return the captioner that is in the files at paths.

    Args:
        family: a name in FAMILIES; auto finds it by the names and shapes of the tensors.
        vocabulary: its file, where it is not among paths.
        encoder_weights: a CNN's file, where the CNN is in none of paths.
        input_size: side of the square that pictures become; the family's own if not given.

    Raises:
        CheckpointError: a file is damaged, the files do not belong together, or they are of no
            family that is known.
    """
    brought = checkpoints.bring(list(paths), vocabulary=vocabulary, encoder_weights=encoder_weights)
    described = brought
    if (named := description.family_of(brought)) is not None:
        if named not in FAMILIES or named in {description.FAMILY, own.FAMILY}:
            raise CheckpointError(brought.first, f"{named} is no family that is known here")
        family = named
        brought = dataclasses.replace(brought, description=None, description_path=None)
    if family == AUTO:
        known = next((each for each in FAMILIES.values() if each.recognises(brought)), None)
        asked = f"no family that is known here ({', '.join(FAMILIES)})"
    else:
        # The tutorial and the project that grew from it differ in their pixels alone: each may be
        # read as the other.
        alike = show_and_tell.FAMILIES if family in show_and_tell.FAMILIES else (family,)
        fits = any(FAMILIES[name].recognises(brought) for name in alike)
        known, asked = (FAMILIES[family] if fits else None), f"the family {family}"
    if known is None:
        raise CheckpointError(
            brought.first, f"its tensors are not those of {asked}; {_hint(brought)}"
        )
    try:
        model = known.read(brought, input_size)
        if brought is not described and described.description is not None:
            path = described.description_path or brought.first
            model = description.overlaid(model, described.description, path, input_size)
        model.encoder.eval()
        model.decoder_step.eval()
        said = _words(model)
    except (RuntimeError, ValueError) as error:  # of PyTorch, where shapes do not fit
        what = str(error).splitlines()[0][:200]
        raise CheckpointError(
            brought.first,
            f"its parts do not fit each other, or not the size of the pictures: {what}. Are all "
            "files of one training? A network of another build is described in a TOML file",
        ) from error
    if not said.isfinite().all():
        raise CheckpointError(
            brought.first, "what it says are no numbers (NaN); take an earlier checkpoint"
        )
    if model.family != own.FAMILY and torch.equal(said[0], said[1]):
        raise CheckpointError(
            brought.first,
            "the picture reaches nothing: it says the same of every picture. Read in another way "
            "it may look at them; describe it in a TOML file",
        )
    return model


@torch.inference_mode()
def _words(model: TorchModel) -> torch.Tensor:
    """Return the log-probabilities of the first two words about two pictures, (2, words)."""
    random = torch.Generator().manual_seed(0)
    pixels = torch.rand((1, 3, *model.preprocessing.example), generator=random) * 4 - 2
    features, hidden, *_ = model.encoder(torch.cat([pixels, pixels.flip(1, 2, 3) * 0.5 + 0.5]))
    first, hidden = model.decoder_step(torch.tensor([model.start_id] * 2), features, hidden)
    word = first[:1].argmax(-1).repeat(2)
    second, _ = model.decoder_step(word, features, hidden)
    return torch.cat([first, second], -1)


def _hint(brought: Brought) -> str:
    """Say what is probably missing."""
    networks = [weights for _, weights in brought.networks()]
    convolved = any(t.dim() == 4 for weights in networks for t in weights.values())
    recurrent = any("weight_ih" in name for weights in networks for name in weights)
    if not recurrent and any(_ATTENTION.search(name) for weights in networks for name in weights):
        return "it is a transformer; lorgnette converts a CNN with an LSTM or GRU only"
    if convolved and not recurrent:
        return "there is a CNN but no RNN: name the decoder's file as well"
    if recurrent and not convolved:
        return "there is an RNN but no CNN: name the encoder's file as well"
    if not networks:
        return "there are no tensors in it"
    return "describe it in a TOML file"
