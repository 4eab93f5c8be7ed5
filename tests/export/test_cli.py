"""The program where what it needs is not installed."""

import subprocess
import sys

import pytest

BLOCKED = """
import sys
sys.modules[{missing!r}] = None
from lorgnette_export import cli
sys.exit(cli.main(["convert", "model.pth", "--out", "model"]))
"""


@pytest.mark.parametrize("missing", ["torch", "onnx", "safetensors"])
def test_a_missing_extra_is_named_with_the_way_to_install_it(missing: str):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED.format(missing=missing)], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert f"it needs {missing}, which is not installed" in done.stderr
    assert "pip install 'lorgnette[export]'" in done.stderr
    assert "Traceback" not in done.stderr
