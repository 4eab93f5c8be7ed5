"""Where our own files lie: in a source tree, a wheel or a frozen bundle; and the user's folders."""

import sys
from pathlib import Path

import platformdirs

_APP = "lorgnette"


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


def user_data() -> Path:
    """Return the folder for what must not be lost: the journal, the drafts; made if missing."""
    return platformdirs.user_data_path(_APP, appauthor=False, ensure_exists=True)


def user_config() -> Path:
    """Return the folder for settings; made if missing."""
    return platformdirs.user_config_path(_APP, appauthor=False, ensure_exists=True)


def user_cache() -> Path:
    """Return the folder for what can be made again, such as thumbnails; made if missing."""
    return platformdirs.user_cache_path(_APP, appauthor=False, ensure_exists=True)
