"""Runs to write pages of: usual, broken, hostile, empty and large ones."""

from dataclasses import replace
from functools import cache

import numpy as np

from behaviors.contract.examples import Examples, Group
from behaviors.contract.measurement import Metric, Parts
from fixtures.core.text import printable
from fixtures.reports import results
from fixtures.reports.figures import encoded, name_of
from fixtures.reports.measured import measured
from fixtures.reports.page.pictures import Gallery, Picture, Pictures, thumbnail
from fixtures.reports.page.run import Run
from tests.reports.checks import ERROR, ONE, check
from tests.reports.compared import REGRESSION

HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">&amp;'\""
METRICS = {
    "calibration": {"ece": Metric("Expected calibration error", "fraction", "lower", source="arXiv:1706.04599")},
    "robustness": {
        "accuracy": Metric("Top-1 accuracy", "fraction", "higher", flips=True),
        "average_accuracy": Metric("Average accuracy", "fraction", "higher", parts=Parts("dataset", "accuracy")),
    },
}
ACCURACY = replace(
    ONE, behavior="robustness", metric="accuracy", title="Top-1 accuracy", better="higher", value=0.9, shown="0.900",
    low=0.88, high=0.92, nodeid="behaviors/robustness/test_robustness.py::test_accuracy[vit-clip-val]", limit=">= 0.8",
    at_least=0.8,
)  # fmt: skip
AVERAGE = replace(
    ACCURACY, metric="average_accuracy", title="Average accuracy", dataset="all", value=0.7, shown="0.700", low=0.68,
    high=0.72, parts=({"dataset": "v2", "accuracy": 0.8}, {"dataset": "a", "accuracy": 0.6}),
)  # fmt: skip


def told(checks=(), exit_code=0, comparisons=(), models=("vit-clip", "convnext-sup"), **changes):
    causes = changes.pop("causes", [])
    tests = results.Tests(
        collected=changes.pop("collected", len(checks)), reported=len(checks), outcomes={"passed": len(checks)},
        unmeasured=changes.pop("unmeasured", []), causes=causes, chosen=changes.pop("chosen", False),
    )  # fmt: skip
    settings = results.Settings(
        device="cpu", precision="auto", max_images=changes.pop("max_images", None), allow_partial=False, search="ci",
        strict_gates=False, on_inconclusive=None, require=[], baseline=None,
    )  # fmt: skip
    return results.Results(
        created="2026-01-02T03:04:05+00:00",
        exit_code=exit_code,
        suite="mini",
        models={name: results.Model(origin=name, source="timm", fingerprint="ab" * 32) for name in models},
        datasets={},
        thresholds=results.ThresholdsFile(file="thresholds.yaml", sha256="cd" * 32),
        settings=settings,
        environment=results.Environment(python="3.11", platform="Linux", versions={"torch": "2"}),
        tests=tests,
        counts=results.Counts(checks={}, comparisons={}),
        checks=[measured(one) for one in checks],
        comparisons=list(comparisons),
    )


def picture(name="v/1", label="cat", answer="dog", probability=0.97, **more):
    from PIL import Image

    image = Image.fromarray(np.random.default_rng(len(name)).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    return Picture(thumbnail(image), name, label, answer, probability, **more)


@cache
def figure(title):
    from behaviors.contract.figures import sheet

    drawn = sheet(printable(title), ["accuracy 0.900"], height=1.5)
    drawn.axes.barh([0, 1], [0.4, 0.9])
    return encoded(drawn.figure, "svg").decode()


def examples(model="vit-clip", dataset="val", label="cat", answer="dog", group="class cat"):
    mistake = {"id": "v/1", "label": label, "answer": answer, "probability": 0.97}
    return Examples(
        model, dataset, 40, 30,
        ({"class": label, "images": 20, "right": 10}, {"class": answer, "images": 20, "right": 20}),
        ({"label": label, "answer": answer, "images": 10},), (mistake,), Group(group, 20, 10, (mistake,)),
    )  # fmt: skip


def usual(word="cat", exit_code=0, **changes):
    """Two models, three numbers each, images, a figure; ``word`` is what strangers may choose."""
    checks = [
        replace(one, model=model, value=one.value - drop, nodeid=one.nodeid.replace("vit-clip", model), **changes)
        for one in (replace(ONE, message=f"ece: {word}\n  because: {word}", notes=(word,)), ACCURACY, AVERAGE)
        for model, drop in (("vit-clip", 0.0), ("convnext-sup", 0.02))
    ]
    shown = Pictures(
        [
            Gallery(
                "surest mistakes",
                "vit-clip",
                "val",
                f"Surest of {word}",
                [picture(word, word, word), picture("b", "ant")],
            ),
            Gallery("worst group", "convnext-sup", "val", "The worst", [picture(word, word, word, None)]),
        ],
        [examples(label=word, answer="ant", group=f"class {word}")],
    )
    return Run(
        told(checks, exit_code, causes=[results.Cause(outcome="skipped", reason=word, tests=2, first=word)]),
        checks, (), METRICS, shown, {name_of(checks[0]): figure(word)}, f"pytest --html={word}", (word,),
    )  # fmt: skip


def regressed():
    """One regression, one broken rule, one error."""
    broken = replace(ACCURACY, status="fail", message="robustness.accuracy: vit-clip measured 0.700 on val\n  90 %")
    checks = [ONE, broken, ERROR]
    flips = Gallery(
        "negative flips",
        "vit-clip",
        "val",
        "94 of 576 were right",
        [picture("f", before="cat", before_probability=0.8)],
    )
    cause = results.Cause(outcome="failed", reason="val: 3 of 10 images cannot be read", tests=57, first="a.py::b")
    return Run(
        told(checks, 1, [REGRESSION], causes=[cause]), checks, (REGRESSION,), METRICS, Pictures([flips]),
        command="pytest --model vit-clip --baseline=runs/main",
    )  # fmt: skip


def empty(exit_code=5):
    return Run(told(exit_code=exit_code), ())


def large(models=20, metrics=400):
    """As many numbers as a large suite has."""
    names = [f"model-{place:02}" for place in range(models)]
    rng = np.random.default_rng(0)
    rows = [(metric, model, rng.random()) for metric in range(metrics) for model in names]
    checks = [
        check(
            behavior=f"room_{metric // 50}",
            metric=f"metric_{metric}",
            title=f"Metric {metric}",
            model=model,
            value=value,
            shown=f"{value:.3f}",
            low=value - 0.02,
            high=value + 0.02,
            nodeid=f"t.py::test_{metric}[{model}-val]",
            message=f"metric_{metric}: {model} measured {value:.3f} on val (2,048 images)\n  90 % interval",
            parts=tuple({"class": f"class {k}", "accuracy": value, "low": 0.1, "high": 0.9} for k in range(5)),
        )
        for metric, model, value in rows
    ]
    return Run(told(models=names), checks)
