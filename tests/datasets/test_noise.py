"""Noise: the same in any set, known before it is drawn; what it cannot be is refused."""

import numpy as np
import pytest

from fixtures.core.errors import InputError
from fixtures.suite.loader import load_suite


def opened(tmp_path, more=""):
    path = tmp_path / "s.yaml"
    path.write_text(
        f"suite: s\nclasses: [ant, bee]\nmodels: {{}}\ndatasets:\n  x: {{format: noise, outputs: none{more}}}\n"
    )
    return load_suite(str(path)).dataset("x")


def test_each_image_has_its_own_numbers(tmp_path):
    few, many, other = (opened(tmp_path, more) for more in (", images: 3", ", side: 64", ", seed: 1"))
    assert (len(few.ids), len(many.ids)) == (3, 192)
    shown = [np.asarray(many.load(index)) for index in range(3)]
    assert all(np.array_equal(np.asarray(few.load(index)), shown[index]) for index in range(3))
    assert shown[0].shape == (64, 64, 3)
    assert not np.array_equal(shown[0], shown[2])
    assert not np.array_equal(np.asarray(other.load(0)), shown[0])
    assert (
        np.abs(np.diff(shown[1].astype(int), axis=0)).mean() < 20 < np.abs(np.diff(shown[0].astype(int), axis=0)).mean()
    )
    assert len({one.manifest().digest for one in (few, many, other)}) == 3


def test_what_it_cannot_be_is_refused(tmp_path):
    with pytest.raises(InputError, match="noise has the classes pixels, clouds"):
        opened(tmp_path, ", classes: [hiss, hum]")


@pytest.mark.parametrize("more", ["side: 0", "side: -3", "side: 200000", "seed: -1"])
def test_no_image_can_be_drawn_so(tmp_path, more):
    with pytest.raises(InputError, match=f"'datasets.x.{more[:4]}': Input should be"):
        opened(tmp_path, f", {more}")
