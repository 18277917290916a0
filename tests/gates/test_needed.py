"""How many images a message and a plan ask for: by the kind of the number, and never fewer than did not decide."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behaviors.calibration.metrics import expected_calibration_error
from behaviors.contract.measurement import Interval, Measurement
from behaviors.contract.per_image import proportion
from behaviors.contract.sample_size import assured, n_ece, n_proportion
from behaviors.statistics.intervals import clopper_pearson, jeffreys, mean_z, wilson
from fixtures.gates.needed import images_needed, kind_of
from fixtures.gates.policy import three_way
from fixtures.gates.rule import Rule

AT_LEAST = Rule("t.yaml:1", 0.76, None)
AT_MOST = Rule("t.yaml:1", None, 0.24)


def share(hits, images):
    return Measurement(hits / images, images, clopper_pearson(hits, images, alpha=0.05))


def test_a_proportion_with_a_margin_is_the_golden_value_either_way():
    assert images_needed(AT_LEAST, share(76, 100), margin=0.02) == 5120
    assert images_needed(AT_MOST, share(24, 100), margin=0.02) == 5120


def test_a_proportion_says_so_by_its_images_or_by_its_interval():
    right = np.arange(100) < 76
    known = Measurement(0.76, 100, Interval(0.6, 0.9, 0.05, "of another kind"), per_image=proportion(range(100), right))
    assert kind_of(known) == kind_of(share(76, 100)) == "proportion"
    assert images_needed(AT_LEAST, known, margin=0.02) == 5120
    assert kind_of(Measurement(0.76, 100, mean_z(right, alpha=0.05))) == "mean"


@pytest.mark.parametrize("bounds", [clopper_pearson, jeffreys, wilson])
def test_what_kind_of_number_it_is_hangs_on_no_words(bounds):
    interval = replace(bounds(76, 100, alpha=0.05), method="in other words")
    assert images_needed(AT_LEAST, Measurement(0.76, 100, interval), margin=0.02) == 5120


def test_without_a_margin_it_allows_for_how_uncertain_the_distance_is():
    for hits in (74, 78):
        bounds = share(hits, 100).interval
        reach = hits / 100 - bounds.low if hits > 76 else bounds.high - hits / 100
        planned = assured(0.02, reach, alpha=0.05)
        expected = n_proportion(0.76, 0.76 + np.sign(hits - 76) * planned, alpha=0.05)
        assert images_needed(AT_LEAST, share(hits, 100), margin=0.0) == pytest.approx(expected, rel=0.001)
        assert expected > 2 * n_proportion(0.76, hits / 100, alpha=0.05)
    assert images_needed(AT_LEAST, share(76, 100), margin=0.0) is None


def test_a_margin_beyond_what_a_share_can_be_is_always_enough():
    assert images_needed(Rule("t.yaml:1", 0.01, None), share(50, 100), margin=0.02) == 1


MEAN = 400 * (0.2 / assured(0.05, 0.1, alpha=0.05)) ** 2
"""Twice 0.1 on 400 images, to be as narrow as what there is to plan for where 0.05 was measured."""


def test_a_mean_is_scaled_by_how_wide_its_interval_is():
    measured = Measurement(0.5, 400, Interval(0.4, 0.6, 0.05, "by hand"))
    assert images_needed(Rule("t.yaml:1", None, 0.55), measured, margin=0.1) == 1600
    assert images_needed(Rule("t.yaml:1", None, 0.55), measured, margin=0.0) == pytest.approx(MEAN, rel=0.001)


def test_of_two_sides_the_one_that_takes_more():
    measured = Measurement(0.0, 400, Interval(-0.1, 0.1, 0.05, "by hand"))
    assert images_needed(Rule("t.yaml:1", -0.2, 0.05), measured, margin=0.0) == pytest.approx(MEAN, rel=0.001)
    assert images_needed(Rule("t.yaml:1", -0.2, 0.0), measured, margin=0.0) is None


@pytest.mark.parametrize("low", [float("-inf"), None])
def test_what_has_no_width_has_no_number(low):
    interval = None if low is None else Interval(low, 1.0, 0.05, "by hand")
    assert images_needed(AT_LEAST, Measurement(0.5, 10, interval), margin=0.02) is None


def one_sided(images):
    """Half of the images at 0.95, 90 % right, the others at 0.7, 60 % right: over-confident everywhere."""
    half = np.arange(images // 2)
    confidence = np.repeat([0.95, 0.7], images // 2)
    correct = np.concatenate([half % 10 != 0, half % 10 < 6])
    return confidence, correct


def test_a_calibration_error_goes_by_the_spread_of_its_gaps():
    confidence, correct = one_sided(2000)
    measured = expected_calibration_error(confidence, correct, bins=15, alpha=0.05)
    spread = float(np.std(confidence - correct))
    expected = n_ece(spread, 0.01, alpha=0.05, sign_changes=measured.per_image is None)
    assert images_needed(Rule("t.yaml:1", None, 0.05), measured, margin=0.01) == pytest.approx(expected, rel=0.02)


def test_no_number_of_images_brings_a_calibration_error_to_nothing():
    random = np.random.default_rng(0)
    confidence = random.uniform(0.4, 1, 60)
    right = random.uniform(size=60) < confidence
    ece = expected_calibration_error(confidence, right, bins=15, alpha=0.05)
    assert images_needed(Rule("t.yaml:1", None, 0.0), ece, margin=0.0) is None


def test_a_limit_near_the_noise_takes_as_many_as_let_a_calibrated_model_pass():
    interval = Interval(0.0, 0.14, 0.05, "whatever it is called", "gaps")
    measured = Measurement(0.1, 200, interval, details={"noise_floor": 0.2})
    loose, tight = (images_needed(Rule("t.yaml:1", None, limit), measured, margin=0.2) for limit in (0.7, 0.001))
    spread = 0.04 * np.sqrt(200) / 1.6448536
    assert loose == n_ece(spread, 0.2, alpha=0.05, sign_changes=True)
    assert tight == np.ceil(((0.2 * np.sqrt(200) + 2 * 1.6448536 * spread) / 0.201) ** 2)


@given(st.floats(0.01, 0.99), st.integers(5, 60), st.floats(0, 0.3), st.sampled_from(["min", "max"]))
def test_never_fewer_than_did_not_decide(limit, images, margin, side):
    rule = Rule("t.yaml:1", limit if side == "min" else None, limit if side == "max" else None, margin=margin)
    for hits in range(images + 1):
        measured = share(hits, images)
        needed = images_needed(rule, measured, margin=margin)
        if needed is not None and three_way(rule, measured.interval).outcome == "inconclusive":
            assert needed > images
