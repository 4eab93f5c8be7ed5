"""An ONNX graph called by the names of its inputs and outputs; provider and threads stated."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from lorgnette.errors import BrokenModelError, ProviderError

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


@functools.cache
def runtime() -> ModuleType:
    """Return onnxruntime, told to record nothing of its use; import it nowhere else."""
    import onnxruntime  # 0.1 s

    # For Windows' own log of events, which the variable of `lorgnette.silence` does not reach.
    onnxruntime.disable_telemetry_events()
    module: ModuleType = onnxruntime
    return module


def choose_provider(wanted: str) -> str:
    """Return cpu or cuda for what a person asked for: auto, cpu or cuda.

    Raises:
        ProviderError: cuda was asked for and the installed onnxruntime cannot load it.
    """
    if wanted == "cpu":
        return "cpu"
    problem = _cuda_problem()
    if problem is None:
        return "cuda"
    if wanted == "cuda":
        raise ProviderError(f"CUDA does not run here: {problem}")
    return "cpu"


@functools.cache
def _cuda_problem() -> str | None:
    """Say why CUDA cannot be used, or None: being listed does not mean that it loads."""
    onnxruntime = runtime()
    if PROVIDERS["cuda"] not in onnxruntime.get_available_providers():
        return "the installed onnxruntime has no CUDA execution provider"
    if hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls()
    try:
        session = onnxruntime.InferenceSession(
            _EMPTY_GRAPH, providers=[PROVIDERS["cuda"], PROVIDERS["cpu"]]
        )
    except Exception as error:  # noqa: BLE001 - onnxruntime raises its own unrelated classes
        return str(error)
    if PROVIDERS["cuda"] not in session.get_providers():
        return "its libraries or a driver are missing"
    return None


# A whole ONNX model, y = Identity(x), both float[1]; ir_version 8, opset 13.
_EMPTY_GRAPH = bytes.fromhex(
    "080812003a370a100a017812017922084964656e746974791201675a0f0a0178120a0a08080112040a020801"
    "620f0a0179120a0a08080112040a02080142040a00100d"
)


class Graph:
    """One graph of a model, ready to run on one provider."""

    def __init__(
        self,
        path: Path,
        *,
        inputs: Sequence[str],
        outputs: Sequence[str],
        provider: str,
        threads: int,
        sizes_vary: bool = False,
    ) -> None:
        """Open the graph.

        Args:
            inputs: names that may be given; one that the graph does not have is left out.
            outputs: names that are wanted back, in this order.
            provider: cpu or cuda.
            threads: of the CPU for one operator; 0 means as many as there are cores.
            sizes_vary: inputs have another size each time, so that neither a plan for memory is
                kept nor the memory itself.

        Raises:
            BrokenModelError: the file is no ONNX graph, or lacks an output.
            ProviderError: the provider did not load.
        """
        onnxruntime = runtime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_mem_pattern = not sizes_vary
        options.enable_cpu_mem_arena = not sizes_vary
        # Without this the threads spin between two calls, and take the cores from decoding.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        names = [PROVIDERS[provider]]
        if provider != "cpu":
            names.append(PROVIDERS["cpu"])
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=names)
        except Exception as error:
            if "onnx opset" in str(error).lower() or "ir_version" in str(error).lower():
                raise BrokenModelError(
                    f"{path.name} is written in a newer ONNX than onnxruntime "
                    f"{onnxruntime.__version__} reads; update onnxruntime, or convert the model "
                    "with a lower --opset"
                ) from error
            raise BrokenModelError(f"{path.name} cannot be opened: {error}") from error
        if PROVIDERS[provider] not in self._session.get_providers():
            raise ProviderError(f"{path.name} does not run on {provider}")
        known = {node.name for node in self._session.get_inputs()}
        self._inputs = [name for name in inputs if name in known]
        self._outputs = list(outputs)
        offered = {node.name for node in self._session.get_outputs()}
        if missing := set(outputs) - offered or known - set(inputs):
            raise BrokenModelError(
                f"{path.name} does not fit: {', '.join(sorted(missing))} is missing or unknown"
            )

    def run(self, inputs: Mapping[str, npt.NDArray[Any]]) -> list[npt.NDArray[np.float32]]:
        """Return the outputs in the order in which they were asked for."""
        given = {name: inputs[name] for name in self._inputs}
        out: list[npt.NDArray[np.float32]] = self._session.run(self._outputs, given)
        return out
