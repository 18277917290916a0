"""Features are kept as predictions are: once, sealed, resumed; and so is what probes on them answer."""

import inspect
import os
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
import torch

from behaviors.contract.features import Fits, NoFeatures
from fixtures.core.errors import InputError
from fixtures.datasets.dataset import ClassMapping
from fixtures.models.recorded import Recorded
from fixtures.plugin.probing import StoredProbe
from fixtures.predictions import partial
from fixtures.predictions.plan import Plan, render
from fixtures.predictions.request import Request
from fixtures.predictions.table import column, ids_of
from tests.predictions.fakes import Linear, noise, provider, shelf

ASK = Request("one", "noise", content="features")
WIDTH = 12


def probed(images=50, **more):
    """Noise of three classes that are not the models'."""
    return noise(images, outputs=3, **{"mapping": ClassMapping("none"), **more})


@dataclass
class Seeing(Linear):
    """A network with features: a linear map of its images at a quarter of their size; a grey image is not counted."""

    spoil: float = 0.0

    def features(self, batch):
        self.before(batch)
        if batch.shape[-1] < 256:
            self.passes.append(len(batch))
        small = torch.nn.functional.adaptive_avg_pool2d(batch.float() / 255, 4).flatten(1)
        found = small @ torch.linspace(-1, 1, 48 * WIDTH).sin().reshape(48, WIDTH)
        return found / (0 if self.spoil and batch.shape[-1] < 256 else 1)


def seeing(**more):
    models = shelf("one")
    models.networks["one"] = Seeing(models.identities["one"], **more)
    return models


def extracted(root, models=None, dataset=None, **options):
    asked = provider(root, models or seeing(), dataset or probed(), **options)
    return asked, asked.features(ASK)


def test_features_are_those_of_the_network_in_order(tmp_path):
    models = seeing()
    asked, stored = extracted(tmp_path, models)
    dataset = probed()
    images = torch.stack([models.networks["one"].prepare(dataset.load(index)) for index in range(50)])
    features = column(stored.table, "features")
    assert features.dtype == np.float32
    assert features.shape == (50, WIDTH)
    np.testing.assert_allclose(features, Seeing(models.identities["one"]).features(images), atol=1e-6)
    assert ids_of(stored.table) == dataset.ids
    assert (column(stored.table, "label") == dataset.labels).all()
    assert [(str(line.request), line.predicted) for line in asked.log] == [("features of one on noise", 50)]


def test_another_run_extracts_nothing(tmp_path):
    _, first = extracted(tmp_path)
    models = shelf("one")  # a network without features, which nobody looks at
    again, second = extracted(tmp_path, models)
    assert not models.loads
    assert first.table.equals(second.table)
    assert again.log[0].predicted == 0


def test_the_file_opens_in_pandas_and_is_named_after_its_content(tmp_path):
    _, stored = extracted(tmp_path)
    frame = pd.read_parquet(stored.path)
    assert stored.path.name.startswith("one__noise__features__")
    assert list(frame.columns) == ["id", "label", "features"]
    assert frame.features[0].shape == (WIDTH,)
    assert frame.features[0].dtype == np.float32


def test_features_and_predictions_of_the_same_images_do_not_meet(tmp_path):
    asked = provider(tmp_path, seeing(), noise())
    asked.get(Request("one", "noise"))
    asked.features(ASK)
    assert asked.cell(ASK).key != asked.cell(Request("one", "noise")).key
    assert len(list(tmp_path.glob("one__noise__*.parquet"))) == 2
    assert asked.get(Request("one", "noise")).top_classes.shape == (50, 5)


@pytest.mark.parametrize(
    "change", [{"images": 49}, {"content": "b"}, {"broken": (3,), "tolerance": 0.5}], ids=["fewer", "other", "broken"]
)
def test_other_images_have_other_features(tmp_path, change):
    extracted(tmp_path)
    asked, stored = extracted(tmp_path, dataset=probed(**change))
    assert asked.log[0].predicted == len(probed(**change).ids)
    assert len(stored.table) == 49 if change != {"content": "b"} else 50


def flip(path):
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [flip, lambda path: os.truncate(path, 60)], ids=["flipped", "cut"])
def test_damaged_features_are_noticed_and_made_again(tmp_path, damage):
    _, first = extracted(tmp_path)
    damage(first.path)
    models = seeing()
    asked, second = extracted(tmp_path, models)
    assert sum(models.networks["one"].passes) == 50
    assert first.table.equals(second.table)
    assert asked.remarks[0].startswith(f"{first.path.name} was damaged: ")


def test_what_was_extracted_before_a_failure_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(partial, "SECONDS", 0.0)
    seen = []

    def fail(batch):
        seen.append(len(batch))
        if sum(seen[1:]) > 20:  # the first image is grey
            raise RuntimeError("the plug was pulled")

    with pytest.raises(RuntimeError, match="plug"):
        extracted(tmp_path, seeing(before=fail), batch_size=5)
    models = seeing()
    asked, stored = extracted(tmp_path, models, batch_size=5)
    assert sum(models.networks["one"].passes) == 30
    assert asked.log[0].predicted == 30
    (tmp_path / "fresh").mkdir()
    assert stored.table.equals(extracted(tmp_path / "fresh", batch_size=5)[1].table)


def test_images_that_cannot_be_read_have_none(tmp_path):
    _, stored = extracted(tmp_path, dataset=probed(broken=(0, 7), tolerance=0.1))
    assert len(stored.table) == 48
    assert list(stored.unreadable) == ["folder/00000.png", "folder/00007.png"]


def test_features_that_are_no_numbers_are_an_error(tmp_path):
    with pytest.raises(
        InputError, match=r"features of one on noise: a feature of image 'folder/00000.png' is NaN or inf"
    ):
        extracted(tmp_path, seeing(spoil=1.0))
    assert not list(tmp_path.glob("*.parquet"))


