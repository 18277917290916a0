"""Every kind of trouble falls into one category, whichever Allure reads the expressions."""

import json
import re
import shutil
import subprocess

import pytest

from behaviors.contract.measurement import Interval, Measurement, Metric
from fixtures.gates.rule import Rule
from fixtures.gates.verdict import judge
from fixtures.predictions.request import Request
from fixtures.reports.allure_categories import CATEGORIES
from tests.conftest import ROOT

RATE = Metric("A rate", "fraction", "lower", lowest=0, highest=1)
CLAIM = Metric("A claim", "fraction", "neither", claim=True)


def fits(category, status, message):
    """As Allure 2 decides (the whole message), which must be as Allure 3 does (any part of it)."""
    expression = category.get("messageRegex", "")
    part = re.search(expression, message) is not None
    assert (re.fullmatch(expression or r"[\s\S]*", message) is not None) == part
    return status in category["matchedStatuses"] and part


def said(value, low, high, metric=RATE, **rule):
    rule = Rule("thresholds.yaml:3", rule.pop("min", None), rule.pop("max", None), because="test", **rule)
    measurement = Measurement(value, 100, Interval(low, high, 0.05, "by hand"), notes=("a note\nof two lines",))
    return judge(rule, measurement, metric=metric, name="toy.number", request=Request("vit", "val")).message


MESSAGES = {
    "Threshold broken": [
        ("failed", f"Failed: {said(0.5, 0.4, 0.6, max=0.1)}"),
        ("failed", f"Failed: {said(0.5, 0.4, 0.6, min=0.9)}"),
        ("failed", f"Failed: {said(-0.5, -0.6, -0.4, CLAIM, outcomes=('holds',))}"),
    ],
    "Inconclusive: too few images": [
        ("unknown", said(0.5, 0.4, 0.6, max=0.55)),
        ("failed", f"Failed: {said(0.5, 0.4, 0.6, max=0.55)}\n  on_inconclusive: block"),
    ],
    "Known failure that now passes": [("failed", f"Failed: {said(0.05, 0.04, 0.06, max=0.1, expect_fail=True)}")],
    "Known failure": [
        ("skipped", f"XFAIL reason\n\n_pytest.outcomes.XFailed: {said(0.5, 0.4, 0.6, max=0.1, expect_fail=True)}")
    ],
    "Not gated": [
        ("unknown", "toy.number: vit measured 0.5; no rule judges it"),
        ("failed", "Failed: no rule judges it (--strict-gates)"),
    ],
    "Regression against the baseline": [
        ("failed", "regression: toy.number: vit on val: 0.5, 0.4 in runs/a: worse"),
        ("failed", "regression: baseline.negative_flips: ...; thresholds.yaml:3 allows at most 0.01"),
    ],
    "Error: could not be measured or compared": [
        ("broken", "InputError: no such file"),
        ("broken", "error: cannot be compared"),
    ],
    "Not applicable": [("skipped", "Skipped: no dataset in the role 'val'")],
}


@pytest.mark.parametrize(("name", "status", "message"), [(n, *one) for n, listed in MESSAGES.items() for one in listed])
def test_each_trouble_has_one_category(name, status, message):
    assert [kind["name"] for kind in CATEGORIES if fits(kind, status, message)] == [name]


def test_every_category_is_of_use():
    assert [kind["name"] for kind in CATEGORIES if kind["name"] not in MESSAGES] == []


def test_what_passed_is_in_none():
    assert not [kind for kind in CATEGORIES if fits(kind, "passed", "")]


READ = """
import config from "./allurerc.mjs";
const found = {};
for (const [name, { matcher }] of Object.entries(config.environments))
  for (const model of ["vit-clip", "vit.b+x", "clip"])
    if (!(model in found) && matcher({ labels: [{ name: "model", value: model }] })) found[model] = name;
const fits = (c, status, text) => c.matchedStatuses.includes(status) && new RegExp(c.messageRegex ?? "").test(text);
const sorted = JSON.parse(process.env.MESSAGES).map(
  ([status, text]) => config.categories.find((c) => fits(c, status, text)).name);
console.log(JSON.stringify({ found, sorted }));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_settings_for_allure_3_read_models_and_categories_from_the_results(tmp_path):
    (tmp_path / "environment.properties").write_text("suite=mini\nmodels=vit-clip, vit.b+x\ndevice=auto\n")
    (tmp_path / "categories.json").write_text(json.dumps(CATEGORIES))
    messages = [one for listed in MESSAGES.values() for one in listed]
    done = subprocess.run(
        ["node", "--input-type=module", "-", str(tmp_path)],
        input=READ,
        env={"MESSAGES": json.dumps(messages), "PATH": str(shutil.which("node")).rpartition("/")[0]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["found"] == {"vit-clip": "vit-clip", "vit.b+x": "vit_b_x", "clip": "together"}
    assert told["sorted"] == [name for name, listed in MESSAGES.items() for _ in listed]
