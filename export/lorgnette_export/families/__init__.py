"""The families that can be converted: a table, in the order in which they are tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    tried = FAMILIES.values() if family == AUTO else [FAMILIES[family]]
    for known in tried:
        if family != AUTO or known.recognises(brought):
            model = known.read(brought, input_size)
            model.encoder.eval()
            model.decoder_step.eval()
            return model
    raise CheckpointError(
        brought.first,
        "its tensors are those of no family that is known here "
        f"({', '.join(FAMILIES)}); {_hint(brought)}",
    )


def _hint(brought: Brought) -> str:
    """Say what is probably missing."""
    networks = [weights for _, weights in brought.networks()]
    convolved = any(t.dim() == 4 for weights in networks for t in weights.values())
    recurrent = any("weight_ih" in name for weights in networks for name in weights)
    if convolved and not recurrent:
        return "there is a CNN but no RNN: name the decoder's file as well"
    if recurrent and not convolved:
        return "there is an RNN but no CNN: name the encoder's file as well"
    return "describe it in a TOML file"
