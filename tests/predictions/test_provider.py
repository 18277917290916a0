"""The provider: each thing once, one network at a time, and every door's complaint."""

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

from fixtures.core.errors import InputError
from fixtures.datasets.dataset import ClassMapping
from fixtures.models.recorded import Recorded
from fixtures.predictions.plan import Plan, render
from fixtures.predictions.prediction_cache import Answers
from fixtures.predictions.request import Request
from tests.predictions.fakes import Linear, identity, noise, provider, shelf

ASK = Request("one", "noise")
ROOT = Path(__file__).resolve().parents[2]


def test_each_network_is_loaded_once_and_each_request_predicted_once(tmp_path):
    models = shelf("one", "two")
    asked = provider(tmp_path, models, noise(), noise(30, name="other"))
    for model in ("one", "two"):
        for dataset in ("noise", "other", "noise"):
            asked.get(Request(model, dataset))
    assert models.loads == ["one", "two"]
    assert [sum(network.passes) for network in models.networks.values()] == [80, 80]
    assert [(str(line.request), line.images, line.predicted) for line in asked.log] == [
        ("one on noise", 50, 50), ("one on other", 30, 30), ("two on noise", 50, 50), ("two on other", 30, 30),
    ]  # fmt: skip
    assert all(line.rate > 0 for line in asked.log)


def test_one_network_at_a_time_is_in_memory(tmp_path):
    models = shelf("one", "two")
    asked = provider(tmp_path, models)
    asked.get(ASK)
    first = weakref.ref(models.networks.pop("one"))
    asked.get(Request("two", "noise"))
    gc.collect()
    assert first() is None
    second = weakref.ref(models.networks.pop("two"))
    asked.close()
    assert second() is None


def test_a_role_played_twice_by_one_dataset_is_predicted_once(tmp_path):
    models = shelf("one")
    asked = provider(tmp_path, models)
    datasets = asked._resolver._suite.datasets
    datasets["val"] = datasets["noise"]
    plan = Plan.of(asked, [ASK, Request("one", "val"), ASK])
    assert len(plan.entries) == 2
    assert "1 predictions of 50 images: 0 stored, 1 missing; 50 images to predict" in render(plan)
    assert asked.get(Request("one", "val")).dataset == "val"
    asked.get(ASK)
    assert sum(models.networks["one"].passes) == 50


def test_what_nothing_vouches_for_is_never_reused_by_another_run(tmp_path):
    for salt, loads in (("run 1", ["one"]), ("run 1", []), ("run 2", ["one"])):
        models = shelf("one", stable=False)
        asked = provider(tmp_path, models, salt=salt)
        asked.get(ASK)
        assert models.loads == loads
    asked.close()
    assert len(list(tmp_path.glob("*.parquet"))) == 1
    assert provider(tmp_path, shelf("one", stable=False)).state(ASK).status == "missing"


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request("none", "noise"), "none on noise: there is no model 'none'; there are: one"),
        (Request("one", "noise", "zoom"), "view 'zoom': zoom needs a value"),
        (Request("one", "strange"), "one on strange: the model has 7 outputs and the dataset 9 classes"),
        (Request("one", "empty"), "one on empty: the dataset has no images"),
    ],
)
def test_what_cannot_be_answered_is_said_before_a_network_is_loaded(tmp_path, request_, why):
    models = shelf("one")
    asked = provider(tmp_path, models, noise(), noise(name="strange", outputs=9), noise(0, name="empty"))
    for method in (asked.state, asked.get):
        with pytest.raises(InputError, match=why):
            method(request_)
    assert models.loads == []


def test_the_states_of_a_plan(tmp_path):
    asked = provider(tmp_path, shelf("one", "two"), noise(), noise(2000, name="other"))
    asked.get(ASK)
    state = asked.state(Request("two", "other"))
    (tmp_path / f"{state.key[:12]}.partial").mkdir()
    (tmp_path / f"{state.key[:12]}.partial" / "000000000-000001024.parquet").touch()
    requests = [Request(model, dataset) for model in ("one", "two") for dataset in ("noise", "other")]
    assert render(Plan.of(asked, requests)).splitlines() == [
        "model  dataset  view      images  state",
        "-----  -------  --------  ------  --------------------",
        "one    noise    identity      50  stored",
        "one    other    identity   2,000  missing",
        "two    noise    identity      50  missing",
        "two    other    identity   2,000  partial (1,024 done)",
        "",
        "4 predictions of 4,100 images: 1 stored, 3 missing; 3,026 images to predict",
    ]
    assert render(Plan(())) == "The selected tests need no predictions."


