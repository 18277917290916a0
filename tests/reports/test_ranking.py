"""Many models: ranks with ties instead of a row for each number of each."""

import pytest

from fixtures.reports import ranking, terminal
from fixtures.reports.ranking import lines, ranked
from tests.reports.checks import check


def number(model, value, **more):
    return check(model=model, metric="accuracy", behavior="robustness", better="higher", value=value, low=value - 0.03,
                 high=value + 0.03, shown=f"{value:.3f}", status="not gated", limit="", **more)  # fmt: skip


MODELS = [f"m{place}" for place in range(20)]
CHECKS = [number(model, 0.5 + 0.02 * place) for place, model in enumerate(MODELS)]


def test_places_are_open_where_intervals_overlap():
    [one] = ranked(CHECKS, MODELS)
    assert [(p.check.model, p.place) for p in one.models[:2]] == [("m19", "1-4"), ("m18", "1-5")]
    assert one.models[-1].place == "17-20"
    assert one.ties == 20


def test_models_that_are_apart_have_their_place():
    far = [number(model, 0.05 + 0.09 * place) for place, model in enumerate(MODELS[:10])]
    [one] = ranked(far, MODELS)
    assert [p.place for p in one.models] == [str(place) for place in range(1, 11)]


def test_lower_is_better_where_the_metric_says_so_and_equal_numbers_share_a_place():
    worse = [check(model=m, better="lower", value=0.1 * (k // 2), low=None, high=None) for k, m in enumerate(MODELS)]
    [one] = ranked(worse, MODELS)
    assert [(p.check.model, p.place) for p in one.models[:3]] == [("m0", "1-2"), ("m1", "1-2"), ("m2", "3-4")]


def test_few_models_and_what_is_about_several_are_not_ranked():
    assert ranked(CHECKS[: ranking.MANY], MODELS) == []
    assert ranked([number(f"{one}+x", 0.5) for one in MODELS], MODELS) == []


class Writer:
    isatty = False

    def __init__(self):
        self.text = ""

    def write(self, text, **_):
        self.text += text

    def write_line(self, text, **_):
        self.text += f"{text}\n"

    def section(self, *_):
        pass

    def ensure_newline(self):
        pass


@pytest.mark.parametrize(("everything", "most"), [(False, 24), (True, 60)])
def test_the_terminal_stays_readable(everything, most):
    """20 models by 1 number, and 190 numbers about pairs of them that nothing judges."""
    pairs = [number(f"{a}+{b}", 0.5) for k, a in enumerate(MODELS) for b in MODELS[k + 1 :]]
    writer = Writer()
    terminal.summary(writer, [*CHECKS, *pairs] if not everything else CHECKS, [], models=MODELS, everything=everything)
    told = writer.text.splitlines()
    assert len(told) < most, writer.text
    assert "robustness.accuracy on val (20 models, 20 of them tied)" in told
    assert "    1-4  m19  0.880 [0.850, 0.910]" in told
    assert max(map(len, told)) <= 160
    assert ("(-v lists all)" in writer.text) is not everything


def test_a_line_for_each_model_where_all_are_asked_for():
    assert len(list(lines(ranked(CHECKS, MODELS), everything=True))) == 21
