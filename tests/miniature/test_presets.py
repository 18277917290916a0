"""Two presets of one model side by side: two identities, told apart in every report, and their own references."""

import json

from tests.conftest import ROOT, run_pytest


def test_a_preset_is_a_model_of_its_own_in_every_report(standin, tmp_path):
    written = {name: tmp_path / f"{name}.{kind}" for name, kind in
               (("results", "json"), ("summary", "md"), ("reproduce", "md"))}  # fmt: skip
    command = [
        "-k", "test_accuracy and v2", "-m", "robustness", "--model=vit-sup", "--model=vit-sup+native",
        f"--suite={standin / 'imagenet.yaml'}", f"--data-root={standin / 'data'}", f"--store={tmp_path / 'store'}",
        *(f"--{name}={path}" for name, path in written.items()),
    ]  # fmt: skip
    ran = run_pytest(ROOT, *command)
    assert ran.code == 0, ran.output
    assert "models: vit-sup (paper), vit-sup+native (native)" in ran.output
    told = json.loads(written["results"].read_text())
    paper, native = told["models"]["vit-sup"], told["models"]["vit-sup+native"]
    assert (paper["facts"]["preset"], native["facts"]["preset"]) == ("paper", "native")
    assert paper["fingerprint"] == native["fingerprint"]
    assert paper["preprocessing"] != native["preprocessing"]
    assert [check["threshold"] is None or check["metric"] == "accuracy" for check in told["checks"]] == [True, True]
    assert "vit-sup (paper, " in written["summary"].read_text()
    assert "vit-sup+native (native, " in written["summary"].read_text()
    page = written["reproduce"].read_text()
    assert "vit-sup+native" in page
    assert "1,000" in page
