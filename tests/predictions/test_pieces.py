"""ImageNet-C as 75 datasets under one role: each is predicted by itself, and what is said of all is the same."""

from dataclasses import replace

import numpy as np
import pytest

from behaviors.robustness.corruptions import arrange, together
from fixtures.core.errors import InputError
from fixtures.corruptions.names import CORRUPTIONS, SEVERITIES
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.dataset import Dataset
from fixtures.datasets.formats.imagenet_c import open_imagenet_c
from fixtures.plugin.asking import Asking
from fixtures.predictions.plan import Plan, render
from fixtures.predictions.request import Request
from fixtures.predictions.target import Subject
from fixtures.predictions.units.job import Job
from fixtures.predictions.units.plan_file import plan_units
from tests.datasets.pictures import declaration, folders
from tests.predictions.fakes import provider, shelf

ASKED = Request("one", "c")
CLASSES = ("n02121620", "dog", "gear", "cat", "hat", "mat", "rat")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("data") / "c"
    for place, name in enumerate(CORRUPTIONS):
        for severity in SEVERITIES:
            folders(root / name / str(severity), "dog", "gear", first=100 * (5 * place + severity))
    return root


@pytest.fixture
def dataset(root, tmp_path) -> Dataset:
    found = open_imagenet_c(declaration(space=ClassSpace(CLASSES), expected=(1, 2)), root, tmp_path / "cache")
    return replace(found, name="c")


class WithPieces(dict):
    """Datasets by role, and the pieces of each."""

    def __missing__(self, name):
        whole, _, piece = name.partition("/")
        return self[whole].pieces[piece]


def asking(store, dataset):
    asked = provider(store, shelf("one"), dataset)
    suite = asked._resolver._suite
    suite.datasets = WithPieces(suite.datasets)
    return asked


def test_every_cell_is_a_dataset_with_the_ids_of_all_others(dataset):
    assert list(dataset.pieces)[:6] == [*(f"gaussian_noise/{k}" for k in SEVERITIES), "shot_noise/1"]
    first, other = dataset.pieces["gaussian_noise/1"], dataset.pieces["fog/3"]
    assert first.ids is other.ids
    assert first.labels.tolist() == other.labels.tolist() == [1, 1, 2, 2]
    assert other.annotations["source"] is first.annotations["source"]
    assert (other.annotations["corruption"][3], other.annotations["severity"][3]) == ("fog", 3)
    assert len({piece.manifest().digest for piece in dataset.pieces.values()}) == 75
    row = list(dataset.ids).index("fog/3/gear/0.png")
    assert np.array_equal(np.asarray(other.load(2)), np.asarray(dataset.load(row)))


def test_what_is_said_of_all_cells_is_what_was_said_of_the_whole(dataset, tmp_path):
    apart, whole = asking(tmp_path / "apart", dataset), asking(tmp_path / "whole", replace(dataset, pieces={}))
    one, other = apart.get(ASKED), whole.get(ASKED)
    assert one.ids.tolist() == other.ids.tolist() == list(dataset.ids)
    for name in ("labels", "top_classes", "top_probabilities", "label_log_probability", "log_sum_exp"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert {name: values.tolist() for name, values in one.annotations.items()} == {
        name: values.tolist() for name, values in other.annotations.items()
    }
    assert len(list((tmp_path / "apart").glob("*.parquet"))) == 75
    [name] = [file.name for file in (tmp_path / "whole").glob("*.parquet")]
    assert name.startswith("one__c__identity__")


def test_what_was_predicted_of_the_whole_is_used(dataset, tmp_path):
    asking(tmp_path / "store", replace(dataset, pieces={})).get(ASKED)
    later = asking(tmp_path / "store", dataset)
    assert later.pieces(ASKED) == [ASKED]
    [said] = later.decisions(ASKED)
    assert len(said) == 300
    assert [line.predicted for line in later.log] == [0]


def test_decisions_are_arranged_as_rows_are(dataset, tmp_path):
    asked = asking(tmp_path / "store", dataset)
    parts = asked.decisions(ASKED)
    assert {one.top_classes.shape for one in parts} == {(4, 1)}
    assert not any(one.has_confidence for one in parts)
    found, said = together(parts), asked.get(ASKED)
    columns = (said.annotations[name] for name in ("corruption", "severity", "source"))
    rows = arrange(said.correct, *columns)
    assert np.array_equal(found.wrong, rows.wrong)
    assert (found.corruptions, found.severities, found.seen) == (rows.corruptions, rows.severities, None)
    assert found.sources.tolist() == rows.sources.tolist()
    assert asked.decisions(ASKED) is parts


@pytest.mark.parametrize(
    "spoil", [lambda parts: parts[1:], lambda parts: [*parts[:-1], parts[0]]], ids=["missing", "twice"]
)
def test_cells_that_are_not_all_there_once_are_no_table(dataset, tmp_path, spoil):
    parts = asking(tmp_path / "store", dataset).decisions(ASKED)
    with pytest.raises(ValueError, match="every image must be there once"):
        together(spoil(parts))


def test_a_plan_counts_all_cells_as_one(dataset, tmp_path):
    asked = asking(tmp_path / "store", dataset)
    assert "300 images to predict" in render(Plan.of(asked, [ASKED]))
    assert asked.ahead([ASKED]) == 300
    asked.get(Request("one", "c/fog/3"))
    assert asked.state(ASKED).done == 4
    assert asked.state(ASKED).status == "partial"
    assert asked.known(ASKED) is None
    asked.decisions(ASKED)
    assert asked.state(ASKED).status == "stored"
    assert asked.ahead([ASKED]) == 0
    assert len(asked.known(ASKED)) == 300


def test_a_sample_of_the_whole_has_no_cells(dataset, tmp_path):
    asked = asking(tmp_path / "store", dataset)
    some = asked.get(replace(ASKED, images=150))
    assert len(some) == 150
    assert len(asked.decisions(replace(ASKED, images=150))) == 1


def test_mixed_up_labels_are_suspected_of_all_cells_together(dataset, tmp_path, monkeypatch):
    asked = asking(tmp_path / "store", dataset)
    seen = []
    monkeypatch.setattr(type(asked._canary), "doubt", lambda self, found, mapping: seen.append(found) or "mixed up")
    for _ in range(2):
        with pytest.raises(InputError, match="mixed up"):
            asked.decisions(ASKED)
    assert [(one.dataset, len(one), len(one.annotations["source"])) for one in seen] == [("c", 300, 300)]


def test_a_test_asks_for_decisions_of_what_it_announced(dataset, tmp_path):
    asked = asking(tmp_path / "store", dataset)
    answers = Asking(Subject.single(ASKED), asked.get, "test_c", decide=asked.decisions)
    assert len(answers.decisions()) == 75
    with pytest.raises(InputError, match="asks for the dataset 'val'"):
        answers.decisions("val")


def test_each_cell_is_planned_in_units_of_its_own(dataset, tmp_path):
    asked = asking(tmp_path / "store", dataset)
    plan = plan_units(Job(suite="c", store=str(tmp_path / "store")), asked, [ASKED])
    assert len(plan.cells) == len(plan.units) == 75
    assert plan.units[-1].request.dataset == "c/jpeg_compression/5"
