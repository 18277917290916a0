"""Two networks in turns, by a clock that the networks themselves move."""

import pytest
import torch
from torchvision.transforms.functional import pil_to_tensor

from fixtures.inference import side_by_side
from fixtures.inference.side_by_side import FEWEST, MOST, in_turns


class Timed:
    """Takes ``seconds`` for each image, and longer the longer the run lasts."""

    def __init__(self, clock, seconds, asked):
        self.prepare, self.seconds, self.clock, self.asked = pil_to_tensor, seconds, clock, asked

    def forward(self, batch):
        self.asked.append((self.seconds, len(batch)))
        self.clock[0] += len(batch) * self.seconds * (1 + self.clock[0])
        return torch.zeros(len(batch), 2)


def run(seconds, images=1):
    clock, asked = [0.0], []
    first, second = (Timed(clock, one, asked) for one in seconds)
    return in_turns(first, second, images, clock=lambda: clock[0]), asked


def test_who_is_first_changes_each_round_so_that_drift_favours_nobody():
    rounds, asked = run((0.001, 0.002))
    assert len(rounds) == MOST
    assert [one for one, _ in asked[:4]] == [0.001, 0.002, 0.002, 0.001]
    ratios = [new / old for old, new in rounds]
    assert all(one == pytest.approx(2, rel=0.01) for one in ratios)


def test_slow_networks_are_given_fewer_rounds():
    rounds, asked = run((0.5, 0.6), images=4)
    assert len(rounds) == FEWEST
    assert {images for _, images in asked} == {4}
    assert sum(map(sum, rounds)) > side_by_side.SECONDS
