"""Every example of docs/suites.md, and those in examples/, read and opened."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fixtures.datasets import formats
from fixtures.gates.metrics import known_groups, known_metrics
from fixtures.gates.thresholds import load as load_thresholds
from fixtures.predictions.target import ALL
from fixtures.suite import schema
from fixtures.suite.loader import Suite, load_suite
from tests.datasets.parquets import table, write
from tests.datasets.pictures import folders, picture
from tests.datasets.shards import one, shard

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "real"
BLOCK = re.compile(r"```(?:yaml|csv)\n# (\S+)\n(.*?)```", re.DOTALL)
DEMANDED = (
    ("val", "calibration", "ece"),
    ("val", "calibration", "signed_gap"),
    ("cue_conflict", "shape_texture", "shape_fraction"),
)
EXAMPLES = dict(BLOCK.findall((ROOT / "docs" / "suites.md").read_text()))


@pytest.fixture
def folder(tmp_path):
    """What the guide says is there."""
    for name in ("daisy/a1.jpg", "daisy/a2.jpg", "rose/b1.jpg", "rose/b2.jpg", "tulip/c1.jpg", "tulip/c2.jpg"):
        picture(tmp_path / "flowers" / name)
    folders(tmp_path / "by_alias", "n11939491", "n12620196", "n12452836")
    folders(tmp_path / "paintings", "daisy", "tulip")
    folders(tmp_path / "garten", "Rose", "Tulpe")
    for name in ("cat1-dog2", "cat1-cat2", "dog3-cat1"):
        picture(tmp_path / "stylised" / name[:3] / f"{name}.png")
    for name in ("Camera_Yaw/Cat/1", "Camera_Yaw/Tractor/1", "Scene_Light/Cat/2"):
        picture(tmp_path / "scenes" / f"{name}.png")
    for part in ("train", "test"):
        for name in ("oil", "pencil"):
            picture(tmp_path / "media" / part / name / f"{part}.png")
    for number, name in enumerate(("daisy", "rose", "tulip"), 1):
        picture(tmp_path / "numbered" / name / f"ILSVRC2012_val_{number:08d}.jpg")
    (tmp_path / "real.json").write_text("[[0], [1, 2], []]")
    for number in range(2):
        shard(tmp_path / "shards" / f"part-{number:03d}.tar", *one(number, "rose"))
    tulips = table(label=pa.array([[2, 0], [2], [1, 2], [2]]))
    write(tmp_path / "hub" / "data" / "validation-00000-of-00001.parquet", tulips)
    pixels, labels = np.zeros((4, 8, 8, 3), np.uint8), np.array([2, 0, 1, 1])
    np.savez(tmp_path / "flowers.npz", test_images=pixels, test_labels=labels)
    (tmp_path / "ours.safetensors").write_bytes(b"")
    (tmp_path / "limits.yaml").write_text("models: {}\n")
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def loaded(folder: Path, name: str) -> Suite:
    return load_suite(str(folder / name), cache=folder / "cache")


SUITES = sorted(name for name in EXAMPLES if name.endswith(".yaml"))


@pytest.mark.parametrize("name", SUITES)
def test_every_example_can_be_read_and_opened(folder, name):
    suite = loaded(folder, name)
    assert suite.name == Path(name).stem
    for role in suite.roles:
        dataset = suite.dataset(role)
        assert dataset.manifest().images == len(dataset.ids) == len(dataset.labels) > 0


def test_the_guide_says_what_happens(folder):
    assert loaded(folder, "table.yaml").dataset("val").labels.tolist() == [1, 0]
    assert loaded(folder, "table.yaml").dataset("val").annotations["lens"].tolist() == [50, 35]
    assert loaded(folder, "cues.yaml").dataset("cue_conflict").annotations["conflict"].tolist() == [False, True, True]
    assert loaded(folder, "by_alias.yaml").prompt_names == ("daisy flower", "rose", "tulip")
    assert loaded(folder, "scenes.yaml").dataset("pug").annotations["valid"].tolist() == ["0 1", "4", "0 1"]
    assert loaded(folder, "annotated.yaml").dataset("real").annotations["valid"].tolist() == ["0", "1 2", ""]
    tasks = loaded(folder, "tasks.yaml")
    assert [name for name in tasks.roles if name.endswith("_test")] == [
        "probe_medium_test", "probe_counts_test", "probe_digits_test",
    ]  # fmt: skip
    assert tasks.dataset("probe_medium_test").classes == ("oil", "pencil")
    assert tasks.dataset("probe_counts_train").classes == ("many", "one")
    subset = loaded(folder, "subset.yaml")
    assert subset.dataset("renditions").classes == ("tulip", "daisy")
    assert subset.dataset("renditions").mapping.indices == (2, 0)
    assert subset.dataset("garden").classes == ("Tulpe", "Rose")
    assert subset.dataset("garden").labels.tolist() == [1, 1, 0, 0]
    assert loaded(folder, "models.yaml").models["wide"].options["interpolation"] == "bilinear"


def test_the_guide_names_every_key():
    text = (ROOT / "docs" / "suites.md").read_text()
    blocks = (
        schema.SuiteFile, schema.Model, schema.Prompts, schema.AnnotatedDataset, schema.Corrupted, *formats.blocks()
    )  # fmt: skip
    for block in blocks:
        for name, field in block.model_fields.items():
            assert f"`{field.alias or name}" in text or f".{name}`" in text, name
    (row,) = [line for line in text.splitlines() if line.startswith("| `datasets.NAME.format` |")]
    assert [name for name in formats.names() if f"`{name}`" not in row] == []


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real, real weights and images, is not here")
def test_real_photographs_and_cue_conflict_images(tmp_path):
    suite = load_suite(str(ROOT / "examples" / "photos.yaml"), cache=tmp_path)
    assert list(suite.models) == ["deit_tiny", "mobilenetv2"]
    photos, cues = suite.dataset("val"), suite.dataset("cue_conflict")
    assert (len(photos.ids), len(photos.classes), photos.load(0).size) == (250, 1000, (299, 299))
    with np.load(REAL / "reference" / "deit_tiny_photos.npz") as reference:
        wanted = dict(zip(reference["file_name"].tolist(), reference["label"].tolist(), strict=True))
    assert dict(zip(photos.ids, photos.labels.tolist(), strict=True)) == wanted
    assert [len(group) for group in cues.mapping.groups] == [1, 4, 2, 49, 5, 7, 3, 6, 4, 3, 109, 2, 2, 1, 1, 8]
    assert np.bincount(cues.labels).tolist() == [20] * 16
    assert cues.annotations["conflict"].sum() == 300


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real, what the examples are about, is not here")
@pytest.mark.parametrize("name", ["photos", "recorded", "decisions"])
def test_the_examples_laws_are_about_their_models(tmp_path, name):
    suite = load_suite(str(ROOT / "examples" / f"{name}.yaml"), cache=tmp_path)
    law = load_thresholds(
        suite.thresholds,
        suite_name=suite.name,
        models=(*suite.models, *known_groups()),
        datasets=(*suite.roles, ALL),
        metrics=known_metrics(),
    )
    for role, behavior, metric in DEMANDED:
        for model in suite.models if role in suite.roles else ():
            assert law.rule(behavior, metric, model, role) is not None


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real, recorded predictions, is not here")
def test_recorded_imagenet_predictions(tmp_path):
    suite = load_suite(str(ROOT / "examples" / "recorded.yaml"), cache=tmp_path)
    assert {spec.source for spec in suite.models.values()} == {"predictions"}
    dataset = suite.dataset("val")
    assert len(dataset.ids) == 50_000
    assert np.bincount(dataset.labels).tolist() == [50] * 1000
