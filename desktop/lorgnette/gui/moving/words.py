"""What is said of time, and of a frame."""

from lorgnette.gui.batch.picture import Moment
from lorgnette.gui.moving.jobs import Frames, Kind
from lorgnette.gui.saying.translation import number, tr

_MOST_SEEN = 4


def length(seconds: float) -> str:
    """Return how long something takes."""
    if seconds < 60:
        return tr("{count} seconds").format(count=number(seconds, 1))
    return clock(seconds)


def kind_words(found: Frames) -> str:
    """Return what a file is, and how long; "" where nothing moves."""
    words = {
        Kind.NOTHING: "",
        Kind.ANIMATION: tr("Animation, {length}"),
        Kind.FILM: tr("Film, {length}"),
        Kind.OTHER: tr("Several frames, {length}"),
    }[found.kind]
    return words.format(length=length(found.seconds))


def clock(seconds: float) -> str:
    """Return a time as players show it: 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment_words(moment: Moment, place: int, count: int) -> str:
    """Return what one frame shows, in the order in which a person asks.

    Args:
        place: counts from 0.
    """
    when = tr("Frame {place} of {count}, at {time}").format(
        place=number(place + 1), count=number(count), time=length(moment.seconds)
    )
    if not moment.text:
        return tr("{when}: {reason}.").format(when=when, reason=moment.reason)
    told = tr("{when}: {text}").format(when=when, text=moment.text)
    seen = ", ".join(name for name, _ in moment.seen[:_MOST_SEEN])
    return tr("{told} Seen: {things}.").format(told=told, things=seen) if seen else told
