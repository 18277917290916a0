"""What the figure of the probe tasks shows: it is read here as a reader would, off its bars and words."""

import pytest

from behaviors.contract.measurement import Interval, Measurement
from behaviors.transfer.metrics import mean_probe_accuracy
from behaviors.transfer.plots import tasks


def one(value, reach, chance):
    low, high = max(value - reach, 0.0), min(value + reach, 1.0)
    return Measurement(value, 512, Interval(low, high, 0.05, "any"), details={"chance": chance})


def drawn(**found):
    return tasks("vit-clip", mean_probe_accuracy(found, alpha=0.05))


def words(figure):
    return " ".join(text.get_text() for text in figure.texts).strip()


def test_bars_lie_in_order_over_chance_and_with_their_intervals():
    figure = drawn(count=one(0.6, 0.04, 0.25), digits=one(0.9, 0.02, 0.1), texture=one(0.1, 0.02, 0.125))
    (axes,) = figure.axes
    figure.draw_without_rendering()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["texture", "count", "digits"]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0.1, 0.6, 0.9])
    whiskers, chance = axes.collections
    assert [segment[:, 0].tolist() for segment in whiskers.get_segments()] == [
        pytest.approx([0.08, 0.12]), pytest.approx([0.56, 0.64]), pytest.approx([0.88, 0.92]),
    ]  # fmt: skip
    assert [segment[0, 0] for segment in chance.get_segments()] == pytest.approx([0.125, 0.25, 0.1])
    assert [text.get_text() for text in axes.texts] == ["0.100", "0.600", "0.900", "accuracy"]
    assert words(figure) == "Linear probes on vit-clip mean 0.533 over 3 tasks   90 % interval [0.517, 0.550]" \
        "   1,536 test images"  # fmt: skip


def test_nothing_leaves_the_figure():
    names = {f"a_task_with_a_name_that_never_ends_{k}": one(k / 18, 0.02, 0.05) for k in range(19)}
    figure = tasks(
        "a-model-whose-name-is-much-longer-than-names-of-models-are-at-all", mean_probe_accuracy(names, alpha=0.05)
    )
    figure.draw_without_rendering()
    (axes,) = figure.axes
    width, height = figure.bbox.size
    for text in [*figure.texts, *axes.texts, *axes.get_yticklabels(), axes.xaxis.label, *figure.legends]:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height


def test_names_are_no_formulas():
    figure = drawn(**{"cost_$x^$": one(0.5, 0.1, 0.2)})
    figure.draw_without_rendering()
    (label,) = figure.axes[0].get_yticklabels()
    assert label.get_text() == "cost_$x^$"


def test_a_figure_needs_tasks():
    with pytest.raises(ValueError, match="needs its tasks"):
        tasks("vit-clip", Measurement(0.5, 10))
