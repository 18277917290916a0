"""Checks to report."""

from dataclasses import replace

from behaviors.contract.measurement import Interval, Measurement
from fixtures.gates.check import Check, about, measured
from fixtures.predictions.request import Request

ONE = Check(
    nodeid="behaviors/calibration/test_calibration.py::test_ece[vit-clip-val]",
    behavior="calibration",
    metric="ece",
    title="Expected calibration error",
    unit="fraction",
    better="lower",
    status="pass",
    shown="0.031",
    limit="<= 0.100",
    where="thresholds.yaml:14",
    message="a sentence",
    **about(Request("vit-clip", "val")),
    **measured(Measurement(0.0312, 2048, Interval(0.02, 0.0404, 0.05, "closed form"))),
)


def check(**changes: object) -> Check:
    """A check that passed, but for what is changed."""
    return replace(ONE, **changes)


FAIL = check(status="fail", value=0.2, shown="0.200", model="convnext-sup")
ERROR = check(status="error", value=None, shown="nan", low=None, high=None, metric="nll")
NOT_GATED = check(status="not gated", limit="", where="thresholds.yaml", metric="brier")
KNOWN = check(status="expected fail", dataset="renditions")
