"""Random numbers: by name, by image, and nothing else."""

import numpy as np

from fixtures.mini.draws import Draws, image_seeds


def test_a_longer_set_begins_with_the_shorter():
    assert (image_seeds("val", 0, 100)[:10] == image_seeds("val", 0, 10)).all()


def test_streams_and_seeds_differ():
    sets = [image_seeds("val", 0, 50), image_seeds("v2", 0, 50), image_seeds("val", 1, 50)]
    assert len(np.unique(np.concatenate(sets))) == 150


def test_the_numbers_themselves_are_pinned():
    """The same on every machine: integers only, then one exact division."""
    seeds = image_seeds("val", 0, 2)
    assert seeds.tolist() == [2847622765685887305, 17470141517512615688]
    assert Draws(seeds).uniform("yaw").tolist() == [0.8148086411703823, 0.9940592021710413]


def test_columns_are_uniform_and_unrelated():
    draws = Draws(image_seeds("draws", 0, 20_000))
    first, second = draws.uniform("first"), draws.uniform("second")
    counts = np.histogram(first, bins=20, range=(0, 1))[0]
    assert (np.abs(counts - 1000) < 5 * np.sqrt(950)).all()
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.03


def test_normal_has_the_stated_spread():
    values = Draws(image_seeds("draws", 0, 20_000)).normal("value", 3.0)
    assert abs(values.mean()) < 0.1
    assert abs(values.std() - 3.0) < 0.1
    assert abs((np.abs(values) > 6).mean() - 0.0455) < 0.006  # two-sided tail beyond two deviations


def test_choice_reaches_every_value_and_no_other():
    assert np.unique(Draws(image_seeds("draws", 0, 2_000)).choice("k", 7)).tolist() == list(range(7))


def test_prefixes_keep_objects_apart():
    seeds = image_seeds("draws", 0, 100)
    assert (Draws(seeds).uniform("x") != Draws(seeds, "second.").uniform("x")).all()
