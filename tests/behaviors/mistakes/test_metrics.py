"""Error ratios by hand, by another library and by simulation; the mean as the published tables take it."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behaviors.mistakes import bounds, metrics
from behaviors.mistakes.bounds import influences, ratio, ratio_interval
from behaviors.mistakes.evidence import Errors
from behaviors.mistakes.metrics import (
    any_unjudged,
    error_ratio,
    mean_error_ratio,
    mean_influence,
    unjudged,
    worst_factor,
)
from benchmarks.error_ratios import misses, overlapping

ALPHA = 0.05
NAMES = ("pose", "texture")


def grouped(*groups):
    """Errors from (images, errors, factors that they carry), two factors."""
    wrong = np.concatenate([np.arange(images) < errors for images, errors, _ in groups])
    carries = np.concatenate([np.tile([name in factors for name in NAMES], (n, 1)) for n, _, factors in groups])
    return Errors(wrong, carries, NAMES)


SOME = grouped((40, 10, "pose"), (50, 30, "texture"), (30, 9, ("pose", "texture")), (200, 20, ""))


def test_the_golden_ratio():
    """texture of ViT on ImageNet-X: 134 of 282 wrong, 10,716 of 46,110 overall; to all printed digits."""
    found = ratio_interval(134, 282, 10716, 46110, alpha=ALPHA)
    assert round(ratio(134, 282, 10716, 46110), 7) == 2.0446459
    assert (round(found.low, 7), round(found.high, 7)) == (1.8290394, 2.2620921)


def test_the_golden_ratio_on_few_images():
    """8 of 20 wrong, 200 of 1,000 overall: twice as often, [1.0976072, 3.0167897]."""
    found = ratio_interval(8, 20, 200, 1000, alpha=ALPHA)
    assert ratio(8, 20, 200, 1000) == pytest.approx(2)
    assert (found.low, found.high) == pytest.approx((1.0976072, 3.0167897), abs=5e-8)


@pytest.mark.parametrize("counts", [(134, 282, 10716), (5, 40, 300), (39, 40, 300), (3, 900, 40)])
def test_ratio_limits_are_near_anothers_score_limits(counts):
    """statsmodels' score interval for a ratio of proportions, mapped the same way, is nearly as wide."""
    confint = pytest.importorskip("statsmodels.stats.proportion").confint_proportions_2indep
    x, m, total = counts
    n = 46_110
    low, high = confint(x, m, total - x, n - m, compare="ratio", method="score", alpha=2 * ALPHA)
    share = m / n
    found = ratio_interval(x, m, total, n, alpha=ALPHA)
    mapped = [r / (share * r + 1 - share) for r in (low, high)]
    value = ratio(x, m, total, n)
    assert found.low <= mapped[0] * 1.01
    assert found.high >= mapped[1] * 0.99
    assert found.high - found.low <= 1.6 * (mapped[1] - mapped[0])
    assert found.low < value < found.high


def test_by_hand():
    pose = error_ratio(SOME, "pose", alpha=ALPHA)
    overall = (10 + 30 + 9 + 20) / 320
    assert (pose.value, pose.images) == (pytest.approx(19 / 70 / overall), 70)
    assert pose.details == pytest.approx({"errors": 19, "error": 19 / 70, "overall_error": overall})
    mean = mean_error_ratio(SOME, alpha=ALPHA)
    texture = 39 / 80 / overall
    assert (mean.value, mean.images) == (pytest.approx((19 / 70 / overall + texture) / 2), 320)
    rows = [(row["factor"], row["images"], row["errors"], row["ratio"]) for row in mean.parts]
    assert rows == [("pose", 70, 19, pose.value), ("texture", 80, 39, pytest.approx(texture))]
    assert (mean.parts[0]["low"], mean.parts[0]["high"]) == (pose.interval.low, pose.interval.high)
    worst = worst_factor(SOME, alpha=ALPHA)
    assert (worst.value, worst.images) == (pytest.approx(texture), 320)
    assert "the factor is texture, on 80 images" in worst.notes
    assert worst.parts == mean.parts


def test_the_mean_is_also_a_mean_over_errors():
    """Sum over errors of [carries] / share, over the number of errors: the identity its interval stands on."""
    weighed = metrics.weights(SOME)[SOME.wrong]
    assert weighed.mean() == pytest.approx(mean_error_ratio(SOME, alpha=ALPHA).value)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_limits_hold_the_value_and_stay_possible(data):
    m = data.draw(st.integers(30, 200))
    rest = data.draw(st.integers(1, 500))
    x = data.draw(st.integers(0, m))
    other = data.draw(st.integers(0 if x else 1, rest))
    n, value = m + rest, ratio(x, m, x + other, m + rest)
    found = ratio_interval(x, m, x + other, n, alpha=ALPHA)
    assert 0 <= found.low <= value <= found.high <= n / m * (1 + 1e-12)
    wider = ratio_interval(x, m, x + other, n, alpha=0.01)
    assert wider.low <= found.low
    assert found.high <= wider.high


def test_one_factor_is_its_own_mean_and_largest():
    alone = Errors(SOME.wrong, SOME.carries[:, :1], ("pose",))
    one = error_ratio(alone, "pose", alpha=ALPHA)
    assert mean_error_ratio(alone, alpha=ALPHA).value == one.value == worst_factor(alone, alpha=ALPHA).value
    assert worst_factor(alone, alpha=ALPHA).interval.low == one.interval.low


