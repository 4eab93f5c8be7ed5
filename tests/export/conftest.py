"""Quiet, modest PyTorch: no tracing, one thread, little garbage collection."""

import gc
import logging

import torch

# Its logger stands at DEBUG, and builds every record as soon as any handler listens, as pytest's
# log capture does: an export then takes ten times as long.
logging.getLogger("torch.__trace").propagate = False

# Networks this small gain nothing by a second thread, and two that wait for each other on a core
# that is busy with something else take many times as long.
torch.set_num_threads(1)

# An export makes millions of objects that live to its end: each look at them is for nothing.
gc.set_threshold(200_000, 20, 20)