def recording(kind="probabilities", **rows) -> Recorded:
    return Recorded(tuple(noise().ids), kind, **rows)


def test_recorded_decisions_need_no_network(tmp_path):
    best, probability = np.arange(50) % 7, np.linspace(0.2, 1, 50)
    models = shelf("rec")
    models.recordings["rec"] = recording(predicted_class=best, predicted_probability=probability, extra=3)
    asked = provider(tmp_path, models)
    answer = asked.get(Request("rec", "noise"))
    assert models.loads == []
    assert answer.confidence.tolist() == probability.tolist()
    assert answer.correct.all()
    assert answer.top_classes.shape == (50, 1)
    assert answer.label_log_probability is answer.squared_norm is answer.log_sum_exp is answer.probabilities is None
    assert asked.remarks == ["rec on noise: 3 recorded images are not in the dataset"]
    assert asked.log[0].predicted == 0
    assert asked.state(Request("rec", "noise")).status == "stored"


def test_recorded_responses_tell_the_class_and_no_more(tmp_path):
    """Names of the dataset's own classes, whatever outputs they are made of; ``na`` is no answer."""
    names = np.array(["class 1", "class 0", "na", "class 1", "class 0"] * 10)
    models = shelf("rec")
    models.recordings["rec"] = recording(responses=names)
    dataset = noise(mapping=ClassMapping("groups", groups=((0, 1), (5,))))
    answer = provider(tmp_path, models, dataset).get(Request("rec", "noise"))
    assert answer.predicted.tolist() == [1, 0, -1, 1, 0] * 10
    assert answer.correct.tolist() == (answer.predicted == np.arange(50) % 2).tolist()
    assert answer.top_probabilities is answer.runner_up is answer.label_log_probability is None
    assert not answer.has_confidence
    with pytest.raises(ValueError, match="rec on noise: only decisions were recorded, not how sure the model was"):
        _ = answer.confidence


def test_recorded_rows_go_through_the_mapping(tmp_path):
    rows = np.random.default_rng(0).dirichlet(np.ones(7), 50)
    models = shelf("rec")
    models.recordings["rec"] = recording(rows=rows)
    dataset = noise(mapping=ClassMapping("subset", (4, 2)), keep_probabilities=True)
    answer = provider(tmp_path, models, dataset).get(Request("rec", "noise"))
    chosen = rows[:, [4, 2]]
    np.testing.assert_allclose(answer.probabilities, chosen / chosen.sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("recorded", "dataset", "view", "why"),
    [
        (recording(), noise(), "identity", "holds neither outputs nor a best class"),
        (
            recording(predicted_class=np.zeros(50, int), predicted_probability=np.ones(50)),
            noise(mapping=ClassMapping("subset", (0, 1))),
            "identity",
            "only the best class was recorded",
        ),
        (
            recording(responses=np.array(["class 0"] * 49 + ["wolf"])),
            noise(),
            "identity",
            r"image '.*49.*' was recorded as 'wolf', which is no class of the dataset \(1 such images\); classes are",
        ),
        (recording(), noise(), "flip", "recorded predictions say nothing about images under flip"),
        (recording(rows=np.ones((50, 3)) / 3), noise(), "identity", "3 outputs and the dataset 7 classes"),
    ],
)
def test_recordings_that_do_not_answer(tmp_path, recorded, dataset, view, why):
    models = shelf("rec")
    models.identities["rec"] = identity("rec", 0)
    models.recordings["rec"] = recorded
    with pytest.raises(InputError, match=why):
        provider(tmp_path, models, dataset).get(Request("rec", "noise", view))


