"""A law and checks for tests of suggestions."""

from behaviors.contract.measurement import Interval, Measurement, Metric
from fixtures.gates.check import Check, about, measured
from fixtures.gates.thresholds import Thresholds, load
from fixtures.predictions.request import Request

METRICS = {
    "calibration": {
        "ece": Metric("ECE", "fraction", "lower", lowest=0, highest=1),
        "gap": Metric("Gap", "fraction", "neither", lowest=-1, highest=1),
        "signed": Metric("Signed gap", "fraction", "neither", lowest=-1, highest=1, target=0.0),
        "nll": Metric("NLL", "nats", "lower", lowest=0),
    },
    "findings": {"claim": Metric("Claim", "fraction", "neither", claim=True)},
    "robustness": {
        "accuracy": Metric("Accuracy", "fraction", "higher", lowest=0, highest=1),
        "worst": Metric("Worst of many", "fraction", "higher", lowest=0, highest=1, judged_by="value"),
    },
}
MODELS = ("one", "two", "three", "clip")
DATASETS = ("val", "renditions", "all")


def law(tmp_path, text: str, measured: str | None = None, *, renewed: bool = True) -> Thresholds:
    """The rules for suite ``mini`` of a file with the text, and of a measured file beside the suite."""
    path, beside = tmp_path / "thresholds.yaml", tmp_path / "mini.measured.yaml"
    path.write_text(text)
    if measured is not None:
        beside.write_text(measured)
    return load(
        path,
        suite_name="mini",
        models=MODELS,
        datasets=DATASETS,
        metrics=METRICS,
        beside=() if measured is None else (beside,),
        renewed=renewed,
    )


def check(
    value: float,
    low: float | None = None,
    high: float | None = None,
    *,
    name: str = "robustness.accuracy",
    model: str = "one",
    dataset: str = "val",
    images: int = 1024,
    **changes: object,
) -> Check:
    """A check that passed on a number, with the interval where there is one."""
    behavior, metric = name.split(".")
    promised = METRICS[behavior][metric]
    interval = None if low is None or high is None else Interval(low, high, 0.05, "by hand")
    told = {
        "nodeid": f"behaviors/{behavior}/test_it.py::test_{metric}[{model}-{dataset}]",
        "behavior": behavior,
        "metric": metric,
        "title": promised.title,
        "unit": promised.unit,
        "better": promised.better,
        "status": "pass",
        "shown": f"{value:.3f}",
        "limit": "",
        "where": "thresholds.yaml",
        "message": "a sentence",
        **about(Request(model, dataset)),
        **measured(Measurement(value, images, interval)),
    }
    return Check(**told | changes)
