"""Machine-owned rules beside a suite: what people write wins, and what is out of date is told with what to do."""

import pytest

from fixtures.core.documents import parse
from fixtures.core.errors import InputError
from fixtures.gates import machine_owned
from fixtures.gates.machine_owned import scalar
from fixtures.gates.thresholds import Thresholds, load
from tests.gates.test_thresholds import METRICS

ECE = "mini:\n  calibration:\n    ece:\n"
LINE = "      - {dataset: val, model: vit, max: 0.05, because: measured}\n"
PAPER = "      - {dataset: val, model: vit, max: 0.06, reference: 0.04, exact: printed, images: 50000, source: paper}\n"


def read(tmp_path, text: str, *, renewed: bool = False, **beside: str) -> Thresholds:
    """A law, and by their kinds the files beside the suite."""
    (tmp_path / "thresholds.yaml").write_text(text)
    for kind, written in beside.items():
        (tmp_path / f"mini.{kind}.yaml").write_text(written)
    return load(
        tmp_path / "thresholds.yaml",
        suite_name="mini",
        models=("vit", "vit-clip"),
        datasets=("val", "renditions"),
        metrics=METRICS,
        beside=machine_owned.beside(tmp_path / "mini.yaml"),
        renewed=renewed,
    )


def test_a_rule_that_somebody_wrote_wins_however_wide_it_is(tmp_path):
    rules = read(tmp_path, f"{ECE}      {{dataset: val, max: 0.2, because: needed}}\n", measured=ECE + LINE)
    assert rules.rule("calibration", "ece", "vit", "val").max == 0.2
    alone = read(tmp_path, "mini: {}\n", measured=ECE + LINE)
    rule = alone.rule("calibration", "ece", "vit", "val")
    assert (rule.max, rule.where) == (0.05, "mini.measured.yaml:4")
    assert alone.rule("calibration", "ece", "vit", "renditions") is None


def test_what_is_published_wins_over_what_was_measured(tmp_path):
    rules = read(tmp_path, "mini: {}\n", measured=ECE + LINE, published=ECE + PAPER)
    assert rules.rule("calibration", "ece", "vit", "val").where == "mini.published.yaml:4"


def test_a_published_value_stays_beside_what_somebody_demands(tmp_path):
    rules = read(tmp_path, f"{ECE}      {{max: 0.2, because: needed}}\n", published=ECE + PAPER)
    rule = rules.rule("calibration", "ece", "vit", "val")
    assert (rule.max, rule.where, rule.because) == (0.2, "thresholds.yaml:3", "needed")
    assert (rule.published.value, rule.published.source) == (0.04, "paper")
    assert rule.published.exactness == "printed, on 50,000 images"
    assert rules.rule("calibration", "ece", "vit-clip", "val").published is None


def test_the_blocks_defaults_hold_for_the_files_beside(tmp_path):
    text = "mini: {policy: point, on_inconclusive: block}\n"
    rule = read(tmp_path, text, measured=ECE + LINE).rule("calibration", "ece", "vit", "val")
    assert (rule.policy, rule.on_inconclusive) == ("point", "block")


def test_the_header_says_how_many_rules_come_from_which_file(tmp_path):
    law = f"{ECE}      {{max: 0.2, because: needed}}\n"
    rules = read(tmp_path, law, measured=ECE + LINE, published=ECE + PAPER)
    told = "thresholds.yaml, 1 rule for suite mini; mini.published.yaml, 1 rule; mini.measured.yaml, 1 rule"
    assert rules.summary() == told
    assert rules.file == "thresholds.yaml, mini.published.yaml, mini.measured.yaml"
    nothing = read(tmp_path, "other: {}\n", measured=ECE + LINE).summary()
    assert nothing.startswith("thresholds.yaml has no block for suite mini (it has other); mini.published.yaml")


def test_the_hash_is_that_of_all_files(tmp_path):
    found = {read(tmp_path, "mini: {}\n", measured=ECE + line).sha256 for line in (LINE, LINE.replace("0.05", "0.06"))}
    assert len(found) == 2


@pytest.mark.parametrize(
    "text",
    [
        ECE.replace("ece", "acc") + LINE,
        ECE.replace("calibration", "colour") + LINE,
        ECE + LINE.replace("vit", "vgg"),
        ECE + LINE.replace("val", "v2"),
    ],
    ids=["metric", "behavior", "model", "dataset"],
)
def test_what_there_is_no_more_is_refused_until_the_file_is_written_anew(tmp_path, text, snapshot):
    with pytest.raises(InputError) as raised:
        read(tmp_path, "mini: {}\n", measured=text)
    assert str(raised.value).replace(str(tmp_path), "") == snapshot
    assert "pytest --suggest-thresholds writes the file anew" in str(raised.value)
    assert not list(read(tmp_path, "mini: {}\n", measured=text, renewed=True).every())


@pytest.mark.parametrize(
    "text",
    [
        "other: {}\n",
        "mini: {}\nother: {}\n",
        ECE + LINE + LINE,
        ECE + LINE.replace("max: 0.05, ", ""),
        "<<<<<<< ours\nmini: {}\n",
    ],
    ids=["another suite", "two suites", "twice", "no limit", "conflict"],
)
def test_what_no_command_wrote_is_refused(tmp_path, text, snapshot):
    with pytest.raises(InputError, match=r"mini\.measured\.yaml") as raised:
        read(tmp_path, "mini: {}\n", measured=text)
    assert str(raised.value).replace(str(tmp_path), "") == snapshot


def test_a_line_that_no_test_of_a_full_run_asks_for_is_out_of_date(tmp_path):
    rules = read(tmp_path, "mini: {}\n", measured=ECE + LINE, published=ECE + PAPER)
    assert rules.unused({"calibration": {("vit", "val")}}) == []
    published, measured = rules.unused({"calibration": {("vit", "renditions")}})
    assert measured == (
        "mini.measured.yaml:4: is out of date; pytest --suggest-thresholds writes the file anew, without it "
        "(calibration.ece: no test looks at what it is about)"
    )
    assert published.startswith("mini.published.yaml:4: is out of date; the first line of the file says which command")
    assert rules.stale({"calibration": {("vit", "renditions")}}) == {"mini.measured.yaml:4"}


def test_a_line_to_which_no_number_was_held_is_forgotten_unless_its_model_took_no_part(tmp_path):
    rules, ece, gap = read(tmp_path, "mini: {}\n", measured=ECE + LINE), ("calibration", "ece"), ("calibration", "gap")
    assert rules.forgotten({(*gap, "vit", "val")}, {"vit"}) == {"mini.measured.yaml:4": "calibration.ece"}
    assert rules.forgotten({(*ece, "vit", "val")}, {"vit"}) == {}
    assert rules.forgotten({(*gap, "vit", "val")}, {"vit-clip"}) == {}


@pytest.mark.parametrize("name", ["7", "null", "yes", "a: b", 'a"b', "x, y", "- z", "é", "#c", "0123", "", "a #b", "{"])
def test_text_is_quoted_where_yaml_would_read_something_else(tmp_path, name):
    assert parse(f"- {{a: {scalar(name)}}}\n", tmp_path).data == [{"a": name}]
