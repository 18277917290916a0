"""A sample: the same images in every run, with everything that the whole knows of them."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fixtures.datasets.derived.sample import drawn, sample
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


def test_versions_of_an_image_come_one_by_one_in_a_random_order(whole):
    """So that of 75 versions of each image a few are enough; without an order they come together."""
    noted = replace(whole, annotations={"source": np.arange(40) // 8})
    rows, ends = drawn(noted, "0:")
    assert sorted(rows) == list(range(40))
    assert ends.tolist() == list(range(1, 41))
    for part in rows.reshape(8, 5):
        assert sorted(part // 8) == [0, 1, 2, 3, 4], "one of each"
    assert len({tuple(row % 8 for row in rows if row // 8 == image) for image in range(5)}) == 5, (
        "in orders of their own"
    )
    assert set(sample(noted, 7, "0:").ids) < set(sample(noted, 12, "0:").ids)
    assert rows.tolist() != drawn(noted, "1:")[0].tolist()
    assert len(sample(noted, 20).ids) == 16, "whole images, where it is a sample for its own sake"
