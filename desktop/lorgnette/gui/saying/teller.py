"""Telling: what a person must know stays on screen, and is spoken."""

from collections.abc import Callable, Sequence

from lorgnette.errors import BrokenModelError, LorgnetteError, ProviderError
from lorgnette.gui.saying.announcer import Announcer
from lorgnette.gui.saying.notice import Notice
from lorgnette.gui.saying.translation import tr


class Teller:
    """Tells through the notice and the announcer at once."""

    def __init__(
        self, notice: Notice, announcer: Announcer, change_settings: Callable[[], None]
    ) -> None:
        """Make a teller.

        Args:
            change_settings: what is offered where something does not run.
        """
        self._notice = notice
        self._announcer = announcer
        self._change_settings = change_settings

    def tell(
        self,
        text: str,
        offers: Sequence[tuple[str, Callable[[], None]]] = (),
        *,
        icon: str = "information",
    ) -> None:
        """Say something that also stays on screen, with what can be done about it."""
        self._notice.show_text(text, offers, icon=icon)
        self._announcer.say(text)

    def tell_not_kept(self, error: LorgnetteError) -> None:
        """Say why settings hold only until the window closes."""
        self.tell(
            tr("The settings hold until the window closes: {reason}. {hint}").format(
                reason=error, hint=error.hint
            ),
            icon="warning",
        )

    def tell_broken(self, error: BaseException) -> None:
        """Say why a job ended before its end.

        Raises:
            BaseException: the error itself, where it is a bug.
        """
        if not isinstance(error, LorgnetteError):
            raise error
        self.tell(
            " ".join(filter(None, (f"{_capital(str(error))}.".replace("..", "."), _hint(error)))),
            [(tr("Open the settings"), self._change_settings)],
            icon="error",
        )


def _hint(error: LorgnetteError) -> str:
    """Return what can be done about an error in the window, not on the command line."""
    if isinstance(error, BrokenModelError):
        return tr(
            "Choose another model in the settings; an empty field there stands for the one "
            "that comes with lorgnette."
        )
    if isinstance(error, ProviderError):
        return tr("Choose Automatic or CPU as the execution provider in the settings.")
    return error.hint


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
