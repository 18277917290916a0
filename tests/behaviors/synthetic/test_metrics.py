"""Accuracy per factor and on average: by hand, against other implementations, simulated, and at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binomtest, norm
from scipy.stats import t as student

from behaviors.statistics.effective import mean_of_shares
from behaviors.synthetic import FACTORS, METRICS, metric_of
from behaviors.synthetic.metrics import INDEPENDENT, ONE_SCENE, factor_accuracy, mean_accuracy
from behaviors.synthetic.scenes import Scenes, scenes
from tests.behaviors.synthetic.sweeps import said, sweep, together

RNG = np.random.default_rng(0)


def one(right, **changes):
    return factor_accuracy(scenes(sweep(right, **changes)), alpha=0.05)


def test_by_hand():
    found = one([[1, 1, 0], [1, 0, 0]])
    assert found.value == 0.5
    assert found.images == 6
    assert found.details == {"scenes": 2}
    assert [(row["level"], row["images"], row["accuracy"]) for row in found.parts] == [
        ("0", 2, 1.0),
        ("10", 2, 0.5),
        ("20", 2, 0.0),
    ]


def test_levels_have_exact_intervals_as_each_scene_is_there_once():
    right = RNG.random((30, 4)) < 0.8
    for place, row in enumerate(one(right).parts):
        exact = binomtest(int(right[:, place].sum()), 30).proportion_ci(0.9, method="exact")
        assert (row["low"], row["high"]) == pytest.approx((exact.low, exact.high))


def test_the_interval_is_nearly_that_of_survey_statistics():
    """svyciprop(method = "beta") of R's survey: Clopper-Pearson at the effective size, with t for the clusters."""
    right = RNG.random((40, 1)) + 0.4 * RNG.random((40, 5)) < 0.9
    p, scene = right.mean(), right.sum(axis=1) - 5 * right.mean()
    variance = scene.var(ddof=1) * 40 / 200**2
    effective = p * (1 - p) / variance * (norm.ppf(0.95) / student.ppf(0.95, 39)) ** 2
    assert effective < 200
    from scipy.stats import beta

    expected = (
        beta.ppf(0.05, p * effective, effective - p * effective + 1),
        beta.ppf(0.95, p * effective + 1, effective - p * effective),
    )
    interval = one(right).interval
    assert (interval.low, interval.high) == pytest.approx(expected, abs=0.005)
    assert interval.method == "mean over 40 scenes, allowing for an unseen one"


@pytest.mark.parametrize("wrong", [(0.2,), (0.1, 0.3, 0.2), (0.05,) * 12, tuple(np.linspace(0, 1, 20))])
def test_the_bounds_are_those_of_random_weights_with_an_unseen_scene(wrong):
    """Independently: quantiles of the mean of the scenes' shares and an unseen one's under Dirichlet weights."""
    share = np.append(np.ones(25 - len(wrong)), 1 - np.array(wrong))
    found = mean_of_shares(share, images=10**6, alpha=0.05)
    weights = np.random.default_rng(0).dirichlet(np.ones(26), 100_000)
    for side, parts in ((1 - found.low, 1 - share), (found.high, share)):
        assert side == pytest.approx(np.quantile(weights @ np.append(parts, 1), 0.95), abs=0.006)


def test_scenes_that_are_alike_widen_the_interval():
    alone = np.random.default_rng(1).random((60, 1)) < 0.7
    repeated, mixed = np.repeat(alone, 8, axis=1), np.random.default_rng(1).random((60, 8)) < 0.7
    wide, narrow = one(repeated).interval, one(mixed).interval
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    single = binomtest(int(alone.sum()), 60).proportion_ci(0.9, method="exact")
    assert wide.low == pytest.approx(single.low, abs=0.01)


@pytest.mark.parametrize("middle", [0.0, 3.0])
def test_each_side_errs_about_as_often_as_promised(middle):
    """64 scenes that differ, 5 levels; alpha 5 %: within 3 and 8 % where normal bounds would miss 9 % and more."""
    rng = np.random.default_rng(2)
    slope = np.linspace(1, -1, 5)
    truth = (1 / (1 + np.exp(-(middle + slope + rng.normal(0, 1, (200_000, 1)))))).mean()
    below = above = 0
    for _ in range(600):
        right = rng.random((64, 5)) < 1 / (1 + np.exp(-(middle + slope + rng.normal(0, 1, (64, 1)))))
        interval = one(right).interval
        below += interval.low > truth
        above += interval.high < truth
    assert below / 600 < 0.075
    assert above / 600 < 0.075


@pytest.mark.parametrize(("value", "low", "high"), [(1, 0.05 ** (1 / 20), 1.0), (0, 0.0, 1 - 0.05 ** (1 / 20))])
def test_all_or_none_right_is_as_good_as_one_image_per_scene(value, low, high):
    found = one(np.full((20, 5), value))
    assert found.value == value
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))


def test_scenes_that_agree_to_the_last_are_no_certainty():
    """Right on two levels, wrong on two, for all scenes: no variance between scenes, and still an interval.

    Either bound allows for a scene that is right, or wrong, on all levels, and is within that of a sample that has one.
    """
    found = one(np.tile([1, 1, 0, 0], (20, 1)))
    assert found.value == 0.5
    exact = binomtest(40, 80).proportion_ci(0.9, method="exact")
    assert found.interval.low == pytest.approx(1 - found.interval.high)
    with_another = binomtest(44, 84).proportion_ci(0.9, method="exact")
    assert exact.high < found.interval.high < with_another.high


