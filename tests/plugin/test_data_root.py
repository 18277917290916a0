"""A suite whose data lies elsewhere: what is there is measured, what is not is told, and never silently green."""

import json

import pytest

from fixtures.datasets.dataset import Manifest
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import folders

SUITE = """\
suite: pets
classes: [cat, dog]
data_root: required
models:
  recorded: predictions:said.csv
datasets:
  val:
    format: class_folders
    path: photos
    images: 4
    card: &card
      {title: Photographs of pets, source: https://example.org/pets, licence: CC0, images: 4, bytes: 2_000_000_000,
       citation: nobody}
  renditions: {format: class_folders, path: paintings, card: *card}
"""
SAID = "file_name,predicted_class,predicted_probability\n" + "".join(
    f"{kind}/{number}.png,{label},0.9\n" for label, kind in enumerate(("cat", "dog")) for number in range(2)
)
LAW = "pets: {calibration: {ece: {max: 1.0, policy: point, because: any will do}}}\n"


@pytest.fixture
def pets(tmp_path):
    """A suite's folder, and beside it the data: all photographs, no paintings."""
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "pets.yaml").write_text(SUITE)
    (tmp_path / "suite" / "said.csv").write_text(SAID)
    (tmp_path / "suite" / "law.yaml").write_text(LAW)
    folders(tmp_path / "data" / "photos", "cat", "dog")
    return tmp_path


def suite(pets, **how):
    return load_suite(str(pets / "suite" / "pets.yaml"), pets / "cache", data_root=pets / "data", **how)


def test_what_is_there_opens_and_what_is_not_says_where_it_comes_from(pets):
    found = suite(pets)
    assert found.dataset("val").manifest().expected == 4
    assert list(found.absent) == ["renditions"]
    with pytest.raises(Exception, match="renditions") as caught:
        found.dataset("renditions")
    said = str(caught.value)
    assert f"{pets / 'data' / 'paintings'} is not there" in said
    assert "Photographs of pets comes from https://example.org/pets (4 images, 2 GB, licence: CC0)" in said


def test_a_part_is_an_error_unless_it_is_allowed_and_then_it_is_counted(pets):
    (pets / "data" / "photos" / "dog" / "1.png").unlink()
    with pytest.raises(Exception, match=r"3 images in .* but 4 are declared; --allow-partial"):
        suite(pets).dataset("val")
    facts = suite(pets, partial=True).dataset("val").manifest()
    assert (facts.images, facts.expected) == (3, 4)


def test_more_than_declared_is_no_part(pets):
    folders(pets / "data" / "photos", "cat", "dog", each=3)
    with pytest.raises(Exception, match=r"6 images in .* but 4 are declared"):
        suite(pets, partial=True).dataset("val")


def test_unreadable_images_are_part_of_what_is_missing(pets):
    (pets / "data" / "photos" / "dog" / "1.png").write_bytes(b"")
    facts = suite(pets, partial=True).dataset("val").manifest()
    assert (facts.images, facts.expected, facts.unreadable) == (3, 4, ("dog/1.png",))


def test_a_glance_reads_no_file(pets):
    (pets / "data" / "photos" / "dog" / "1.png").write_bytes(b"damaged")
    facts = suite(pets, partial=True, glance=True).dataset("val").manifest()
    assert (facts.images, facts.unreadable) == (4, ())
    (pets / "data" / "photos" / "dog" / "1.png").write_bytes(b"")
    assert suite(pets, partial=True, glance=True).dataset("val").manifest().unreadable == ("dog/1.png",)


def test_expected_images_are_those_that_were_found_where_nobody_says():
    assert Manifest(3, 0, "", ("a.png",)).expected == 4


@pytest.fixture
def run(pets, house):
    """pytest on the suite."""
    house.thresholds(LAW)

    def go(*options: str):
        return house.pytest("-k", "test_ece", f"--suite={pets / 'suite' / 'pets.yaml'}", *options)

    return go


