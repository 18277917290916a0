"""What lies beside the images of a run is told in its summary, its results and its page, also where all went well."""

import json
import shutil

import pytest

from tests.datasets.pictures import folders, picture

SUITE = """\
suite: pets
classes: [cat, dog]
models: {recorded: predictions:said.csv}
datasets: {val: {format: class_folders, path: photos}}
"""
LAW = "pets: {calibration: {ece: {max: 1.0, policy: point, because: any will do}}}\n"


@pytest.fixture
def pets(tmp_path):
    folders(tmp_path / "photos", "cat", "dog")
    (tmp_path / "pets.yaml").write_text(SUITE)
    return tmp_path


def recorded(pets):
    names = sorted(path.relative_to(pets / "photos").as_posix() for path in (pets / "photos").glob("*/*.*"))
    rows = "".join(f"{name},{int(name.startswith('dog'))},0.9\n" for name in names)
    (pets / "said.csv").write_text(f"file_name,predicted_class,predicted_probability\n{rows}")


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_everything_that_was_left_out_is_in_the_summary_with_its_reason(pets, house, workers):
    house.thresholds(LAW)
    picture(pets / "photos" / "cover.png")
    (pets / "photos" / "cat" / "notes.txt").write_text("x")
    picture(pets / "photos" / "cat" / "@eaDir" / "0.png", seed=4)
    shutil.copy2(pets / "photos" / "cat" / "0.png", pets / "photos" / "dog" / "9.png")
    recorded(pets)
    results, page = pets / "results.json", pets / "page.md"
    ran = house.pytest(
        "-k", "test_ece", f"--suite={pets / 'pets.yaml'}", f"--results={results}", f"--summary={page}", *workers
    )
    assert ran.code == 0, ran.output
    left = (
        "val: left out: in no folder of a class: 1 (cover.png); litter of file systems: 1 (cat/@eaDir/); "
        "no image by content: 1 (cat/notes.txt)"
    )
    assert ran.output.count(left) == 1
    torn = "ATTENTION: the same picture is in several classes, of which at most one is right: cat/0.png = dog/9.png"
    assert ran.output.count(torn) == 1
    told = json.loads(results.read_text())["datasets"]["val"]
    assert told["left_out"] == {"in no folder of a class": 1, "litter of file systems": 1, "no image by content": 1}
    assert told["remarks"] == [torn]
    assert "left out: in no folder of a class: 1" in page.read_text()
    assert "the same picture is in several classes" in page.read_text()


def test_nine_jfif_and_three_jpg_are_twelve(pets, house):
    house.thresholds(LAW)
    for number in range(2, 11):
        picture(pets / "photos" / "cat" / f"{number}.jpg", seed=100 + number)
        (pets / "photos" / "cat" / f"{number}.jpg").rename(pets / "photos" / "cat" / f"{number}.jfif")
    recorded(pets)
    ran = house.pytest("-k", "test_ece", f"--suite={pets / 'pets.yaml'}")
    assert ran.code == 0, ran.output
    assert "images: 13 of 13 in 1 dataset" in ran.output
    assert "left out" not in ran.output