def test_memory_keeps_the_latest_answers():
    class Heavy:
        def __init__(self):
            self.ids = np.zeros(1000)

    answers = Answers(limit=20_000)
    for index in range(4):
        answers.put(Request("m", str(index)), _answer(index))
        assert answers.get(Request("m", "0")) is not None
    assert answers.get(Request("m", "1")) is None
    assert answers.get(Request("m", "3")) is not None


def _answer(index):
    from behaviors.contract.predictions import Predictions

    return Predictions(
        "m", str(index), "identity", ("a",), np.array(["x"]), np.zeros(1, np.int64), np.zeros((900, 1), np.int64),
        np.zeros((1, 1)),
    )  # fmt: skip


def test_reading_the_store_imports_neither_torch_nor_pandas(tmp_path):
    """The fakes import torch, so the other process gets its dataset and its models without them."""
    provider(tmp_path, shelf("one")).get(ASK)
    code = """
import sys
from pathlib import Path
from types import SimpleNamespace
import numpy as np
from fixtures.datasets.dataset import ClassMapping, Dataset, Manifest
from fixtures.models.model import Identity, ModelSpec
from fixtures.predictions.provider import PredictionProvider
from fixtures.predictions.plan import Plan, render
from fixtures.predictions.request import Request
n = 50
dataset = Dataset(
    name="noise", classes=tuple(f"class {k}" for k in range(7)), mapping=ClassMapping("identity"),
    ids=[f"folder/{i:05d}.png" for i in range(n)], labels=np.arange(n) % 7, annotations={},
    load=None, describe=lambda: Manifest(n, 0, "a 50 ()"))
one = ModelSpec("one", "python", "x:y", "", ())
sources = SimpleNamespace(identify=lambda spec: Identity("weights of one", "none", 7))
suite = SimpleNamespace(dataset=lambda name: dataset)
provider = PredictionProvider(suite, {"one": one}, Path(sys.argv[1]), sources=sources)
assert "1 stored" in render(Plan.of(provider, [Request("one", "noise")]))
assert len(provider.get(Request("one", "noise"))) == n
print(sorted({"torch", "torchvision", "timm", "pandas", "PIL", "scipy"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def probabilities(found: torch.Tensor) -> torch.Tensor:
    return found.softmax(1)


@pytest.mark.parametrize("images", [20, 50])
def test_probabilities_called_logits_are_refused_whenever_they_are_asked_for(tmp_path, images):
    models = shelf("net")
    models.networks["net"] = Linear(models.identities["net"], after=probabilities)
    for _ in range(2):  # nothing is left of the first time from which the second would go on
        asked = provider(tmp_path, models, max_images=images)
        with pytest.raises(InputError, match=r"net on noise: what is called logits lies in .* say outputs="):
            asked.get(Request("net", "noise"))
    insisting = shelf("net", normalized_logits=True)
    insisting.networks["net"] = Linear(insisting.identities["net"], after=probabilities)
    assert provider(tmp_path, insisting, max_images=images).get(Request("net", "noise")).confidence.max() < 0.5


def test_recorded_probabilities_called_logits_are_refused(tmp_path):
    models = shelf("rec")
    rows = np.full((50, 7), 0.05) + np.eye(7)[np.arange(50) % 7] * 0.65
    models.recordings["rec"] = recording(rows=rows, kind="logits")
    with pytest.raises(InputError, match="what is called logits lies in"):
        provider(tmp_path, models).get(Request("rec", "noise"))


def test_what_was_chosen_for_a_model_is_remarked(tmp_path):
    models = shelf("net", notes=("net: the checkpoint's entry 'ema' was read",))
    models.recordings["rec"] = recording(rows=np.eye(7)[np.arange(50) % 7] * 3 - 1, kind="logits", in_order=True)
    models.identities["rec"] = identity("recorded")
    asked = provider(tmp_path, models)
    asked.get(Request("net", "noise"))
    asked.get(Request("rec", "noise"))
    assert asked.remarks == [
        "net: the checkpoint's entry 'ema' was read",
        "rec on noise: recorded without file names, taken in the dataset's order",
    ]
