"""What keeps a cluster from doing a job, in a way that a person can mend."""

from lorgnette.errors import ExitCode, LorgnetteError


class ClusterError(LorgnetteError):
    """The cluster cannot do the job, or not go on; what is done stays done."""

    hint = "Mend it, and run the same command again: it goes on where it stopped."
    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class FarError(LorgnetteError):
    """What went wrong with a picture on another machine, in that machine's words."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class TroubleError(Exception):
    """A worker cannot go on, whatever the picture; its chunks are for others."""

    def __init__(self, worker: str, reason: str) -> None:
        super().__init__(worker, reason)
        self.worker = worker
        self.reason = reason


class NoClusterError(LorgnetteError):
    """What works with clusters is not installed; nothing was touched."""

    hint = "Install it: pip install 'lorgnette[cluster]'."
    exit_code = ExitCode.CANNOT_RUN

    def __init__(self, what: str) -> None:
        """Say what needs it, with its verb."""
        super().__init__(f"{what} an engine that is not installed")