def test_every_image_of_a_factor_right_or_wrong():
    never = error_ratio(grouped((40, 0, "pose"), (100, 20, "texture")), "pose", alpha=ALPHA)
    assert (never.value, never.interval.low) == (0, 0)
    assert 0 < never.interval.high < 1
    always = error_ratio(grouped((40, 40, "pose"), (100, 20, "texture")), "pose", alpha=ALPHA)
    assert always.value == pytest.approx(140 / 60)
    assert always.interval.low > 1.5
    everything = grouped((40, 40, "pose"), (100, 100, "texture"))
    assert mean_error_ratio(everything, alpha=ALPHA).value == pytest.approx(1)
    only_there = error_ratio(grouped((40, 5, "pose"), (60, 0, "")), "pose", alpha=ALPHA)
    assert only_there.value == only_there.interval.high == pytest.approx(2.5)


def test_too_few_images_are_refused():
    few = grouped((29, 10, "pose"), (50, 20, "texture"), (100, 10, ""))
    reason = "only 29 images carry the factor pose, and fewer than 30 say too little"
    assert unjudged(few, "pose") == any_unjudged(few) == reason
    assert unjudged(few, "texture") == ""
    assert error_ratio(few, "texture", alpha=ALPHA).images == 50
    for refused in (lambda: error_ratio(few, "pose", alpha=ALPHA), lambda: mean_error_ratio(few, alpha=ALPHA)):
        with pytest.raises(ValueError, match=reason):
            refused()
    for refused in (lambda: worst_factor(few, alpha=ALPHA), lambda: mean_influence(few)):
        with pytest.raises(ValueError, match=reason):
            refused()
    enough = grouped((30, 10, "pose"), (50, 20, "texture"), (100, 10, ""))
    assert any_unjudged(enough) == ""


def test_several_refusals_are_listed_together():
    few = grouped((29, 10, "pose"), (3, 1, "texture"), (100, 10, ""))
    assert "2 of 2 factors cannot be judged" in any_unjudged(few)
    assert "pose (29), texture (3)" in any_unjudged(few)
    with pytest.raises(ValueError, match=r"pose \(29\), texture \(3\)"):
        mean_error_ratio(few, alpha=ALPHA)


def test_no_errors_have_no_ratio():
    """A model that is always right is not judged; the ratio is not 0, nor 1."""
    right = grouped((40, 0, "pose"), (50, 0, "texture"), (100, 0, ""))
    assert any_unjudged(right) == "the model is right on all 190 images: errors that are not there have no ratio"
    with pytest.raises(ValueError, match="right on all 190 images"):
        worst_factor(right, alpha=ALPHA)


def test_a_factor_of_every_image_is_compared_with_nothing():
    all_posed = grouped((40, 10, "pose"), (50, 5, ("pose", "texture")))
    assert unjudged(all_posed, "pose") == "all 90 images carry the factor pose: there are no others to compare with"
    assert any_unjudged(all_posed)


def test_few_errors_are_mentioned():
    rare = grouped((60, 1, "pose"), (50, 0, "texture"), (100, 0, ""))
    found = mean_error_ratio(rare, alpha=ALPHA)
    assert found.interval is None
    assert found.notes == ("it rests on few errors: 1",)
    assert not any("rests on" in note for note in mean_error_ratio(SOME, alpha=ALPHA).notes)


def test_left_out_images_are_mentioned():
    errors = Errors(SOME.wrong, SOME.carries, NAMES, prototypes=3, unknown=1200)
    for found in (mean_error_ratio(errors, alpha=ALPHA), error_ratio(errors, "pose", alpha=ALPHA)):
        assert found.notes == ("1,200 images have no annotation and take no part",)


def test_influences_are_the_change_that_one_image_makes():
    """Against the numerical derivative: giving one image a little more weight moves the ratio by its influence."""
    found = influences(SOME.wrong, SOME.carries)
    assert found.sum(0) == pytest.approx([0, 0], abs=1e-9)
    assert found.mean(1) == pytest.approx(mean_influence(SOME))
    share = SOME.carries.mean(0)

    def ratios(errors):
        return (errors[:, None] * SOME.carries).mean(0) / share / errors.mean()

    for row in (0, 45, 95, 319):
        errors = SOME.wrong.astype(float)
        step = 1e-6 * errors[row]
        errors[row] += step
        change = (ratios(errors) - ratios(SOME.wrong.astype(float))) * len(SOME)
        assert change == pytest.approx(found[row] * 1e-6, abs=1e-9)


def test_the_intervals_keep_their_promise():
    """On a small world, each side misses about as seldom as it says (5 %; 400 test sets)."""
    world = overlapping(1200, 0.12, 0.2, np.random.default_rng(1))
    found = misses(world, 400, np.random.default_rng(2))
    for name in ("mean", "largest", "rarest"):
        assert max(found[name]) <= 0.08, (name, found[name])
    assert max(found["mean"]) > 0.001


@pytest.mark.parametrize("alpha", [0, 0.5, math.nan])
def test_alpha_is_the_error_of_one_side(alpha):
    with pytest.raises(ValueError, match="alpha is the error of one side"):
        error_ratio(SOME, "pose", alpha=alpha)


def test_the_docstring_example():
    done = doctest.testmod(metrics)
    assert done.attempted > 0
    assert done.failed == 0
    assert bounds.METHOD in error_ratio(SOME, "pose", alpha=ALPHA).interval.method
