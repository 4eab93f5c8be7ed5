"""Where our own files lie: in a source tree, a wheel or a frozen bundle; and the user's folders."""

import errno
import os
import sys
from pathlib import Path

import platformdirs

from lorgnette.errors import ExitCode, LorgnetteError

_APP = "lorgnette"


class NoFolderError(LorgnetteError):
    """There is no place for what lorgnette itself keeps; nothing was touched."""

    hint = "It needs a folder of its own: check HOME (or XDG_DATA_HOME), rights and disk space."
    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"the folder {folder} cannot be used: {reason}")


def resources() -> Path:
    """Return the folder that holds model/ and icons/."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen, "resources")
    package = Path(__file__).parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parents[1] / "resources"


def shipped_model() -> Path:
    """Return the model directory that comes with the program."""
    return resources() / "model"


def text_model() -> Path:
    """Return the text model that comes with the program."""
    return resources() / "text-model"


def user_data(*below: str) -> Path:
    """Return the folder for what must not be lost, or one below it; made if missing.

    Raises:
        NoFolderError: there is none that can be written to, nor can it be made.
    """
    return _writable(platformdirs.user_data_path(_APP, appauthor=False).joinpath(*below))


def user_config() -> Path:
    """Return the folder for settings; made if missing.

    Raises:
        NoFolderError: there is none, nor can it be made.
    """
    return _made(platformdirs.user_config_path(_APP, appauthor=False))


def user_cache(*below: str) -> Path:
    """Return the folder for what can be made again, or one below it; made if missing.

    Raises:
        NoFolderError: as user_data, which stands in for it.
    """
    try:
        return _writable(platformdirs.user_cache_path(_APP, appauthor=False).joinpath(*below))
    except NoFolderError:
        return user_data("cache", *below)


def _made(folder: Path) -> Path:
    if not folder.is_absolute():
        raise NoFolderError(folder, "there is no home folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoFolderError(folder, error.strerror or str(error)) from error
    return folder


def _writable(folder: Path) -> Path:
    if not os.access(_made(folder), os.W_OK | os.X_OK):
        raise NoFolderError(folder, os.strerror(errno.EACCES))
    return folder
