"""The card's numbers, against values worked out by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from fixtures.mini.evaluate import as_input, class_probabilities, score


def test_score_of_four_pictures() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.4, 0.6]])
    result = score(probabilities, np.array([0, 1, 1, 1]))
    assert (result.images, result.accuracy) == (4, 0.75)
    assert result.confidence == pytest.approx(0.75)
    assert result.ece == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)  # bins .9 (half right) and .6 (all right)


def test_certainty_falls_into_the_last_bin() -> None:
    assert score(np.array([[1.0, 0.0]]), np.array([0])).ece == 0.0


def test_input_is_in_minus_one_to_one() -> None:
    pictures = np.zeros((2, 8, 4, 3), dtype=np.uint8)
    pictures[0, 3, 1] = (255, 0, 51)
    images = as_input(pictures)
    assert images.shape == (2, 3, 8, 4)
    assert images[0, :, 3, 1].tolist() == pytest.approx([1.0, -1.0, -0.6])


def test_probabilities_do_not_depend_on_the_batch() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(48, 5))
    pictures = np.random.default_rng(0).integers(0, 256, (7, 4, 4, 3), dtype=np.uint8)
    whole, parts = class_probabilities(model, pictures), class_probabilities(model, pictures, batch=3)
    np.testing.assert_allclose(whole, parts, atol=1e-7)
    np.testing.assert_allclose(whole.sum(axis=1), 1)
