"""What libraries are told before they load: nothing to the network, no file outside our folders.

The environment is the only switch that works before a library's first instruction, and it reaches
the processes that we start.
"""

import contextlib
import os
import sys
import xml.sax.saxutils
from pathlib import Path

import platformdirs

_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><cachedir>{folder}</cachedir><include>fonts.conf</include></fontconfig>
"""


def keep() -> None:
    """Tell the libraries of the app; `lorgnette` does so before anything else can be imported."""
    # From 1.29 on ONNX Runtime keeps an identifier of the computer, and uploads what it is used
    # for after some seconds, on Linux, macOS and Windows, unless this is there when it loads.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    _put_into_cache("CUDA_CACHE_PATH", "cuda")
    if sys.platform == "linux":
        # Without an address libdbus, of which Qt asks the desktop's settings, starts a session bus
        # of its own and notes it in the home folder. This is where the desktop's bus would be.
        runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
        os.environ.setdefault("DBUS_SESSION_BUS_ADDRESS", f"unix:path={runtime}/bus")


def keep_window() -> None:
    """Tell the libraries of the window; before Qt's application is made."""
    cache = _cache()
    if sys.platform != "linux" or "FONTCONFIG_FILE" in os.environ or cache is None:
        return
    # Where the system keeps no index of a folder of fonts, fontconfig makes one in the first of
    # these folders that it can write to; it reads those that are there from any.
    configuration = cache / "fonts.conf"
    text = _FONTS.format(folder=xml.sax.saxutils.escape(str(cache / "fontconfig")))
    with contextlib.suppress(OSError, ValueError):  # then the index lies where others put it
        cache.mkdir(parents=True, exist_ok=True)
        if not configuration.exists() or configuration.read_text(encoding="utf-8") != text:
            configuration.write_text(text, encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(configuration)


def keep_workshop() -> None:
    """Tell the libraries of the workshop."""
    _put_into_cache("TORCHINDUCTOR_CACHE_DIR", "torch")
    _put_into_cache("TRITON_CACHE_DIR", "triton")
    _put_into_cache("PYTORCH_KERNEL_CACHE_PATH", "torch-kernels")
    _put_into_cache("MPLCONFIGDIR", "matplotlib")
    # Java, which measures captions, notes what it does in the system's folder for temporary files.
    options = os.environ.get("JAVA_TOOL_OPTIONS", "")
    if "UsePerfData" not in options:
        os.environ["JAVA_TOOL_OPTIONS"] = f"{options} -XX:-UsePerfData".strip()


def _put_into_cache(variable: str, name: str) -> None:
    cache = _cache()
    if cache is not None:
        os.environ.setdefault(variable, str(cache / name))


def _cache() -> Path | None:
    cache = platformdirs.user_cache_path("lorgnette", appauthor=False)
    return cache if cache.is_absolute() else None  # there is no home folder
