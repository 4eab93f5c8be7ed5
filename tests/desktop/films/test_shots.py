"""Which frames are chosen of samples whose shots are known."""

import numpy as np
import pytest

from lorgnette.films import shots

COLOURS = np.array([[200, 40, 40], [40, 180, 40], [50, 60, 200], [220, 220, 60], [150, 0, 150]])


def sample(seconds: float, colour: int, *, left: int = 0) -> shots.Sample:
    pixels = np.empty((36, 64, 3), np.uint8)
    pixels[:] = COLOURS[colour]
    pixels[8:28, left : left + 16] = 240
    return shots.sample(pixels, seconds)


def black(seconds: float) -> shots.Sample:
    return shots.sample(np.full((36, 64, 3), 16, np.uint8), seconds)


def test_a_still_shot_is_told_by_one_frame_and_a_moving_one_by_four() -> None:
    still = [sample(float(n), 0) for n in range(20)]
    moving = [sample(float(n), 0, left=2 * n) for n in range(20)]
    assert len(shots.choose(still, 12).for_sentence) == 1
    chosen = shots.choose(moving, 12).for_sentence
    assert chosen == (2, 7, 12, 17)
    assert len(shots.choose(moving, 3).for_sentence) == 3


def test_fades_are_not_chosen_unless_there_is_nothing_else() -> None:
    samples = [black(0), sample(1, 0), black(2), sample(3, 1), black(4)]
    choice = shots.choose(samples, 12)
    assert choice.for_sentence == (1, 3)
    assert [number for _, number in choice.scenes] == [1, 3]
    assert shots.choose([black(0), black(1)], 12).for_sentence == (0,)


@pytest.mark.parametrize("period", [2, 3, 5])
def test_of_a_film_of_many_shots_every_part_is_seen(period: int) -> None:
    """Two cameras by turns look alike on average, however long they are taken together."""
    samples = [sample(float(n), n % period) for n in range(120)]
    choice = shots.choose(samples, 12)
    assert len(choice.for_sentence) == 12
    between = np.diff([0, *choice.for_sentence, 119])
    assert between.max() <= 25
    assert len(choice.scenes) == shots.MOST_SCENES