def test_a_recording_has_none(tmp_path):
    models = shelf()
    models.recordings["said"] = Recorded((), "logits")
    models.identities["said"] = shelf("said").identities["said"]
    asked = provider(tmp_path, models, probed())
    with pytest.raises(NoFeatures, match="said is recorded predictions"):
        asked.features(replace(ASK, model="said"))


def test_the_plan_knows_features(tmp_path):
    asked = provider(tmp_path, seeing(), probed())
    assert "one    noise    features      50  missing" in render(Plan.of(asked, [ASK]))
    asked.features(ASK)
    assert "1 predictions of 50 images: 1 stored, 0 missing" in render(Plan.of(asked, [ASK]))


CALLS = []


def nearest(data, *, seeds, shift=0.0):
    """A fit of the test's own: each test image is what the nearest training image is, ``shift``ed."""
    CALLS.append(data)
    near = np.argmin(((data.test[:, None] - data.train[None] - shift) ** 2).sum(-1), axis=1)
    answers = data.train_labels[near]
    return Fits(np.stack([np.roll(answers, seed) for seed in seeds]), np.array(seeds, dtype=np.float64))


@pytest.fixture(autouse=True)
def _no_calls():
    CALLS.clear()


def probe(root, models=None, train=None, test=None, **options):
    train, test = train or probed(40, name="train"), test or probed(30, name="test", content="b")
    asked = provider(root, models or seeing(), train, test, **options)
    return StoredProbe(asked, "noise", replace(ASK, dataset="train"), replace(ASK, dataset="test"))


def test_answers_are_fitted_once_and_kept(tmp_path):
    first = probe(tmp_path).answers(nearest, seeds=(0, 1, 2))
    (data,) = CALLS
    assert (data.model, data.task, data.classes) == ("one", "noise", ("class 0", "class 1", "class 2"))
    assert data.train.shape == (40, WIDTH)
    assert np.allclose(data.train[:30], data.test, atol=1e-6)  # image k is noise from seed k in both
    assert (first.predicted == [np.roll(data.train_labels[:30], seed) for seed in range(3)]).all()
    assert (first.labels == data.test_labels).all()
    assert first.learned.tolist() == [14, 13, 13]
    models = shelf("one")
    again = probe(tmp_path, models).answers(nearest, seeds=(0, 1, 2))
    assert len(CALLS) == 1
    assert not models.loads
    for one, other in zip(first, again, strict=True):
        assert (one == other).all()
        assert one.dtype == other.dtype


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"seeds": (0, 1)}},
        {"settings": {"seeds": (0, 1, 2), "shift": 0.1}},
        {"train": probed(41, name="train")},
        {"test": probed(30, name="test", content="c")},
    ],
    ids=["seeds", "setting", "train", "test"],
)
def test_anything_that_answers_depend_on_is_fitted_anew(tmp_path, change):
    settings = change.get("settings", {"seeds": (0, 1, 2)})
    datasets = {part: dataset for part, dataset in change.items() if part != "settings"}
    probe(tmp_path).answers(nearest, seeds=(0, 1, 2))
    probe(tmp_path, **datasets).answers(nearest, **settings)
    assert len(CALLS) == 2


def test_another_way_to_fit_is_fitted_anew(tmp_path, monkeypatch):
    probe(tmp_path).answers(nearest, seeds=(0,))
    source = tmp_path / "changed.py"
    source.write_text("# the same function, in a module that has changed since")
    monkeypatch.setattr(inspect, "getsourcefile", lambda _: str(source))
    probe(tmp_path).answers(nearest, seeds=(0,))
    assert len(CALLS) == 2


def test_damaged_answers_are_noticed_and_fitted_again(tmp_path):
    first = probe(tmp_path).answers(nearest, seeds=(0, 1))
    (path,) = tmp_path.glob("one__test__probe__*.parquet")
    flip(path)
    asked = probe(tmp_path)
    assert (asked.answers(nearest, seeds=(0, 1)).predicted == first.predicted).all()
    assert len(CALLS) == 2
    assert asked.provider.remarks[0].startswith(f"{path.name} was damaged: ")


def test_images_that_cannot_be_read_take_no_part(tmp_path):
    train, test = (
        probed(40, name="train", broken=(0, 3), tolerance=0.1),
        probed(30, name="test", broken=(1,), tolerance=0.1),
    )
    for _ in range(2):  # fitted, then from the store
        found = probe(tmp_path, train=train, test=test).answers(nearest, seeds=(0,))
        assert found.labels.tolist() == [k % 3 for k in range(30) if k != 1]
        assert found.learned.tolist() == [12, 13, 13]
        assert found.predicted.shape == (1, 29)
    assert len(CALLS) == 1


def test_what_nothing_vouches_for_is_forgotten_at_the_end(tmp_path):
    models = seeing()
    models.identities["one"] = replace(models.identities["one"], stable=False)
    asked = probe(tmp_path, models)
    asked.answers(nearest, seeds=(0,))
    assert len(list(tmp_path.glob("one__*.parquet"))) == 3
    asked.provider.close()
    assert not list(tmp_path.glob("one__*.parquet"))


def test_other_classes_in_training_than_in_test_are_refused(tmp_path):
    test = probed(30, name="test", classes=("class 2", "class 1", "class 0"))
    with pytest.raises(InputError, match="train has the classes class 0, class 1, class 2, test class 2, class 1"):
        probe(tmp_path, test=test).data()


def test_testing_on_the_training_images_is_refused(tmp_path):
    with pytest.raises(InputError, match="train and test are the same images"):
        probe(tmp_path, train=probed(30, name="train"), test=probed(30, name="test")).data()
