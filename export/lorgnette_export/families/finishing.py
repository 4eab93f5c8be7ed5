"""What the families have in common once their networks stand: words that fit, nothing left over."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from torch import nn

from lorgnette.captioning.decoding import LENGTH_EXPONENT, LORGNETTES, Search, as_elsewhere
from lorgnette.captioning.vocabulary import Vocabulary
from lorgnette_export.families.recurrent import RecurrentDecoder
from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import (
    Preprocessing,
    StepFromPicture,
    TorchModel,
)
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
    search: Search | None = None,
    assumed: Sequence[str] = (),
) -> TorchModel:
    """Return the model of a family that keeps start and end among its words.

    It is searched as programs elsewhere do, greedily unless told: sentences are ranked by their
    log-probability alone; nothing is forbidden, and start and padding are not shown.

    Args:
        assumed: of the network, for tensors cannot tell; what is assumed of pixels and search
            comes behind it.

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
        silent_ids=silent(words),
        max_words=max_words,
        search=search or as_elsewhere(),
        length_exponent=0.0,
        assumed=tuple(assumed),
    )


def silent(words: Words) -> tuple[int, ...]:
    """Return the ids of start and padding, which may be said and are never shown."""
    ids = {words.start_id, words.pad_id} - {None, words.end_id}
    return tuple(sorted(i for i in ids if i is not None))


def without_start(model: TorchModel, decoder: RecurrentDecoder) -> TorchModel:
    """Return model with the first word as what its decoder says to the picture itself."""
    start = decoder.vocabulary
    return dataclasses.replace(
        model,
        decoder_step=StepFromPicture(decoder, start),
        vocabulary=with_start(model.vocabulary),
        start_id=start,
    )


def with_start(vocabulary: Vocabulary) -> Vocabulary:
    """Return vocabulary with a word more, for a start that the network has no word for."""
    name = "<start>"
    while name in vocabulary.words:
        name = f"<{name}>"
    return Vocabulary((*vocabulary.words, name))


def searched_as_lorgnette(model: TorchModel) -> TorchModel:
    """Return model searched by lorgnette's own rules in the place of its program's."""
    never = {*model.forbidden_ids, *model.silent_ids} - {model.start_id}
    # A start that is said to the picture itself has to stay possible.
    if isinstance(model.decoder_step, StepFromPicture):
        words = model.vocabulary.words
        never -= {i for i in model.silent_ids if words[i].casefold() in vocabularies.STARTS}
    return dataclasses.replace(
        model,
        search=LORGNETTES,
        length_exponent=LENGTH_EXPONENT,
        forbidden_ids=tuple(sorted(never)),
    )
