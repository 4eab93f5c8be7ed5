"""PyTorch's own tracing, which pytest's log capture would switch on, stays off."""

import logging

# Its logger stands at DEBUG, and builds every record as soon as any handler listens: an export
# then takes ten times as long.
logging.getLogger("torch.__trace").propagate = False
