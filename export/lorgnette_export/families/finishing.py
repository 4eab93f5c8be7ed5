"""What the families have in common once their networks stand: words that fit, nothing left over."""

from pathlib import Path

from torch import nn

from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import Preprocessing, TorchModel
from lorgnette_export.reading import vocabularies
from lorgnette_export.reading.checkpoints import Brought, CheckpointError
from lorgnette_export.reading.vocabularies import Words

UNKNOWN_LICENCE = "unknown"


def words(brought: Brought, decoder_words: int, decoder: Path) -> Words:
    """Return the words that were brought.

    Raises:
        CheckpointError: there are none, or not as many as the decoder says.
    """
    if brought.words_path is None:
        raise CheckpointError(
            decoder,
            "its vocabulary is missing; name the file too (vocab.pkl, WORDMAP_*.json, "
            "infos_*.pkl), or give it with --vocabulary",
        )
    found = vocabularies.read(brought.words, brought.words_path)
    if len(found) != decoder_words:
        raise CheckpointError(
            brought.words_path,
            f"the vocabulary has {len(found)} words, the decoder {decoder_words}: they are of "
            "different trainings",
        )
    return found


def nothing_left(tensors: Tensors) -> None:
    """Make sure that every tensor has found its place.

    Raises:
        CheckpointError: some have not, so that the network is another one.
    """
    if left := tensors.left():
        shown = ", ".join(left[:5]) + (" ..." if len(left) > 5 else "")
        raise CheckpointError(
            tensors.path,
            f"{len(left)} tensors have no place in this family: {shown}. Describe the network in "
            "a TOML file instead",
        )


def model(
    brought: Brought,
    *,
    family: str,
    encoder: nn.Module,
    decoder_step: nn.Module,
    preprocessing: Preprocessing,
    words: Words,
    max_words: int = 20,
) -> TorchModel:
    """Return the model of a family that keeps start and end among its words.

    Raises:
        CheckpointError: the vocabulary has no start or no end.
    """
    if words.start_id is None or words.end_id is None:
        missing = "start" if words.start_id is None else "end"
        raise CheckpointError(
            brought.words_path or brought.first,
            f"it has no word for the {missing} of a sentence, such as <{missing}>",
        )
    return TorchModel(
        family=family,
        name=brought.first.stem,
        version="0",
        licence=UNKNOWN_LICENCE,
        encoder=encoder,
        decoder_step=decoder_step,
        preprocessing=preprocessing,
        vocabulary=words.vocabulary,
        start_id=words.start_id,
        end_id=words.end_id,
        unknown_id=words.unknown_id,
        forbidden_ids=words.forbidden_ids,
        max_words=max_words,
    )
