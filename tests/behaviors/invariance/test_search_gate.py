"""The search bites: a model that looks at one column fails its gate with its smallest weakness, a sound one passes."""

import csv
import json
import re

import numpy as np
import pytest
from PIL import Image

MODELS = '''
"""Two classes: bees have a bright bar in the middle, four columns wide. One model looks there, one at one column."""

from torchvision import transforms


def make(fragile):
    def run(images):
        import torch

        side = images.shape[-1]
        seen = images[..., side // 2 - 1] if fragile else images
        evidence = (seen.flatten(1).mean(1) - (0.5 if fragile else 0.04)) * 20
        return torch.stack([-evidence, evidence], 1)

    steps = [transforms.Resize(64), transforms.CenterCrop(64), transforms.ToTensor(), transforms.Normalize(0.0, 1.0)]
    seen = {"preprocess": transforms.Compose(steps), "class_names": ["ant", "bee"]}
    return {"model": run, "fingerprint": str(fragile), **seen}


def sound():
    return make(False)


def fragile():
    return make(True)
'''
SUITE = """
suite: small
classes: [ant, bee]
models: {sound: "python:rigged:sound", fragile: "python:rigged:fragile"}
datasets: {wide: {format: class_folders, path: wide}}
"""
WITHIN = "{move: 0.0625, zoom: [1, 1.1], resolution: [208, 240], brightness: 0.1}"
RULES = f"small: {{invariance: {{search_consistency: {{min: 0.9, because: a test, within: {WITHIN}}}}}}}\n"
SEARCH = ("behaviors/invariance/test_search.py",)
FOUND = "a shift of 2 px left changes 50 % of predictions (10 of 20); at most 10 % allowed"


def furnish(house):
    """Bars in columns 30 to 33: seen at column 31 until the crop has moved 2 px left or 3 px right."""
    for name, bright in (("ant", 0), ("bee", 255)):
        folder = house.path / "wide" / name
        folder.mkdir(parents=True)
        for k in range(10):
            pixels = np.full((64, 64, 3), [0, 2 * k, 0], dtype=np.uint8)
            pixels[:, 30:34] = [bright, 2 * k, bright]
            pixels[:, 30:34, 1] = bright
            Image.fromarray(pixels).save(folder / f"{k}.png")
    (house.path / "rigged.py").write_text(MODELS)
    (house.path / "small.yaml").write_text(SUITE)
    house.thresholds(RULES)
    return house


@pytest.fixture(scope="module")
def bars(make_house, tmp_path_factory):
    return furnish(make_house(tmp_path_factory.mktemp("invariance")))


@pytest.fixture(scope="module")
def ran(bars):
    """What pytest says of both models, once for all tests here."""
    allure = f"--alluredir={bars.path}/allure"
    return bars.pytest(*SEARCH, f"--suite={bars.path}/small.yaml", f"--store={bars.path}/store", allure)


def test_a_model_that_looks_at_one_column_fails_and_a_sound_one_passes(ran):
    assert re.search(r"FAIL +invariance.search_consistency +fragile +wide +0.500 .*>= 0.900", ran.output), ran.output
    assert re.search(r"pass +invariance.search_consistency +sound +wide +1.000 .*>= 0.900", ran.output), ran.output
    assert ran.code == 1


def test_the_failure_names_the_smallest_transformation(ran):
    assert FOUND in ran.output, ran.output
    assert re.search(r"evaluated \d+ of at most \d+ transformations; a search, not a guarantee", ran.output)
    assert "interval" not in ran.output.split("no interval")[0].split("demands")[1]


def test_allure_gets_one_table_and_one_strip(ran, bars):
    assert ran.code == 1
    results = [json.loads(path.read_text()) for path in (bars.path / "allure").glob("*-result.json")]
    [failed] = [result for result in results if result["status"] == "failed"]
    kinds = sorted(attachment["type"] for attachment in failed["attachments"])
    assert [kind for kind in kinds if "csv" in kind or "png" in kind] == ["image/png", "text/csv"]
    assert "steps" not in failed
    [table] = [attachment["source"] for attachment in failed["attachments"] if attachment["type"] == "text/csv"]
    rows = list(csv.DictReader((bars.path / "allure" / table).read_text().splitlines()))
    assert [row["view"] for row in rows if row["smallest"] == "1"] == ["move(x=-0.03125,y=0)"]
    assert {row["consistency"] for row in rows if row["breaks"] == "1"} == {"0.5"}
    assert len({row["view"] for row in rows}) == len(rows) > 3


