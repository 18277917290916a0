"""What a whole run leaves for Allure."""

import json


def test_allure_gets_feature_story_parameters_figure_and_table(house):
    suite = house.suite(confidence=0.95, accuracy=0.7)
    house.thresholds("small: {calibration: {ece: {max: 0.1, because: test}}}")
    ran = house.pytest("-k", "test_ece and val", "--suite", suite, "--alluredir", "out")
    assert ran.code == 1, ran.output
    out = house.path / "out"
    [result] = [json.loads(path.read_text()) for path in out.glob("*-result.json")]
    labels = {(label["name"], label["value"]) for label in result["labels"]}
    assert {("feature", "Calibration"), ("model", "one"), ("verdict", "fail")} <= labels
    assert result["status"] == "failed"
    assert "allows at most" in result["statusDetails"]["message"]
    parameters = {entry["name"]: entry for entry in result["parameters"]}
    assert parameters["calibration.ece"]["excluded"] is True
    assert parameters["rule"]["value"] == "<= 0.100 (thresholds.yaml:1)"
    kinds = {attachment["type"]: out / attachment["source"] for attachment in result["attachments"]}
    assert {"image/png", "text/csv", "application/json"} <= set(kinds)
    assert kinds["image/png"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(kinds["text/csv"].read_text().splitlines()) == 16
    assert json.loads((out / "categories.json").read_text())
    assert "suite=small" in (out / "environment.properties").read_text()


def test_a_test_keeps_its_history_when_the_checkpoint_changes(house):
    house.thresholds("small: {}")
    identities = []
    for confidence in (0.9, 0.8):
        suite = house.suite(confidence=confidence)
        ran = house.pytest("-k", "test_ece and val", "--suite", suite, "--alluredir", f"out{confidence}")
        assert ran.code == 0, ran.output
        [path] = (house.path / f"out{confidence}").glob("*-result.json")
        result = json.loads(path.read_text())
        kept = [entry for entry in result["parameters"] if not entry.get("excluded")]
        identities.append((result["fullName"], result["testCaseId"], result["historyId"], json.dumps(kept)))
    assert identities[0] == identities[1]
