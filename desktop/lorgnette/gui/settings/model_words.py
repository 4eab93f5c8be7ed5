"""What the window says of a model: its card, and what is in use."""

from pathlib import Path

from lorgnette import paths
from lorgnette.gui.captioning.models import OpenedModel
from lorgnette.gui.saying.translation import number, tr

_CARD = "MODEL_CARD.md"
_MOST_CHARACTERS = 20_000


def card(folder: str) -> str:
    """Return the card of a model directory, or why there is none.

    Args:
        folder: empty: the one that came with the program.
    """
    path = (Path(folder) if folder else paths.shipped_model()) / _CARD
    try:
        return path.read_text(encoding="utf-8")[:_MOST_CHARACTERS]
    except OSError:
        return tr("There is no model card in {folder}.").format(folder=path.parent)
    except UnicodeDecodeError:
        return tr("The model card in {folder} is damaged.").format(folder=path.parent)


def in_use(model: OpenedModel | None, milliseconds: float | None) -> str:
    """Return what is really in use, and how fast it was with the last picture."""
    if model is None:
        return tr("No model is open yet.")
    provider = {"cpu": tr("the CPU"), "cuda": tr("CUDA")}.get(model.provider, model.provider)
    sentences = [tr("In use: {model} on {provider}.").format(model=model.label, provider=provider)]
    if milliseconds is not None:
        sentences.append(
            tr("The last picture took {milliseconds} ms.").format(milliseconds=number(milliseconds))
        )
    return " ".join(sentences)
