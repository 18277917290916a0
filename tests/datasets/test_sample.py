"""A sample: the same images in every run, with everything that the whole knows of them."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fixtures.datasets.derived.sample import sample
from fixtures.suite.loader import load_suite


@pytest.fixture
def whole(tmp_path):
    for name in ("ant", "bee"):
        folder = tmp_path / "pictures" / name
        folder.mkdir(parents=True)
        for k in range(20):
            Image.new("RGB", (8, 8), (k, k, k)).save(folder / f"{k:02d}.png")
    (tmp_path / "suite.yaml").write_text(
        "suite: s\nclasses: [ant, bee]\ndatasets: {val: {format: class_folders, path: pictures}}\n"
    )
    return load_suite(str(tmp_path / "suite.yaml"), tmp_path / "cache").dataset("val")


def test_the_whole_where_there_is_nothing_to_leave_out(whole):
    assert sample(whole, None) is whole
    assert sample(whole, 40) is whole


def test_a_sample_keeps_ids_labels_and_images_together(whole):
    part = sample(whole, 10)
    assert len(part.ids) == 10
    place = [whole.ids.index(name) for name in part.ids]
    assert place == sorted(place), "in the order of the whole"
    np.testing.assert_array_equal(part.labels, whole.labels[place])
    assert part.load(3).getpixel((0, 0)) == whole.load(place[3]).getpixel((0, 0))
    assert (part.name, part.classes, part.mapping) == (whole.name, whole.classes, whole.mapping)


def test_a_larger_sample_contains_the_smaller_one(whole):
    assert set(sample(whole, 5).ids) < set(sample(whole, 15).ids)


def test_the_manifest_tells_samples_apart(whole):
    digests = {sample(whole, n).manifest().digest for n in (5, 6, 40)}
    assert len(digests) == 3
    assert sample(whole, 5).manifest().images == 5


def test_annotations_go_along(whole):
    noted = replace(whole, annotations={"number": np.arange(40)})
    part = sample(noted, 7)
    assert part.annotations["number"].tolist() == [whole.ids.index(name) for name in part.ids]
