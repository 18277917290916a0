"""``--html``: a run writes its page, with figures and the images that went wrong; other runs draw nothing."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from behaviors.contract.predictions import Predictions
from fixtures.core.errors import InputError
from fixtures.plugin.images import image
from fixtures.predictions.request import Request
from fixtures.reports.page.pictures import Gallery
from fixtures.runs.showing import pictures, read, write
from tests.reports.checks import check
from tests.reports.compared import compared
from tests.reports.page.runs import examples


def test_what_was_got_wrong_is_kept_and_read(tmp_path):
    write(tmp_path, examples("vit-sup"))
    write(tmp_path, examples())
    first, second = read(tmp_path)
    assert (first.model, second.model) == ("vit-clip", "vit-sup")
    assert first.worst.name == "class cat"
    assert dict(first.mistakes[0]) == dict(examples().mistakes[0])


def test_galleries_of_mistakes_the_worst_group_and_flips_each_image_loaded_once():
    from PIL import Image

    loaded = []

    def load(model, dataset, view, name):
        loaded.append((dataset, name))
        return Image.new("RGB", (64, 64))

    row = {"id": "v/1", "label": "cat", "old": "cat", "old_confidence": 0.8, "new": "dog", "new_confidence": 0.9}
    found = pictures(
        [examples()], [compared(behavior="baseline", metric="negative_flips", flips=(row,), changed=1)], load
    ).galleries
    assert [one.kind for one in found] == ["negative flips", "surest mistakes", "worst group"]
    flip = found[0].pictures[0]
    assert (flip.answer, flip.before, flip.probability) == ("dog", "cat", 0.9)
    assert loaded == [("val", "v/1")]


def test_pictures_without_images_are_told_all_the_same():
    def load(model, dataset, view, name):
        raise ValueError(name)

    [first, _] = pictures([examples()], [], load).galleries
    assert isinstance(first, Gallery)
    assert (first.pictures[0].image, first.pictures[0].label) == (None, "cat")


def test_a_run_writes_its_page(house):
    done = house.pytest("-k", "test_ece and val", "--suite", house.suite(), "--html=page.html")
    text = (house.path / "page.html").read_text()
    assert "--html=page.html" in text, done.output
    assert len(json.loads(re.search(r'id="figures">(.*?)</script>', text)[1])) == 1
    galleries = json.loads(re.search(r'id="galleries">(.*?)</script>', text)[1])
    assert "surest mistakes" in {one["kind"] for one in galleries}


def searched(view, smallest=1, breaks=1):
    rows = (
        {"order": 1, "found": "now", "view": "flip", "words": "a flip", "consistency": 0.9, "breaks": 0, "smallest": 0},
        {"order": 2, "found": "now", "view": view, "words": "a shift", "consistency": 0.5, "breaks": breaks,
         "smallest": smallest},
    )  # fmt: skip
    return check(behavior="invariance", metric="search_consistency", dataset="wide", model="vit", parts=rows)


@pytest.mark.parametrize(("smallest", "words"), [(1, "the smallest transformation that breaks"), (0, "no view broke")])
def test_what_the_smallest_transformation_changes_is_shown_under_it(smallest, words):
    from PIL import Image

    loaded = []

    def answers(model, dataset, view):
        predicted = np.array([0, 1, 0] if view == "identity" else [1, 1, 1])
        top = np.array([[0.9], [0.8], [0.6]])
        ids = np.array(["a", "b", "c"])
        return Predictions(model, dataset, view, ("ant", "bee"), ids, np.zeros(3, int), predicted[:, None], top)

    def load(*about):
        loaded.append(about)
        return Image.new("RGB", (8, 8))

    [found] = pictures([], [], load, [searched("move", smallest, smallest)], answers).galleries
    assert words in found.sentence
    assert "2 of 3 answers change" in found.sentence
    assert [(one.name, one.before, one.answer, one.before_probability) for one in found.pictures] == [
        ("a", "ant", "bee", 0.9), ("c", "ant", "bee", 0.6),
    ]  # fmt: skip
    assert loaded == [("vit", "wide", "move", "a"), ("vit", "wide", "move", "c")]


class PredictionProvider:
    """One dataset whose images are corrupted; ``able`` models show what they are given."""

    def __init__(self, able):
        self.able = able

    def dataset(self, request):
        return SimpleNamespace(alters=str, ids=("fog/1/a",), load=lambda index: pytest.fail("before corruption"))

    def pictures(self, request, ids):
        if request.model not in self.able:
            raise InputError(f"{request.model}: recorded predictions show no images")
        return [np.full((4, 4, 3), 7, np.uint8)]


def test_a_corrupted_image_is_shown_as_it_was_answered_or_not_at_all():
    def session(*able):
        return SimpleNamespace(provider=PredictionProvider(able), run=SimpleNamespace(models={"recorded": 1, "vit": 2}))

    shown = image(session("vit"), Request("recorded", "c"), "fog/1/a")
    assert shown.getpixel((0, 0)) == (7, 7, 7)
    with pytest.raises(InputError, match="recorded predictions show no images"):
        image(session(), Request("recorded", "c"), "fog/1/a")
