"""Recorded decisions tell what a model chose and not how sure it was: there is no calibration to measure."""

import json


def test_decisions_alone_are_not_calibrated(make_house, tmp_path):
    """A skip with the reason, and an error where the law demands a number."""
    house = make_house(tmp_path)
    (house.path / "said.csv").write_text("imagename,object_response\na.png,ant\nb.png,bee\n")
    (house.path / "labels.csv").write_text("file_name,label\na.png,ant\nb.png,ant\n")
    suite = {
        "suite": "small",
        "classes": ["ant", "bee"],
        "models": {"one": "predictions:said.csv"},
        "datasets": {"val": {"format": "labels", "path": "labels.csv"}},
    }
    (house.path / "small.yaml").write_text(json.dumps(suite))
    house.thresholds("small: {}\n")
    arguments = ("behaviors/calibration", "--suite=small.yaml", "-rs", "-p", "no:cacheprovider")
    skipped = house.pytest(*arguments)
    assert "nothing was measured" in skipped.output
    assert skipped.output.count("of one on val: it needs the probabilit") == 8
    assert "only decisions were recorded" in skipped.output
    house.thresholds("small: {calibration: {ece: {max: 0.1, because: it is asked for}}}\n")
    demanded = house.pytest(*arguments, "-k", "ece")
    assert demanded.code == 1
    assert "1 error" in demanded.output or "1 failed" in demanded.output, demanded.output
    assert "only decisions were recorded" in demanded.output