def test_what_was_found_is_tried_first_next_time_until_it_is_fixed(ran, bars):
    assert FOUND in ran.output
    again = bars.pytest(*SEARCH, f"--suite={bars.path}/small.yaml", f"--store={bars.path}/store", "--model=fragile")
    assert FOUND in again.output, again.output
    assert "and 1 that earlier runs had found" in again.output
    fixed = ("--model=fragile=python:rigged:sound", "-v", f"--alluredir={bars.path}/fixed")
    after = bars.pytest(*SEARCH, f"--suite={bars.path}/small.yaml", f"--store={bars.path}/store", *fixed)
    assert after.code == 0, after.output
    [result] = (bars.path / "fixed").glob("*-result.json")
    assert "fixed: what broke it before no longer does: a shift of 2 px left" in result.read_text()


def test_workers_find_the_same(ran, bars):
    workers = ("-n", "2", f"--store={bars.path}/other")
    told = bars.pytest(*SEARCH, f"--suite={bars.path}/small.yaml", *workers).output

    def story(output):
        return sorted(set(re.findall(r"(?:evaluated \d+ of|a shift of .* allowed|the worst of all .*)", output)))

    assert len(story(told)) >= 2
    assert story(told) == story(ran.output)


def test_a_damaged_memory_is_remarked_and_changes_nothing(ran, bars):
    store = bars.path / "damaged"
    first = bars.pytest(*SEARCH, f"--suite={bars.path}/small.yaml", f"--store={store}", "--model=fragile")
    memories = list((store / "searches").glob("fragile*.json"))
    assert len(memories) == 2  # what was found, and how the search went
    for memory in memories:
        memory.write_text("{")
    second = bars.pytest(*SEARCH, f"--suite={bars.path}/small.yaml", f"--store={store}", "--model=fragile")
    assert FOUND in first.output
    assert FOUND in second.output
    assert all(f"{memory.name} was damaged: " in second.output for memory in memories)
    assert second.code == first.code == ran.code == 1


def test_a_profile_sets_the_budget(bars):
    far = (f"--store={bars.path}/store", "--search=ci", "--model=fragile")
    assert "of at most 120 transformations" in bars.pytest(*SEARCH, f"--suite={bars.path}/small.yaml", *far).output
    wrong = bars.pytest(*SEARCH, "--search=forever")
    assert wrong.code == 4
    assert "--search" in wrong.output


@pytest.mark.parametrize(
    ("within", "sentence"),
    [
        ("{zoom: 2}", "thresholds.yaml:1: small.invariance.search_consistency.within: zoom must be two numbers"),
        ("{rotation: 3}", "within has no 'rotation'; did you mean 'resolution'?"),
    ],
)
def test_ranges_that_cannot_be_used_end_the_run(house, within, sentence):
    house.thresholds(f"small: {{invariance: {{search_consistency: {{min: 1, because: x, within: {within}}}}}}}\n")
    ran = house.pytest(*SEARCH, f"--suite={house.suite()}")
    assert ran.code == 4
    assert sentence in ran.output


def test_recorded_answers_cannot_be_searched(house):
    suite = house.suite()
    path = house.path / "small.yaml"
    path.write_text(path.read_text().replace("datasets: {val:", "datasets: {wide:"))
    skipped = house.pytest(*SEARCH, f"--suite={suite}", "-rs")
    assert "it asks about new views, which takes a network" in skipped.output
    house.thresholds("small: {invariance: {search_consistency: {min: 0.9, because: a test}}}\n")
    demanded = house.pytest(*SEARCH, f"--suite={suite}")
    assert demanded.code == 1
    assert "demands it of one on wide, but it cannot be measured" in demanded.output
