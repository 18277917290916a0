"""A sample with another model's answers on all images: by hand, against its parts, and what is no help."""

from dataclasses import replace

import numpy as np
import pytest

from behaviors.contract import per_image
from behaviors.contract.control_variate import controlled
from behaviors.contract.measurement import Interval, Measurement
from behaviors.robustness.metrics import accuracy, average_accuracy
from behaviors.statistics.intervals import jeffreys, mean_hall

IDS = np.array([f"{k:05d}" for k in range(5000)])
rng = np.random.default_rng(3)
OLD = rng.random(5000) < 0.8
NEW = np.where(rng.random(5000) < 0.06, rng.random(5000) < 0.8, OLD)
SAMPLE = rng.permutation(5000)[:400]


def measured(values, ids):
    """A mean with Hall's bounds."""
    return Measurement(
        float(values.mean()), len(values), mean_hall(values, alpha=0.05), per_image=per_image.mean(ids, values)
    )


def test_shares_are_post_stratified():
    found = controlled(accuracy(NEW[SAMPLE], alpha=0.05, ids=IDS[SAMPLE]), per_image.proportion(IDS, OLD), alpha=0.05)
    old, new = OLD[SAMPLE], NEW[SAMPLE]
    assert found.value == pytest.approx(OLD.mean() * new[old].mean() + (1 - OLD.mean()) * new[~old].mean())
    assert found.worth > 900
    assert found.interval.low < found.value < found.interval.high


def test_the_order_of_rows_does_not_matter():
    shuffled, there = rng.permutation(5000), rng.permutation(SAMPLE)
    one = controlled(accuracy(NEW[SAMPLE], alpha=0.05, ids=IDS[SAMPLE]), per_image.proportion(IDS, OLD), alpha=0.05)
    other = controlled(
        accuracy(NEW[there], alpha=0.05, ids=IDS[there]),
        per_image.proportion(IDS[shuffled], OLD[shuffled]),
        alpha=0.05,
    )
    assert other.value == pytest.approx(one.value, abs=1e-12)
    assert other.interval.low == pytest.approx(one.interval.low, abs=1e-12)


def test_means_are_regressed():
    x = rng.gamma(2, size=5000)
    y = 0.7 * x + 0.2 * rng.standard_normal(5000)
    found = controlled(measured(y[SAMPLE], IDS[SAMPLE]), per_image.mean(IDS, x), alpha=0.05)
    slope = np.polyfit(x[SAMPLE], y[SAMPLE], 1)[0]
    assert found.value == pytest.approx(y[SAMPLE].mean() - slope * (x[SAMPLE].mean() - x.mean()), abs=1e-9)
    share = 1 - np.corrcoef(x[SAMPLE], y[SAMPLE])[0, 1] ** 2
    least = share + (1 - share) * 400 / 5000
    assert 0.85 * least <= 400 / found.worth <= 2 * least  # bounds that allow for what is unseen gain less


def test_an_exact_copy_leaves_only_what_the_list_varies():
    x = rng.gamma(2, size=5000)
    found = controlled(measured(x[SAMPLE], IDS[SAMPLE]), per_image.mean(IDS, x), alpha=0.05)
    whole = mean_hall(x, alpha=0.05)
    assert found.value == pytest.approx(x.mean(), abs=1e-9)
    width, least = found.interval.high - found.interval.low, whole.high - whole.low
    assert 0.9 * least <= width <= 2 * least  # as wide as the sample's own bounds are beyond its spread


def test_bounds_that_know_more_than_the_spread_stay_as_cautious():
    """Such as those of a metric that few errors make uncertain."""
    x = rng.gamma(2, size=5000)
    y = x + 0.2 * rng.standard_normal(5000)
    plain = measured(y[SAMPLE], IDS[SAMPLE])
    wide = replace(plain, interval=Interval(plain.interval.low, plain.value + 1.5, 0.05, "wide"))
    sharp, cautious = (
        controlled(one, per_image.mean(IDS, x), alpha=0.05).interval.high - plain.value for one in (plain, wide)
    )
    assert cautious > 5 * sharp
    unbounded = replace(plain, interval=Interval(plain.interval.low, np.inf, 0.05, "one-sided"))
    assert controlled(unbounded, per_image.mean(IDS, x), alpha=0.05) is None


def test_an_average_over_datasets_is_one_of_strata():
    """The sample holds 400 of 5,000 and all of 300 images: each dataset still counts by its own mean."""
    small, few = np.array([f"s{k}" for k in range(300)]), rng.random(300) < 0.5
    parts = {"big": accuracy(OLD, alpha=0.05, ids=IDS), "small": accuracy(few, alpha=0.05, ids=small)}
    known = average_accuracy(parts, alpha=0.05).per_image
    sampled = average_accuracy(
        {
            "big": accuracy(NEW[SAMPLE], alpha=0.05, ids=IDS[SAMPLE]),
            "small": accuracy(few, alpha=0.05, ids=small),
        },
        alpha=0.05,
    )
    found = controlled(sampled, known, alpha=0.05, strata=True)
    truth = (NEW.mean() + few.mean()) / 2
    assert found is not None
    assert abs(found.value - truth) < abs(sampled.value - truth) + 0.005
    assert found.interval.low < truth < found.interval.high
    assert found.worth > 1.2 * 700


@pytest.mark.parametrize(
    "known",
    [
        None,
        per_image.proportion(IDS[SAMPLE], OLD[SAMPLE]),
        per_image.proportion(np.delete(IDS, SAMPLE[0]), np.delete(OLD, SAMPLE[0])),
        per_image.mean(IDS, OLD),
        per_image.mean(IDS, OLD, IDS),
        per_image.proportion(IDS, np.ones(5000)),
        per_image.proportion(IDS, rng.random(5000) < 0.5),
        per_image.folded(IDS, rng.random(5000), np.zeros(5000)),
    ],
    ids=["nothing", "all of it", "an image missing", "a mean", "clusters", "constant", "unrelated", "gaps"],
)
def test_what_is_no_help(known):
    assert controlled(accuracy(NEW[SAMPLE], alpha=0.05, ids=IDS[SAMPLE]), known, alpha=0.05) is None


def test_few_images_are_not_regressed():
    few = SAMPLE[:20]
    assert controlled(accuracy(NEW[few], alpha=0.05, ids=IDS[few]), per_image.proportion(IDS, OLD), alpha=0.05) is None


def test_jeffreys():
    """Brown, Cai & DasGupta 2001, Table 5 (n = 7, x = 2, 95 %)."""
    found = jeffreys(2, 7, alpha=0.025)
    assert (round(found.low, 3), round(found.high, 3)) == (0.065, 0.648)
    assert jeffreys(0, 7, alpha=0.05).low == 0
    assert jeffreys(7, 7, alpha=0.05).high == 1