def test_one_scene_has_no_interval():
    found = one([[1, 0, 1]])
    assert found.interval is None
    assert found.notes == (ONE_SCENE,)
    assert mean_accuracy(scenes(sweep([[1, 0, 1]])), alpha=0.05).interval is None


def test_without_scenes_images_are_independent_and_that_is_said():
    right = RNG.random((30, 4)) < 0.8
    found = one(right, base=None)
    exact = binomtest(int(right.sum()), 120).proportion_ci(0.9, method="exact")
    assert (found.interval.low, found.interval.high) == pytest.approx((exact.low, exact.high))
    assert found.notes == (INDEPENDENT,)
    assert found.details == {}


def test_without_levels_there_are_no_parts():
    assert one([[1, 0], [1, 1]], level=None, step=None).parts == ()


def test_levels_come_by_step_or_as_they_come():
    columns = {"level": np.array(["b", "a"] * 3), "factor": np.full(6, "Worlds")}
    right = np.ones(6, dtype=bool)
    assert Scenes(right, **columns).levels == ("b", "a")
    assert Scenes(right, **columns, step=np.array([1, 0] * 3)).levels == ("a", "b")
    with pytest.raises(ValueError, match="the level 'b' stands at several steps: 0, 1"):
        _ = Scenes(right, **columns, step=np.array([1, 1, 0, 1, 1, 1])).levels


def test_the_mean_weighs_factors_alike_however_many_images_they_have():
    large, small = sweep(np.ones((10, 9)), "Worlds"), sweep(np.zeros((10, 2)), "Scene_Light")
    found = mean_accuracy(scenes(together(large, small)), alpha=0.05)
    assert found.value == 0.5
    assert [(row["factor"], row["images"], row["accuracy"]) for row in found.parts] == [
        ("Worlds", 90, 1.0),
        ("Scene_Light", 20, 0.0),
    ]
    assert found.notes[0].startswith("without Camera_Pitch, Camera_Yaw")
    assert 0 < found.interval.low < 0.5 < found.interval.high < 1


def test_the_interval_of_the_mean_is_over_scenes_that_all_factors_share():
    """With as many images per factor the mean is that of the scenes' own accuracies."""
    parts = [RNG.random((40, 1)) + 0.5 * RNG.random((40, 3)) < 0.9 for _ in FACTORS]
    found = mean_accuracy(scenes(together(*(sweep(r, f) for r, f in zip(parts, FACTORS, strict=True)))), alpha=0.05)
    joint = one(np.concatenate(parts, axis=1))
    assert found.value == pytest.approx(joint.value)
    assert (found.interval.low, found.interval.high) == pytest.approx((joint.interval.low, joint.interval.high))
    assert found.notes == ()
    assert [row["factor"] for row in found.parts] == list(FACTORS)


def test_factors_come_in_the_papers_order_and_unknown_ones_after():
    parts = [sweep([[1], [1]], name) for name in ("Fog", "Scene_Light", "Worlds")]
    assert scenes(together(*parts)).factors == ("Worlds", "Scene_Light", "Fog")


def test_any_of_the_valid_outputs_is_right():
    """The published double mapping: 841 is Shirt and Sweatshirt; a prediction that no class claims is wrong."""
    predictions = said([0] * 5, ["Worlds"] * 5, top_classes=np.array([[841], [841], [272], [269], [5]]))
    predictions.annotations["valid"] = np.array(["841", "841", "269 270 271 272", "270", "1"])
    assert scenes(predictions).correct.tolist() == [True, True, True, False, False]


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(ValueError, match="pug: needs the annotation 'factor'"):
        scenes(said([1], ["Worlds"], annotations={}))
    with pytest.raises(ValueError, match="accuracy on 0 images is undefined"):
        scenes(said([], []))
    with pytest.raises(ValueError, match="one factor at a time; got Worlds, Scene_Light"):
        factor_accuracy(scenes(said([1, 1], ["Scene_Light", "Worlds"])), alpha=0.05)
    with pytest.raises(ValueError, match="one factor at a time; got none"):
        factor_accuracy(scenes(said([1], ["Worlds"])).of("Scene_Light"), alpha=0.05)
    with pytest.raises(ValueError, match="accuracy on 0 images"):
        mean_accuracy(scenes(said([1], ["Worlds"])).of("Scene_Light"), alpha=0.05)
    with pytest.raises(ValueError, match=r"every image needs a base: it has shape \(3,\), there are 2 images"):
        Scenes(np.ones(2, dtype=bool), np.array(["Worlds"] * 2), base=np.arange(3))
    silent = said([1, 1], ["Worlds"] * 2)
    silent.annotations["valid"] = np.array(["1", ""])
    with pytest.raises(ValueError, match="no class is valid for 1 images, such as 1"):
        scenes(silent)


@given(arrays(bool, st.tuples(st.integers(2, 6), st.integers(1, 4))), st.sampled_from([0.01, 0.05, 0.2]))
def test_laws(right, alpha):
    found = factor_accuracy(scenes(sweep(right)), alpha=alpha)
    assert found.value == pytest.approx(right.mean())
    assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
    assert found.interval.low < found.interval.high
    worse = factor_accuracy(scenes(sweep(np.zeros_like(right))), alpha=alpha)
    assert worse.interval.low <= found.interval.low
    assert metric_of("Camera_Yaw") in METRICS


def test_eleven_metrics():
    assert len(METRICS) == 11
    assert set(METRICS) == {metric_of(factor) for factor in FACTORS} | {"mean_accuracy"}
