"""The captioner that is open, and the job that opens it."""

import gc
import os
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lorgnette import paths
from lorgnette.settings import Settings

if TYPE_CHECKING:
    from lorgnette.captioning.captioner import Captioner


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedModel:
    """What is in use, for the settings and the details of a picture."""

    label: str  # name/version+hash
    provider: str


class Models:
    """The captioner that is open; opened by the first thread that needs it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[str, str, int, str] | None = None
        self._captioner: Captioner | None = None

    def captioner(self, settings: Settings) -> "Captioner":
        """Return a captioner as the settings want it.

        Raises:
            BrokenModelError: the model directory does not hold a whole model.
            ProviderError: the execution provider does not run here.
        """
        from lorgnette.captioning.captioner import Captioner
        from lorgnette.captioning.people import People

        key = (settings.model, settings.provider, settings.beam_size, settings.people)
        with self._lock:
            if self._captioner is None or key != self._key:
                self._captioner = Captioner.open(
                    model_folder(settings),
                    provider=settings.provider,
                    beam_size=settings.beam_size or None,
                    people=People(settings.people),
                    threads=max(1, (os.cpu_count() or 2) - 1),  # one core for the window
                )
                self._key = key
            return self._captioner

    @property
    def in_use(self) -> OpenedModel | None:
        """What is open; None before the first use."""
        captioner = self._captioner
        if captioner is None:
            return None
        return OpenedModel(label=captioner.manifest.label, provider=captioner.provider)


def model_folder(settings: Settings) -> Path:
    """Return the model directory that the settings name."""
    return Path(settings.model) if settings.model else paths.shipped_model()


def open_model(models: Models, settings: Settings) -> Generator[OpenedModel]:
    """Yield the model once it is open, so that the first picture need not wait for it."""
    models.captioner(settings)
    # All that was imported stays for good: looking through it for garbage, again and again as
    # the batch grows, would hold every thread for 20 ms.
    gc.freeze()
    if models.in_use is not None:
        yield models.in_use
