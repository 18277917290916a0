"""``--html``: a run writes its page, with figures and the images that went wrong; other runs draw nothing."""

import json
import re

from fixtures.reports.page.pictures import Gallery
from fixtures.runs.showing import pictures, read, write
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

    def load(model, dataset, name):
        loaded.append((dataset, name))
        return Image.new("RGB", (64, 64))

    row = {"id": "v/1", "label": "cat", "old": "cat", "old_confidence": 0.8, "new": "dog", "new_confidence": 0.9}
    found = pictures([examples()], [compared(flips=(row,), changed=1)], load).galleries
    assert [one.kind for one in found] == ["negative flips", "surest mistakes", "worst group"]
    flip = found[0].pictures[0]
    assert (flip.answer, flip.before, flip.probability) == ("dog", "cat", 0.9)
    assert loaded == [("val", "v/1")]


def test_pictures_without_images_are_told_all_the_same():
    def load(model, dataset, name):
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
