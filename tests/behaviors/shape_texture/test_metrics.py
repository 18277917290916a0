"""The three metrics: values, intervals, edges."""

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import t as student

from behaviors.shape_texture import METRICS
from behaviors.shape_texture.evidence import Decisions, decisions
from behaviors.shape_texture.metrics import cue_accuracy, shape_fraction, texture_fraction
from behaviors.statistics.intervals import clopper_pearson
from tests.behaviors.shape_texture.stimuli import counted, leaning, names, said

ALL = {"shape_fraction": shape_fraction, "texture_fraction": texture_fraction, "cue_accuracy": cue_accuracy}
ALPHA = 0.05


def test_worked_by_hand():
    """340 shape, 513 texture, 347 other decisions."""
    found = counted(340, 513, 347)
    shape, texture, either = (metric(found, alpha=ALPHA) for metric in ALL.values())
    assert shape.value == pytest.approx(0.3985932, abs=5e-8)
    assert texture.value == pytest.approx(1 - 0.3985932, abs=5e-8)
    assert either.value == pytest.approx(853 / 1200)
    for measured in (shape, texture, either):
        assert measured.images == 1200
        assert {name: measured.details[name] for name in ("shape", "texture", "other")} == {
            "shape": 340,
            "texture": 513,
            "other": 347,
        }


def test_images_of_their_own_pictures_are_independent():
    """Where no image shares a picture, the interval is nearly the exact one for 340 of 853: [.3707, .4270]."""
    found = shape_fraction(counted(340, 513, 347), alpha=ALPHA)
    assert found.details["design_effect"] == pytest.approx(1, abs=0.01)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.3707241, 0.4269833), abs=1.5e-3)
    exact = clopper_pearson(340, 853, alpha=ALPHA)
    assert (exact.low, exact.high) == pytest.approx((0.3707241, 0.4269833), abs=5e-8)


def test_the_interval_step_by_step():
    """A 2 x 2 design with unequal cells, from the formula of the estimator and nothing of ours."""
    cells = {("a", "x"): (5, 1, 2), ("a", "y"): (4, 3, 0), ("b", "x"): (2, 4, 1), ("b", "y"): (1, 6, 3)}
    rows = [(a, b, kind) for (a, b), counts in cells.items() for kind, n in enumerate(counts) for _ in range(n)]
    kind = np.array([row[2] for row in rows])
    sources = [np.array([row[k] for row in rows]) for k in (0, 1)]
    found = shape_fraction(Decisions(kind == 0, kind == 1, np.full(len(rows), "cat"), *sources), alpha=ALPHA)
    f, n = 12 / 26, 32
    assert found.value == f
    phi = np.select([kind == 0, kind == 1], [1 - f, -f], 0) / (26 / n)

    def variance(keys):
        groups = sorted(set(keys))
        sums = [sum(p for p, key in zip(phi, keys, strict=True) if key == group) for group in groups]
        return len(groups) / (len(groups) - 1) * sum(s * s for s in sums) / n**2

    pairs = [row[:2] for row in rows]
    parts = variance([a for a, _ in pairs]), variance([b for _, b in pairs]), variance(pairs)
    value = max(parts[0] + parts[1] - parts[2], *parts)
    reach = student.ppf(0.95, 1) * np.sqrt(value) / (f * (1 - f))
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (expit(logit(f) - reach), expit(logit(f) + reach)), rel=1e-9
    )


def test_texture_mirrors_shape():
    found = decisions(said(leaning(np.random.default_rng(0), 0.3, 0.5)))
    shape, texture = shape_fraction(found, alpha=ALPHA), texture_fraction(found, alpha=ALPHA)
    assert texture.value == pytest.approx(1 - shape.value)
    assert (texture.interval.low, texture.interval.high) == pytest.approx(
        (1 - shape.interval.high, 1 - shape.interval.low)
    )
    for one, other in zip(shape.parts, texture.parts, strict=True):
        assert one["shape_fraction"] + other["texture_fraction"] == pytest.approx(1)


def test_pictures_that_images_share_widen_the_interval():
    rng = np.random.default_rng(3)
    narrow = shape_fraction(decisions(said(leaning(rng, 0.4, 0.0))), alpha=ALPHA)
    wide = shape_fraction(decisions(said(leaning(rng, 0.4, 1.5))), alpha=ALPHA)
    assert wide.details["design_effect"] > 3 > narrow.details["design_effect"]
    assert "20 shapes, 20 textures" in wide.interval.method


def test_the_truth_is_missed_as_seldom_as_promised():
    """400 worlds of new pictures, a shape fraction of one half by symmetry; binomial bounds miss it far more often."""
    rng, missed, naive = np.random.default_rng(0), 0, 0
    for _ in range(400):
        found = decisions(said(leaning(rng, 0.5, 1.0)))
        interval = shape_fraction(found, alpha=ALPHA).interval
        missed += not interval.low <= 0.5 <= interval.high
        exact = clopper_pearson(int(found.shape.sum()), int(found.decided.sum()), alpha=ALPHA)
        naive += not exact.low <= 0.5 <= exact.high
    assert missed <= 0.14 * 400  # 10 % were promised; the error of the count is 1.5 %
    assert naive > 0.25 * 400


