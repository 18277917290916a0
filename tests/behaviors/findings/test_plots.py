"""The figure of a finding shows what was measured: its rows, numbers and colours."""

import numpy as np
import pytest

from behaviors.contract.figures import PAPER
from behaviors.contract.measurement import Interval, Measurement
from behaviors.findings import METRICS
from behaviors.findings.conjunction import all_above, as_measurement
from behaviors.findings.contrasts import above, negative, positive
from behaviors.findings.influence import Measured, mean_influence
from behaviors.findings.plots import CONTRADICTED, HOLDS, UNDECIDED, comparison

METRIC = METRICS["clip_is_less_texture_biased"]


def measured(model, mean, what="") -> Measured:
    values = np.random.default_rng(sum(map(ord, model))).normal(mean, 0.1, 100)
    found = Measurement(float(values.mean()), 100, Interval(values.mean() - 0.02, values.mean() + 0.02, 0.05, "z"))
    return Measured(model, found, mean_influence(values), what)


def drawn(*contrasts):
    found = as_measurement(all_above("all", contrasts), images=100, alpha=0.05)
    return comparison(METRIC, "vit-clip and vit-sup on somewhere", found), found


def words(figure) -> str:
    texts = [text.get_text() for text in figure.texts]
    texts += [text.get_text() for axes in figure.axes for text in (*axes.texts, *axes.get_yticklabels())]
    return "\n".join([*texts, *(text.get_text() for text in figure.legends[0].get_texts())])


@pytest.mark.parametrize(
    ("clip", "outcome", "colour"),
    [(0.9, "holds", HOLDS), (0.1, "contradicted", CONTRADICTED), (0.5, "undecided", UNDECIDED)],
)
def test_outcome_numbers_and_names_can_be_read(clip, outcome, colour):
    figure, found = drawn(above("vit-clip above vit-sup", measured("vit-clip", clip), measured("vit-sup", 0.5)))
    said = words(figure)
    number = f"{found.value:+.3f}".replace("-", "\N{MINUS SIGN}")
    for word in (METRIC.title, f"{outcome}: {number}", "100 images", "on somewhere", "vit-clip above vit-sup"):
        assert word in said
    assert said.splitlines()[-3:] == ["vit-clip", "vit-sup", "the finding as a whole"]
    right = figure.axes[1]
    assert right.containers[0].lines[0].get_color() == colour
    assert right.containers[0].lines[0].get_xdata() == pytest.approx([found.value])
    left, low = right.get_xlim()
    assert left < min(found.interval.low, 0) <= max(found.interval.high, 0) < low


def test_a_row_for_each_comparison_and_marks_for_what_is_compared():
    figure, found = drawn(
        above("texture above style", measured("vit-sup", 1.9, "texture"), measured("vit-sup", 1.4, "style")),
        positive("vit-clip is over-confident", measured("vit-clip", 0.3)),
        negative("vit-sup is under-confident", measured("vit-sup", -0.3)),
    )
    left, right = figure.axes
    assert len(right.containers) == len(found.parts) == 3
    assert len(left.containers) == 4
    assert [container.lines[0].get_markerfacecolor() for container in left.containers[:2]][1] == PAPER
    assert {"texture", "style"} <= set(words(figure).splitlines())
    assert words(figure).splitlines()[-3:] == ["vit-sup", "vit-clip", "the finding as a whole"]  # each model once


def test_models_of_other_names_can_be_drawn_too():
    figure, _ = drawn(above("mine above yours", measured("mine", 0.7), measured("yours", 0.5)))
    assert "mine" in words(figure)
    figure.canvas.draw()


def test_nothing_to_draw_is_an_error():
    with pytest.raises(ValueError, match="its comparisons"):
        comparison(METRIC, "x", Measurement(0.1, 9, Interval(0, 1, 0.05, "z")))
