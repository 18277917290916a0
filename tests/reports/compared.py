"""Comparisons to report."""

from dataclasses import replace

from fixtures.gates.comparison import Compared
from tests.reports.checks import ONE

SAME = Compared(
    nodeid=ONE.nodeid,
    behavior="calibration",
    metric="ece",
    title="Expected calibration error",
    unit="fraction",
    better="lower",
    model="vit-clip",
    baseline="runs/main",
    dataset="val",
    view="identity",
    old=0.0312,
    new=0.0312,
    status="identical",
    message="a sentence",
    where="thresholds.yaml:14",
    alpha=0.05,
    difference=0.0,
    images=2048,
    changed=0,
)


def compared(**changes: object) -> Compared:
    """A comparison in which nothing changed, but for what is changed."""
    return replace(SAME, **changes)


REGRESSION = compared(
    status="regression", old=0.02, new=0.0312, difference=0.0112, low=0.004, high=0.018, p=0.001, changed=300
)
