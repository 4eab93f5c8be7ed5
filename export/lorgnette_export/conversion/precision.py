"""Smaller weights in an ONNX graph: stored as float16 or int8, computed as float32.

onnxruntime unpacks the weights once, when it opens the graph (constant folding), so that a small
file runs as quickly and as exactly as a large one: CPUs have no float16 arithmetic, and int8
kernels gain nothing on a beam of three rows.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

_LEAST_ELEMENTS = 1024  # smaller tensors are not worth a node
_LARGEST_HALF = 65504.0

Packed = tuple[list[TensorProto], list[onnx.NodeProto]]


def halve(graph: onnx.ModelProto) -> None:
    """Store the matrices and kernels of graph as float16."""
    _pack(graph, _half)


def quantise(graph: onnx.ModelProto) -> None:
    """Store the matrices and kernels of graph as int8 with a scale for each row or column."""
    columns = {node.input[1] for node in graph.graph.node if node.op_type == "MatMul"}

    def pack(name: str, values: npt.NDArray[np.float32]) -> Packed:
        return _int8(name, values, axis=values.ndim - 1 if name in columns else 0)

    _pack(graph, pack)


def _pack(
    graph: onnx.ModelProto, pack: Callable[[str, npt.NDArray[np.float32]], Packed | None]
) -> None:
    kept: list[TensorProto] = []
    unpacking: list[onnx.NodeProto] = []
    for tensor in graph.graph.initializer:
        packed = None
        if tensor.data_type == TensorProto.FLOAT and len(tensor.dims) > 1:
            values = numpy_helper.to_array(tensor)
            if values.size >= _LEAST_ELEMENTS:
                packed = pack(tensor.name, values)
        if packed is None:
            kept.append(tensor)
        else:
            kept += packed[0]
            unpacking += packed[1]
    nodes = [*unpacking, *graph.graph.node]
    del graph.graph.initializer[:]
    del graph.graph.node[:]
    graph.graph.initializer.extend(kept)
    graph.graph.node.extend(nodes)


def _half(name: str, values: npt.NDArray[np.float32]) -> Packed | None:
    if np.abs(values).max() > _LARGEST_HALF:
        return None
    stored = numpy_helper.from_array(values.astype(np.float16), f"{name}_half")
    return [stored], [
        helper.make_node("Cast", [stored.name], [name], f"{name}_unpack", to=TensorProto.FLOAT)
    ]


def _int8(name: str, values: npt.NDArray[np.float32], *, axis: int) -> Packed:
    others = tuple(i for i in range(values.ndim) if i != axis)
    scale = np.maximum(np.abs(values).max(axis=others, keepdims=True) / 127, 1e-12)
    rounded = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
    tensors = [
        numpy_helper.from_array(rounded, f"{name}_int8"),
        numpy_helper.from_array(scale.astype(np.float32), f"{name}_scale"),
    ]
    whole = f"{name}_whole"
    return tensors, [
        helper.make_node("Cast", [f"{name}_int8"], [whole], f"{name}_cast", to=TensorProto.FLOAT),
        helper.make_node("Mul", [whole, f"{name}_scale"], [name], f"{name}_unpack"),
    ]
