"""The page says what came of the run, is one file that loads nothing, and no name, however odd, becomes part of it."""

import base64
import hashlib
import json
import re
import zlib
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from fixtures.core.text import printable
from fixtures.reports import results
from fixtures.reports.page import charts
from fixtures.reports.page.verdict import verdict
from fixtures.reports.page.write import page
from fixtures.reports.writers import page as writer
from tests.reports.page import runs

SIZE = 3_000_000
VOID = {"meta", "img", "input", "br", "hr", "link"}


class Document(HTMLParser):
    """Elements with their attributes and words, in order; fails where tags do not match."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"script", "style", "title"} & set(self.open):
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def told(text, name):
    """What a block of JSON holds."""
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)[1])


def unpacked(packed):
    return zlib.decompress(base64.b64decode(packed)).decode()


@pytest.fixture(scope="module")
def usual():
    return page(runs.usual())


def test_the_verdict_and_its_four_answers_come_first(usual):
    text = Document(usual).text
    places = [
        text.index(words)
        for words in (
            "May it ship?",
            "Yes",
            "What got worse?",
            "For whom?",
            "Compared with what?",
            "Shown by which images?",
            "Models side by side",
        )
    ]
    assert places == sorted(places)
    assert "is right on 10 of 20 images (50%) of class cat in val; on all of them 75%" in text
    assert "No rule is broken. Whether anything changed is unknown: there is no baseline" in text


def test_it_loads_nothing_and_only_its_own_script_may_run(usual):
    document = Document(usual)
    policy = next(one["content"] for one in document.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    script = re.search(r"<script>(.*)</script>", usual, re.DOTALL)[1]
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{own}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not document.all("link")
    assert not document.all("iframe")
    sources = [one["src"] for tag, one in document.elements if "src" in one]
    assert sources
    assert all(one.startswith("data:image/webp") for one in sources)
    assert not re.search(r"@import|url\(\s*['\"]?(?!#)", re.search(r"<style>(.*?)</style>", usual, re.DOTALL)[1])
    assert [one for tag, one in document.elements if tag != "a" and str(one.get("href", "#"))[0] != "#"] == []


@pytest.mark.parametrize("word", [runs.HOSTILE, "{{ 7 * 7 }}", "\u202eevil\x00", "<!--", "\ud800"])
def test_no_name_becomes_part_of_the_page(word):
    text = page(runs.usual(word))
    document = Document(text)
    executed = [attributes for attributes in document.all("script") if attributes.get("type") != "application/json"]
    assert executed == [{}]
    assert not [one for _, one in document.elements if any(name.startswith("on") for name in one)]
    assert [one["alt"] for one in document.all("img")] == [
        f"image {printable(word)}, labelled {printable(word)}"
    ]  # of the verdict; those of the gallery are made later, of plain text
    details = json.loads(unpacked(told(text, "details")))
    assert details[0]["notes"] == [printable(word)]
    assert "49" not in document.text.replace("{{ 7 * 7 }}", "")


def test_every_number_opens_with_its_rule_parts_figure_and_source(usual):
    details = json.loads(unpacked(told(usual, "details")))
    assert [one["name"] for one in details[:2]] == ["calibration.ece"] * 2
    assert dict(details[0]["facts"])["Rule"] == "<= 0.100 (thresholds.yaml:14)"
    assert details[0]["source"] == "arXiv:1706.04599"
    assert details[4]["columns"] == ["dataset", "accuracy"]
    assert details[4]["rows"] == [["v2", 0.8], ["a", 0.6]]
    drawn = unpacked(told(usual, "figures")[details[0]["figure"]])
    assert drawn.startswith("<svg")
    assert "accuracy 0.900" in drawn
    assert "var(--ink)" in drawn
    assert "#22272e" not in drawn
    assert "clip-path" not in drawn or re.search(r'id="f0-', drawn)
    assert {int(one["data-open"]) for one in Document(usual).all("button") if "data-open" in one} == set(range(6))


def test_tables_have_headers_captions_and_can_be_sorted(usual):
    document = Document(usual)
    assert len(document.all("caption")) == len(document.all("table"))
    assert all("scope" in one for one in document.all("th"))
    assert {one["aria-sort"] for one in document.all("th") if "aria-sort" in one} == {"none"}
    assert document.all("html")[0]["lang"] == "en"
    assert [one["href"] for one in document.all("a")][:3] == ["#verdict", "#numbers", "#images"]
    ids = [one["id"] for _, one in document.elements if "id" in one]
    assert len(ids) == len(set(ids))
    assert {one["href"][1:] for one in document.all("a") if one["href"][0] == "#"} <= set(ids)


def test_models_stand_side_by_side(usual):
    assert "Accuracy against robustness" in usual
    charts = [unpacked(one) for one in told(usual, "dot-charts")]
    assert len(charts) == 2
    assert all(">vit-clip</text>" in one and ">convnext-sup</text>" in one for one in charts)


def test_colour_and_marker_together_tell_64_models_apart():
    run = runs.usual()
    names = [f"m{place}" for place in range(64)]
    many = replace(run, told=runs.told(run.checks, models=names))
    assert len({(style["fmt"], style["color"]) for style in (charts.style_of(many, name) for name in names)}) == 64


def test_classes_are_those_of_the_models_in_their_order_and_of_people_at_the_end():
    run = runs.usual()
    shown = replace(run.pictures, examples=[runs.examples(name) for name in ("ann", "convnext-sup", "vit-clip")])
    text = page(replace(run, pictures=shown))
    listed = re.search(r'<select id="classes">(.*?)</select>', text, re.DOTALL)[1]
    assert re.findall(r">([\w-]+) on val<", listed) == ["vit-clip", "convnext-sup", "ann"]
    packed = json.loads(unpacked(told(text, "classes-packed")))
    assert [one["model"] for one in packed] == ["vit-clip", "convnext-sup", "ann"]


def test_numbers_whose_names_begin_alike_have_a_row_each():
    title = "AUROC of detecting what is out of distribution by the score, {} datasets"
    rows = [replace(runs.ONE, metric=f"{which}_auroc", title=title.format(which)) for which in ("near", "far")]
    [(_, _, drawn)] = charts.side_by_side(replace(runs.usual(), checks=rows))
    labels = [one.get_text() for one in drawn.axes[0].get_yticklabels()]
    assert ["near datasets" in " ".join(label.split()) for label in labels] == [True, False]
    assert "far datasets" in " ".join(labels[1].split())
    assert max(len(line) for label in labels for line in label.splitlines()) <= charts.LONGEST


def test_results_beside_the_tests_are_told_apart_from_tests():
    claimed = [*runs.usual().checks, replace(runs.ONE, behavior="claims")]
    told = runs.told(claimed, collected=6)
    tests = told.tests.model_copy(update={"reported": 6})
    run = replace(runs.usual(), checks=claimed, told=told.model_copy(update={"tests": tests}))
    said = Document(page(run)).text
    assert "6 of 6 ran to their end, with 1 results of claims and comparisons beside them: 7 did not fail;" in said


def test_what_is_broken_comes_before_what_was_skipped():
    run = runs.usual(status="fail", exit_code=1)
    cause = results.Cause(outcome="skipped", reason="no such data", tests=2, first="a.py::b")
    said = Document(page(replace(run, told=runs.told(run.checks, 1, causes=[cause])))).text
    assert said.index("Broken or undecided") < said.index("2 tests skipped, for 1 reason")
    assert "Not measured" not in said


def test_surest_mistakes_need_no_baseline(usual):
    first, second = told(usual, "galleries")
    assert (first["kind"], second["kind"]) == ("surest mistakes", "worst group")
    image, name, label, answer, probability, before, _ = first["pictures"][1]
    assert (name, label, answer, probability, before) == ("b", "ant", "dog", 0.97, None)
    assert base64.b64decode(told(usual, "pictures")[image])[8:12] == b"WEBP"
    assert "cat" in unpacked(told(usual, "classes-packed"))


def test_a_regression_says_what_got_worse_for_whom_and_against_what():
    text = page(runs.regressed())
    said = Document(text).text
    for words in (
        "May it ship? No", "57 tests: val: 3 of 10 images cannot be read", "vit-clip on val: 3 numbers",
        "The baseline runs/main", "94 of 576 were right", "was cat 0.80", "said dog 0.97", "+0.011 +0.004 to +0.018",
        "pytest --model vit-clip --baseline=runs/main",
    ):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (runs.empty(), "No. No test ran"),
        (runs.empty(2), "No. The run was interrupted"),
        (runs.empty(1), "No. Nothing was measured"),
        (replace(runs.usual(), told=runs.told(runs.usual().checks, 2, collected=9)), "No. The run was interrupted"),
        (replace(runs.usual(), told=runs.told(runs.usual().checks, 0, collected=9)), "only part of one"),
        (replace(runs.usual(), told=runs.told(runs.usual().checks, max_images=9)), "which releases nothing"),
        (runs.usual(status="inconclusive", on_inconclusive="warn"), "Yes, with 6 left open"),
        (replace(runs.usual(), told=runs.told(runs.usual().checks, chosen=True)), "Yes, by the 6 tests asked for"),
        (runs.usual(status="not gated"), "Nobody says: no rule judges what was measured"),
        (runs.usual(status="fail", exit_code=1), "No"),
    ],
)
def test_runs_that_are_no_clean_pass_say_so(run, word):
    assert word in verdict(run).word


def test_a_run_of_chosen_tests_says_that_nothing_is_known_of_the_others():
    run = replace(runs.usual(), told=runs.told(runs.usual().checks, chosen=True))
    assert "Only 6 tests of the suite were asked for; of the others nothing is known" in Document(page(run)).text


def test_an_empty_run_claims_nothing():
    text = Document(page(runs.empty())).text
    assert "Nothing is known: nothing was measured" in text
    assert "Nothing was measured." in text
    assert "For whom? Nothing is known" in text
    assert "No image is shown" in text
    assert "no rule is broken" not in text.lower()


def test_a_run_that_could_not_begin_says_so_instead_of_an_earlier_one(tmp_path):
    writer.refused(tmp_path / "page.html", f"--model: {runs.HOSTILE}\nno such file")
    document = Document((tmp_path / "page.html").read_text())
    assert "May it ship? No. The run could not begin" in document.text
    assert "no such file" in document.text
    assert not document.all("script")
    assert not document.all("img")


def test_a_large_run_stays_small():
    text = page(runs.large())
    assert len(text) < SIZE
    assert text.count("Metric 399") == 1


def test_the_same_run_gives_the_same_bytes():
    assert page(runs.usual()) == page(runs.usual())
