"""What a job on a cluster yields."""

from dataclasses import dataclass

from lorgnette.jobs.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one picture, and who found it out."""

    outcome: Outcome
    worker: str  # as files.process_name calls it
    provider: str
    model: str
