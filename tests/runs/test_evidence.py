"""What is kept comes back as it was: evidence, decisions, comparisons; and how the worst flips are found."""

import numpy as np
import pytest
from PIL import Image

from behaviors.contract.per_image import PerImage, mean, proportion
from fixtures.gates.comparison import Compared
from fixtures.reports.attachments import png
from fixtures.runs import decisions, evidence
from fixtures.runs.comparison_context import settled, worded
from fixtures.runs.decisions import Decisions
from fixtures.runs.flips import worst
from fixtures.runs.gallery import gallery
from tests.reports.checks import check

IDS = np.array([f"n01/{i:04d}-ü.png" for i in range(300)])
RNG = np.random.default_rng(0)
CLUSTERS = (RNG.choice(["a", "b", "long name"], 300), RNG.choice(["x", "y"], 300))
ROWS = {
    "proportion": proportion(IDS, RNG.random(300) < 0.7),
    "mean": mean(IDS, RNG.normal(size=300)),
    "clustered": mean(IDS, RNG.normal(size=300), *CLUSTERS),
    "gaps": PerImage(IDS, RNG.normal(size=300), "gaps", bins=RNG.integers(0, 15, 300), part="over"),
}


@pytest.mark.parametrize("name", ROWS)
def test_evidence_comes_back_to_the_last_bit(tmp_path, name):
    rows, about = ROWS[name], check(metric=name)
    evidence.write(tmp_path, about, evidence.Evidence(rows, ("vit-clip",), ("val", "a")))
    found = evidence.Reader(tmp_path, "a run")(about)
    assert (found.models, found.datasets) == (("vit-clip",), ("val", "a"))
    back = found.per_image
    assert (back.kind, back.part) == (rows.kind, rows.part)
    np.testing.assert_array_equal(back.ids, rows.ids)
    np.testing.assert_array_equal(back.values, rows.values)
    assert back.values.dtype == np.float64
    assert len(back.clusters) == len(rows.clusters)
    for kept, was in zip(back.clusters, rows.clusters, strict=True):
        np.testing.assert_array_equal(kept, was)
    if rows.bins is not None:
        np.testing.assert_array_equal(back.bins, rows.bins)


def test_a_check_that_said_nothing_of_images_has_no_evidence(tmp_path):
    assert evidence.Reader(tmp_path, "a run")(check()) is None


def test_fifty_thousand_images_of_a_share_are_small(tmp_path):
    ids = np.array([f"n01440764/ILSVRC2012_val_{i:08d}.JPEG" for i in range(50_000)])
    evidence.write(tmp_path, check(), evidence.Evidence(proportion(ids, RNG.random(50_000) < 0.76), (), ()))
    (file,) = (tmp_path / evidence.EVIDENCE).iterdir()
    assert file.stat().st_size < 10_000


def _decisions(predicted, confidence):
    ids = np.array(["a", "b", "c"])
    said = np.array(predicted), np.array(confidence, dtype=np.float64), np.array(confidence, dtype=np.float64) / 2
    return Decisions(("ant", "bee"), ids, np.zeros(3, dtype=np.int64), *said)


def test_decisions_come_back(tmp_path):
    found = _decisions([0, 1, -1], [0.25, 1.0, np.nan])
    decisions.write(tmp_path, "vit", "val", found)
    back = decisions.read(tmp_path, "vit", "val", "a run")
    assert list(back.about(["c", "b"])) == [
        {"label": "ant", "predicted": "none", "confidence": None},
        {"label": "ant", "predicted": "bee", "confidence": 1.0},
    ]
    assert decisions.read(tmp_path, "vit", "real", "a run") is None


def test_the_worst_flip_is_the_surest_one():
    before, now = _decisions([0, 0, 0], [0.9, 0.8, 0.7]), _decisions([1, 1, 1], [0.6, 0.95, np.nan])
    rows = worst(np.array(["a", "b", "c"]), before, now)
    assert [row["id"] for row in rows] == ["b", "a", "c"]
    assert rows[0] == {
        "id": "b", "label": "ant", "old": "ant", "old_confidence": 0.8, "new": "bee", "new_confidence": 0.95,
    }  # fmt: skip
    assert worst(np.array(["a"]), None, now) == [{"id": "a"}]
    assert worst(np.array(["z"]), before, now) == [{"id": "z"}], "of what is not known there is the id only"


def _compared(**changes):
    known = {
        "nodeid": "behaviors/toy/test_toy.py::test_right[vit-val]",
        "behavior": "toy", "metric": "right", "title": "Right answers", "unit": "fraction", "better": "higher",
        "model": "vit", "baseline": "runs/a", "dataset": "val", "view": "identity", "old": 0.9, "new": 0.8,
        "status": "undecided", "message": "", "where": "thresholds.yaml", "alpha": 0.05, "difference": -0.1,
        "low": -0.14, "high": -0.07, "p": 0.5, "images": 200, "changed": 20, "method": "Tango",
    }  # fmt: skip
    return Compared(**{**known, **changes})


def test_a_comparison_comes_back():
    one = _compared(notes=("a note",), flips=({"id": "a"},))
    assert Compared.from_dict(one.to_dict()) == one
    assert one.report_id == "behaviors/toy/test_toy.py::test_right::baseline.right[vit-val]"


def test_the_family_is_corrected_by_holm():
    """statistics.md, golden value 10; what has no direction is none of the family."""
    found = [_compared(p=p) for p in (0.01, 0.04, 0.03, 0.005)]
    done = worded(settled([*found, _compared(p=None), _compared(status="identical", p=None)]))
    assert [one.adjusted_p for one in done[:4]] == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert [one.adjusted_p for one in done[4:]] == [None, None]
    assert [one.status for one in done] == ["regression", "watch", "watch", "regression", "undecided", "identical"]
    assert "p = 0.01; by Holm over 4 comparisons 0.03 (alpha 0.05)" in done[0].message


def test_what_a_release_hangs_on_has_half_of_alpha():
    found = [_compared(p=0.02, primary=True), *(_compared(p=0.4) for _ in range(89))]
    done = worded(settled(found))
    assert [one.status for one in done[:2]] == ["regression", "undecided"]
    assert "p = 0.02; by Holm as a primary one of 90 comparisons 0.04 (alpha 0.05)" in done[0].message
    assert worded(settled([_compared(p=0.02), *found[1:]]))[0].status == "watch"


def test_small_differences_are_seen():
    one = worded([_compared(old=0.76012, new=0.76004, difference=-0.00008, low=-0.0004, high=0.0002)])[0]
    assert "0.760040, 0.760120 in runs/a: undecided (-0.000080 [-0.000400, +0.000200]" in one.message


def test_the_gallery_shows_the_images():
    rows = tuple(
        {"id": str(i), "label": "ant", "old": "ant", "old_confidence": 0.5, "new": "bee", "new_confidence": None}
        for i in range(14)
    )
    asked = []

    def image(name):
        asked.append(name)
        return Image.new("RGB", (40, 30), (int(name) * 9, 0, 0))

    figure = gallery(_compared(flips=rows, changed=14), image)
    assert asked == [str(i) for i in range(12)]
    shown = [axes.get_images()[0].get_array() for axes in figure.axes if axes.get_images()]
    assert [int(pixels[0, 0, 0]) for pixels in shown] == [9 * i for i in range(12)]
    assert "14 of 200 images" in " ".join(text.get_text() for text in figure.texts)
    assert png(figure).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no image flipped"):
        gallery(_compared(), image)