def test_without_a_root_nothing_runs(run):
    found = run()
    assert found.code == 4
    assert "suite pets: where are its datasets? Give --data-root=DIR; --doctor lists what belongs there" in found.output


def test_missing_data_is_an_error_and_with_allow_partial_a_skip_that_says_so(pets, run):
    found = run(f"--data-root={pets / 'data'}")
    assert found.code == 1
    assert "Photographs of pets comes from https://example.org/pets" in found.output
    (pets / "data" / "photos" / "dog" / "1.png").unlink()
    found = run(f"--data-root={pets / 'data'}", "--allow-partial", "-v", f"--results={pets / 'results.json'}")
    assert found.code == 0, found.output
    assert "paintings is not there; Photographs of pets comes from" in found.output
    assert "images: 3 of 4 in 1 dataset; incomplete: val 3 of 4" in found.output
    told = json.loads((pets / "results.json").read_text())
    [check] = told["checks"]
    assert check["sample"] == "incomplete: 3 of 4 images of val (--allow-partial)"
    assert check["sample"] in check["message"]
    assert (told["datasets"]["val"]["evaluated"], told["datasets"]["val"]["expected"]) == (3, 4)


def test_the_doctor_tells_what_is_found_incomplete_and_missing_and_predicts_nothing(pets, run):
    (pets / "data" / "photos" / "dog" / "1.png").unlink()
    found = run(f"--data-root={pets / 'data'}", "--doctor")
    assert found.code == 1
    lines = [" ".join(line.split()) for line in found.output.splitlines()]
    assert "datasets: 1 incomplete, 1 missing" in lines
    assert "incomplete val 3 images of 4" in lines
    assert f"missing renditions {pets / 'data' / 'paintings'} is not there" in lines
    assert "-> Photographs of pets: https://example.org/pets (4 images, 2 GB, licence: CC0)" in lines
    assert "measured" not in found.output


def test_the_doctor_needs_no_root_and_is_content_where_everything_is_there(pets, run):
    found = run("--doctor")
    assert found.code == 1
    assert "datasets: 2 missing" in found.output
    folders(pets / "data" / "paintings", "cat", "dog")
    found = run(f"--data-root={pets / 'data'}", "--doctor")
    assert found.code == 0, found.output
    assert "datasets: 2 found" in found.output


@pytest.mark.parametrize("damage", [b"", b"<html>not found</html>", b"\x1f\x8b"])
def test_the_doctor_refuses_what_a_run_refuses_and_says_why(pets, run, damage):
    folders(pets / "data" / "paintings", "cat", "dog", first=50)
    (pets / "data" / "photos" / "dog" / "1.png").write_bytes(damage)
    found = run(f"--data-root={pets / 'data'}", "--doctor")
    assert found.code == 1, found.output
    assert "1 of 4 images cannot be read, none may be: dog/1.png" in found.output


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_broken_dataset_is_reported_once_and_before_anything_is_measured(pets, house, workers):
    folders(pets / "data" / "paintings", "cat", "dog", first=50)
    (pets / "data" / "photos" / "dog" / "1.png").write_bytes(b"")
    house.thresholds(LAW)
    options = [f"--suite={pets / 'suite' / 'pets.yaml'}", f"--data-root={pets / 'data'}"]
    found = house.pytest("-m", "calibration or robustness", *options, "--results", str(pets / "told.json"), *workers)
    assert found.code != 0, found.output
    told = json.loads((pets / "told.json").read_text())["tests"]["unmeasured"]
    saying = [one for one in told if "1 of 4 images cannot be read, none may be" in one["reason"]]
    assert [one["outcome"] for one in saying] == ["failed"]
    pointing = [
        one for one in told if one["reason"].endswith(f"a dataset cannot be used: {saying[0]['nodeid']} says why")
    ]
    assert len(pointing) > 3
    assert {one["outcome"] for one in pointing} == {"skipped"}
