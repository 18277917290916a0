"""How far a search goes (``--search``), and its memory: what was found is there next time, and damage is told."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from fixtures.core import remarks
from fixtures.plugin.search_memory import KEPT, PROFILES, Searching, usual_profile


@pytest.fixture
def searching(tmp_path):
    return Searching("dev", tmp_path / "searches", "vit-clip", "wide")


def test_a_profile_sets_how_far_a_search_goes(tmp_path):
    chosen = [Searching(name, tmp_path, "one", "val") for name in ("dev", "ci", "nightly")]
    assert list(PROFILES) == [one.profile for one in chosen]
    assert chosen[0].budget < chosen[1].budget < chosen[2].budget
    assert all(one.examples < one.budget for one in chosen)
    assert chosen[0].seed == chosen[1].seed != chosen[2].seed


@pytest.mark.parametrize(
    ("environment", "name"),
    [({}, "dev"), ({"CI": ""}, "dev"), ({"CI": "false"}, "dev"), ({"CI": "true"}, "ci"), ({"CI": "1"}, "ci")],
)
def test_the_usual_profile_follows_ci(environment, name):
    assert usual_profile(environment) == name


def test_nothing_was_found_before_the_first_search(searching, tmp_path):
    assert searching.recall() == {}
    searching.keep({})
    assert (remarks.take(), list(tmp_path.iterdir())) == ([], [])


def test_what_is_kept_is_recalled_by_model_and_dataset(searching, tmp_path):
    searching.keep({"flip": True, "zoom(scale=1.08)": False})
    again = Searching("ci", tmp_path / "searches", "vit-clip", "wide")
    assert list(again.recall().items()) == [("flip", True), ("zoom(scale=1.08)", False)]
    for model, dataset in (("vit-sup", "wide"), ("vit-clip", "val"), ("vit/clip", "wide")):
        assert Searching("dev", tmp_path / "searches", model, dataset).recall() == {}


def test_newer_is_last_and_says_what_holds_now(searching):
    searching.keep({"a": True, "b": True})
    searching.keep({"a": False})
    assert list(searching.recall().items()) == [("b", True), ("a", False)]


def test_of_too_many_what_breaks_nothing_goes_first_and_then_the_oldest(searching):
    searching.keep({f"view {index}": index != 3 for index in range(KEPT)})
    searching.keep({"new": True})
    assert list(searching.recall()) == [*(f"view {index}" for index in range(KEPT) if index != 3), "new"]
    searching.keep({"newer": True})
    assert list(searching.recall()) == [*(f"view {index}" for index in range(1, KEPT) if index != 3), "new", "newer"]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"views": {}}',
        b'{"schema": 1, "model": "vit-clip", "dataset": "val", "views": {}}',
        b'{"schema": 1, "model": "vit-clip", "dataset": "wide", "views": {"flip": 1}}',
        b'{"schema": 1, "model": "vit-clip", "dataset": "wide", "views": ["flip"]}',
    ],
)
def test_a_damaged_file_is_told_and_put_aside(searching, tmp_path, content):
    searching.keep({"flip": True})
    [path] = (tmp_path / "searches").glob("*.json")
    assert json.loads(path.read_text())["content"] == {"flip": True}
    path.write_bytes(content)
    assert searching.recall() == {}
    [remark] = remarks.take()
    assert remark.startswith(f"{path.name} was damaged: ")
    assert (path.parent / "damaged" / path.name).read_bytes() == content
    searching.keep({"zoom(scale=1.08)": True})
    assert searching.recall() == {"zoom(scale=1.08)": True}


def test_a_file_in_the_way_changes_no_verdict(tmp_path):
    (tmp_path / "searches").write_text("")
    searching = Searching("dev", tmp_path / "searches", "one", "val")
    searching.keep({"flip": True})
    assert searching.recall() == {"flip": True}
    assert "was no folder" in remarks.take()[0]


def test_several_at_once_lose_nothing(tmp_path):
    def keep(index):
        Searching("dev", tmp_path, "one", "val").keep({f"view {index}": True})

    with ThreadPoolExecutor(KEPT) as pool:
        list(pool.map(keep, range(KEPT)))
    assert set(Searching("dev", tmp_path, "one", "val").recall()) == {f"view {index}" for index in range(KEPT)}
    assert not list(tmp_path.glob(".*.json.*"))  # no draft is left


def test_a_course_is_recalled_for_the_same_settings_only(searching, tmp_path):
    course = {"asked": [["flip", 0.875]], "spent": False}
    searching.keep_course({"seed": 1, "ranges": {"x": (0, 4)}}, course)
    again = Searching("dev", tmp_path / "searches", "vit-clip", "wide")
    assert again.course({"seed": 1, "ranges": {"x": (0, 4)}}) == course
    assert again.course({"seed": 2, "ranges": {"x": (0, 4)}}) is None
    assert (
        Searching("ci", tmp_path / "searches", "vit-clip", "wide").course({"seed": 1, "ranges": {"x": (0, 4)}}) is None
    )
