"""A PyTorch network -> an ONNX graph that is the same whenever and wherever it is made."""

import logging
import warnings
from collections.abc import Sequence
from typing import Any

import onnx
import onnx_ir
import torch
from onnx_ir.passes import common as passes
from onnxscript import optimizer
from torch import Tensor, nn

DEFAULT_OPSET = 18  # the least that the exporter writes itself; any onnxruntime of today reads it
MAX_OPSET = 23  # the newest that the exporter writes
_MOST_FOLDED = 1 << 13  # elements of a constant; folded weights would be stored twice


def graph_of(
    network: nn.Module,
    example: tuple[Tensor, ...],
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    axes: tuple[dict[int, Any], ...],
    opset: int = DEFAULT_OPSET,
) -> onnx.ModelProto:
    """Return network as a graph.

    Args:
        example: one tensor an input.
        axes: for each input, which of its axes may have any length, as torch.export.Dim.
    """
    with warnings.catch_warnings():
        # The exporter warns of its own deprecated calls; nobody who converts can do anything.
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program = torch.onnx.export(
            network.eval().requires_grad_(requires_grad=False),
            example,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=axes,
            opset_version=opset,
            dynamo=True,
            optimize=False,
            verbose=False,
        )
        if program is None:
            raise RuntimeError("the exporter returned no program")
        _simplify(program.model)
    graph: onnx.ModelProto = program.model_proto
    _strip(graph)
    _rename(graph.graph, set(network.state_dict()))
    return graph


def _simplify(model: onnx_ir.Model) -> None:
    """Compute what is constant, and leave batch norms apart from their convolutions.

    The exporter's own optimisation folds them together, so that kernels kept as float16 would be
    rounded a second time; onnxruntime folds them when it opens the graph, at full precision.
    """
    optimizer.inline(model)
    optimizer.fold_constants(model, input_size_limit=_MOST_FOLDED, output_size_limit=_MOST_FOLDED)
    optimizer.remove_unused_nodes(model)
    passes.LiftConstantsToInitializersPass(lift_all_constants=True)(model)
    passes.DeduplicateInitializersPass()(model)
    passes.CommonSubexpressionEliminationPass()(model)


def _strip(graph: onnx.ModelProto) -> None:
    """Take out what the exporter notes of its own run: stack traces with paths of this machine."""
    del graph.metadata_props[:]
    del graph.graph.metadata_props[:]
    for part in (
        *graph.graph.node,
        *graph.graph.input,
        *graph.graph.output,
        *graph.graph.initializer,
    ):
        del part.metadata_props[:]
        part.ClearField("doc_string")
    del graph.graph.value_info[:]


def _rename(graph: onnx.GraphProto, weights: set[str]) -> None:
    """Number values, nodes and constants in the order of the nodes; weights keep their names.

    The exporter's own numbers go on from one export to the next within a process.
    """
    names = {value.name: value.name for value in (*graph.input, *graph.output)} | {"": ""}
    constants = {tensor.name for tensor in graph.initializer}
    order: dict[str, int] = {}
    for i, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{i}"
        for name in node.input:
            if name in constants:
                order.setdefault(name, len(order))
                names.setdefault(name, name if name in weights else f"constant_{len(names)}")
        for name in node.output:
            names.setdefault(name, f"value_{len(names)}")
        node.input[:] = [names[name] for name in node.input]
        node.output[:] = [names[name] for name in node.output]
    used = sorted((t for t in graph.initializer if t.name in order), key=lambda t: order[t.name])
    tensors = [onnx.TensorProto() for _ in used]
    for tensor, old in zip(tensors, used, strict=True):
        tensor.CopyFrom(old)
        tensor.name = names[old.name]
    del graph.initializer[:]
    graph.initializer.extend(tensors)
