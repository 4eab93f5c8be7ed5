"""What an animation or a film is, once the frames that tell it were found."""

from dataclasses import dataclass

from lorgnette.captioning.moving import Frame


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of a film that looks alike, and a frame that stands for it."""

    start: float  # seconds from the beginning
    end: float
    frame: Frame


@dataclass(frozen=True, slots=True)
class MovingPicture:
    """An animation or a film.

    Attributes:
        seconds: how long it is.
        frames: as many as one sentence is told from, that tell it, in order; at least one.
        scenes: at most shots.MOST_SCENES, in order; each a part of the whole.
    """

    seconds: float
    frames: tuple[Frame, ...]
    scenes: tuple[Scene, ...]