def test_order_does_not_matter():
    found = decisions(said(leaning(np.random.default_rng(0), 0.3, 0.5)))
    mixed = np.random.default_rng(1).permutation(len(found))
    shuffled = Decisions(**{name: column[mixed] for name, column in found.columns().items()})
    for metric in ALL.values():
        one, other = metric(found, alpha=ALPHA), metric(shuffled, alpha=ALPHA)
        assert (one.value, one.parts[0]["category"]) == (other.value, other.parts[0]["category"])
        assert one.interval.low == pytest.approx(other.interval.low, rel=1e-12)


@pytest.mark.parametrize("name", list(ALL))
def test_parts_are_the_categories(name):
    found = decisions(said(leaning(np.random.default_rng(0), 0.4, 0.5)))
    measured = ALL[name](found, alpha=ALPHA)
    assert [row["category"] for row in measured.parts] == ["ant", "bee", "cat", "dog"]
    for cue in ("shape", "texture", "other"):
        assert sum(row[cue] for row in measured.parts) == measured.details[cue]
    for row in measured.parts:
        assert row["images"] == row["shape"] + row["texture"] + row["other"] == 75
        counts = {
            "shape_fraction": (row["shape"], row["shape"] + row["texture"]),
            "texture_fraction": (row["texture"], row["shape"] + row["texture"]),
            "cue_accuracy": (row["shape"] + row["texture"], 75),
        }[name]
        assert row[name] == counts[0] / counts[1]
        assert row["low"] <= row[name] <= row["high"]
    assert METRICS[name].lowest <= measured.interval.low <= measured.interval.high <= METRICS[name].highest


def test_nothing_decided():
    nothing = decisions(said(["na"] * 300))
    for metric in (shape_fraction, texture_fraction):
        with pytest.raises(ValueError, match="undefined: none of 300 decisions followed the shape or the texture"):
            metric(nothing, alpha=ALPHA)
    either = cue_accuracy(nothing, alpha=ALPHA)
    assert either.value == either.interval.low == 0
    assert either.interval.high == pytest.approx(1 - 0.05 ** (1 / 300))


@pytest.mark.parametrize(("part", "value"), [(0, 1.0), (1, 0.0)])
def test_all_decisions_one_way(part, value):
    """No spread to go by: exact bounds, as if the images were independent, and a note."""
    chosen = [name.removesuffix(".png").split("-")[part].rstrip("12345") for name in names()]
    found = decisions(said(chosen))
    shape, texture, either = (metric(found, alpha=ALPHA) for metric in ALL.values())
    assert (shape.value, texture.value, either.value) == (value, 1 - value, 1)
    exact = clopper_pearson(round(300 * value), 300, alpha=ALPHA)
    assert (shape.interval.low, shape.interval.high, shape.interval.method) == (exact.low, exact.high, exact.method)
    assert "no differences; the interval takes the images as independent" in shape.notes[0]
    assert "design_effect" not in shape.details


def test_an_undecided_category_has_no_fraction():
    chosen = ["na" if name.startswith("cat") else name.partition("-")[0].rstrip("12345") for name in names()]
    rows = {row["category"]: row for row in shape_fraction(decisions(said(chosen)), alpha=ALPHA).parts}
    assert (rows["cat"]["shape_fraction"], rows["cat"]["low"], rows["cat"]["high"]) == (None, None, None)
    assert (rows["cat"]["other"], rows["dog"]["shape_fraction"]) == (75, 1.0)


def test_one_category():
    images = [name for name in names() if name.startswith("cat")]
    found = shape_fraction(decisions(said(leaning(np.random.default_rng(0), 0.4, images=images), images)), alpha=ALPHA)
    assert len(found.parts) == 1
    assert found.parts[0]["shape_fraction"] == found.value
    assert (found.parts[0]["low"], found.parts[0]["high"]) == (found.interval.low, found.interval.high)


def test_one_picture_shows_no_differences():
    images = [name for name in names() if name.startswith("cat1-")]
    chosen = ["cat", "ant", "bee"] * 5
    found = shape_fraction(decisions(said(chosen, images)), alpha=ALPHA)
    assert found.interval.method == "Clopper-Pearson, exact"
    assert "only one source on one side" in found.notes[0]


def test_one_image():
    found = shape_fraction(decisions(said(["cat"], ["cat1-dog1.png"])), alpha=ALPHA)
    assert (found.value, found.interval.low, found.interval.high) == (1, pytest.approx(0.05), 1)


def test_few_decisions_the_other_way_are_noted():
    rng = np.random.default_rng(0)
    chosen = leaning(rng, 0.999, 0)
    chosen[:2] = [name.partition("-")[2].rstrip("12345.png") for name in names()[:2]]
    found = shape_fraction(decisions(said(chosen)), alpha=ALPHA)
    assert 0 < found.details["texture"] < 10
    assert f"only {found.details['texture']:.0f} of" in found.notes[0]
