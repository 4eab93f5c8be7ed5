"""Layers made from the tensors of a state dict: their sizes are read off the shapes."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from torch import Tensor, nn

from lorgnette_export.reading.checkpoints import CheckpointError


class Tensors:
    """A state dict, or the part of one below a prefix, that knows which tensors were taken."""

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        path: Path,
        prefix: str = "",
        taken: set[str] | None = None,
    ) -> None:
        self.path = path
        self.prefix = prefix
        self._weights = weights
        self._taken: set[str] = set() if taken is None else taken

    def within(self, name: str) -> "Tensors":
        """Return the part below name."""
        return Tensors(self._weights, self.path, f"{self.prefix}{name}.", self._taken)

    def __contains__(self, name: str) -> bool:
        return f"{self.prefix}{name}" in self._weights

    def names(self) -> list[str]:
        """Return the names of all tensors below the prefix, without it."""
        at = len(self.prefix)
        return [name[at:] for name in self._weights if name.startswith(self.prefix)]

    def children(self) -> list[str]:
        """Return the first components of the names: numbers in their order, then the others."""
        first = {name.split(".")[0] for name in self.names()}
        return sorted(first, key=lambda n: (0, int(n), "") if n.isdecimal() else (1, 0, n))

    def take(self, name: str) -> Tensor:
        """Return a tensor as float32.

        Raises:
            CheckpointError: there is none of that name, or it holds what is no number.
        """
        whole = f"{self.prefix}{name}"
        if whole not in self._weights:
            raise CheckpointError(self.path, f"the tensor {whole} is missing")
        self._taken.add(whole)
        tensor = self._weights[whole].detach().float()
        if not tensor.isfinite().all():
            raise CheckpointError(
                self.path, f"the tensor {whole} holds NaN or infinity; take an earlier checkpoint"
            )
        return tensor

    def left(self) -> list[str]:
        """Return the names below the prefix that were not taken; counters do not count."""
        return [
            name
            for name in self.names()
            if f"{self.prefix}{name}" not in self._taken
            and not name.endswith("num_batches_tracked")
        ]

    def linear(self, name: str) -> nn.Linear:
        """Return the linear layer called name."""
        weight = self._shaped(f"{name}.weight", 2)
        layer = nn.Linear(weight.shape[1], weight.shape[0], bias=f"{name}.bias" in self)
        self._fill(layer, name)
        return layer

    def embedding(self, name: str) -> nn.Embedding:
        """Return the embedding called name."""
        weight = self._shaped(f"{name}.weight", 2)
        layer = nn.Embedding(*weight.shape)
        self._fill(layer, name)
        return layer

    def conv(
        self,
        name: str,
        *,
        inputs: int,
        stride: int = 1,
        padding: tuple[int, int] | None = None,
    ) -> nn.Conv2d:
        """Return the convolution called name; the groups follow from inputs.

        Args:
            padding: of height and width; half the kernel if not given.
        """
        weight = self._shaped(f"{name}.weight", 4)
        outputs, per_group, height, width = weight.shape
        if inputs % per_group:
            raise CheckpointError(
                self.path,
                f"{self.prefix}{name}.weight takes {per_group} channels, the layer before it "
                f"gives {inputs}",
            )
        layer = nn.Conv2d(
            inputs,
            outputs,
            (height, width),
            stride,
            (height // 2, width // 2) if padding is None else padding,
            groups=inputs // per_group,
            bias=f"{name}.bias" in self,
        )
        self._fill(layer, name)
        return layer

    def norm(self, name: str, *, epsilon: float = 1e-5) -> nn.BatchNorm2d:
        """Return the batch norm of maps called name."""
        layer = nn.BatchNorm2d(len(self.take(f"{name}.weight")), eps=epsilon)
        self._fill(layer, name)
        return layer

    def vector_norm(self, name: str, *, epsilon: float = 1e-5) -> nn.BatchNorm1d:
        """Return the batch norm of vectors called name."""
        layer = nn.BatchNorm1d(len(self.take(f"{name}.weight")), eps=epsilon)
        self._fill(layer, name)
        return layer

    def _shaped(self, name: str, axes: int) -> Tensor:
        tensor = self.take(name)
        if tensor.dim() != axes:
            shape = " x ".join(map(str, tensor.shape))
            raise CheckpointError(self.path, f"{self.prefix}{name} is {shape}, not {axes} axes")
        return tensor

    def _fill(self, layer: nn.Module, name: str) -> None:
        own = dict(self._own(layer, name))
        for key, value in own.items():
            current = layer.state_dict()[key]
            if current.shape != value.shape:
                raise CheckpointError(
                    self.path,
                    f"{self.prefix}{name}.{key} is {tuple(value.shape)}, "
                    f"not {tuple(current.shape)}",
                )
        layer.load_state_dict(own, strict=False)

    def _own(self, layer: nn.Module, name: str) -> Iterator[tuple[str, Tensor]]:
        for key in layer.state_dict():
            if key != "num_batches_tracked":  # older checkpoints have none, and nobody needs it
                yield key, self.take(f"{name}.{key}")
