"""The engine: batches do not matter, memory runs out gracefully, images that cannot be read are named."""

import os
import time
from pathlib import Path
from threading import Barrier, Event

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.inference import engine as module
from fixtures.inference.engine import AHEAD, CPU_PIXELS, Engine, out_of_memory
from fixtures.predictions.progress import Silent
from fixtures.predictions.request import Request
from fixtures.views import parse
from tests.predictions.fakes import SIDE, Linear, identity, noise, provider, shelf

ASK = Request("one", "noise")
IDENTITY = parse("identity")


def run(network, dataset=None, **options) -> np.ndarray:
    engine = Engine(network, **options)
    return np.concatenate([found.values for found in engine.outputs(dataset or noise(), IDENTITY)])


@pytest.mark.parametrize("size", [1, 3, 16, 50, 64])
def test_the_batch_size_does_not_change_results(size):
    network = Linear(identity())
    found = run(network, batch_size=size)
    expected = torch.stack([network.prepare(noise().load(index)) for index in range(50)])
    assert_allclose(found, Linear(identity()).forward(expected).numpy(), atol=1e-5)
    assert max(network.passes) == min(size, 50)


@pytest.mark.parametrize("ahead", [0, 1, 2, 100])
def test_images_arrive_in_order_however_long_each_takes(monkeypatch, ahead):
    monkeypatch.setitem(AHEAD, "cpu", ahead)
    slow = noise(images=40, loaded=lambda index: time.sleep(0.01 * (index % 3 == 0)))
    assert_allclose(run(Linear(identity()), slow, batch_size=8), run(Linear(identity()), noise(40)), atol=1e-5)


def test_no_image_is_begun_while_a_network_is_launched(monkeypatch):
    monkeypatch.setitem(AHEAD, "cpu", 3)
    network, launching, begun = Linear(identity()), Event(), []
    forward = network.forward

    def launch(batch):
        launching.set()
        time.sleep(0.1)
        launching.clear()
        return forward(batch)

    def load(index):
        begun.append(launching.is_set())
        time.sleep(0.002)

    network.forward = launch
    run(network, noise(64, loaded=load), batch_size=16)
    assert len(begun) == 64
    assert sum(begun) <= 4, "only images whose turn came in the very moment before"


def test_only_the_first_batch_of_a_network_is_waited_for(monkeypatch):
    monkeypatch.setattr(module, "cpu_threads", lambda: 2)
    network, together = Linear(identity()), Barrier(2)
    network.concurrent = True
    engine = Engine(network, batch_size=25)
    first = [found.values for found in engine.outputs(noise(), IDENTITY)]
    forward = network.forward

    def meet(batch):
        together.wait(timeout=20)  # broken where the second batch does not begin beside the first
        return forward(batch)

    network.forward = meet
    assert_allclose([found.values for found in engine.outputs(noise(), IDENTITY)], first)


def test_on_a_cpu_a_batch_is_about_a_million_pixels():
    network = Linear(identity())
    network.prepare = lambda image: torch.zeros(3, 224, 224, dtype=torch.uint8)
    network.forward = lambda batch: (network.passes.append(len(batch)), torch.zeros(len(batch), 7))[1]
    run(network, noise(130))
    assert network.passes == [16] * 8 + [2]
    assert CPU_PIXELS // 224**2 == 20


def test_on_a_cpu_few_images_still_make_some_batches():
    network = Linear(identity())
    run(network)
    assert network.passes == [8] * 6 + [2]


class Small:
    """Refuses batches above a size, in the words of torch."""

    def __init__(self, most: int, error: Exception) -> None:
        self.most, self.error, self.refused = most, error, []

    def __call__(self, batch):
        if len(batch) > self.most:
            self.refused.append(len(batch))
            raise self.error


WORDS = "[enforce fail at alloc_cpu.cpp:125] . DefaultCPUAllocator: can't allocate memory: you tried to allocate"


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError(WORDS), MemoryError()],
    ids=lambda e: type(e).__name__,
)
def test_out_of_memory_halves_the_batch_and_keeps_it_so(error):
    small = Small(5, error)
    network = Linear(identity(), before=small)
    engine = Engine(network, batch_size=16, who="one on noise")
    found = np.concatenate([batch.values for batch in engine.outputs(noise(), IDENTITY)])
    assert_allclose(found, run(Linear(identity())), atol=1e-5)
    assert small.refused == [16, 8]
    assert max(network.passes) == 4
    assert engine.remarks == [
        "one on noise: out of memory on cpu with 16 images at once; went on with 8",
        "one on noise: out of memory on cpu with 8 images at once; went on with 4",
    ]


def test_not_even_one_image_fits():
    network = Linear(identity(), before=Small(0, MemoryError()))
    with pytest.raises(InputError, match=r"one on noise: not enough memory on cpu for a single image \(MemoryError\)"):
        run(network, batch_size=4, who="one on noise")


def test_other_errors_of_a_network_stay_what_they_are():
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied") as caught:
        run(Linear(identity(), before=Small(0, RuntimeError("shapes cannot be multiplied"))), who="one on noise")
    assert caught.value.__notes__ == ["while predicting: one on noise"]
    assert not out_of_memory(ValueError("shape"))


def test_another_number_of_outputs_than_promised():
    network = Linear(identity(), after=lambda found: found[:, :5])
    with pytest.raises(InputError, match=r"put out \(8, 5\) for 8 images; its identity says 7 outputs"):
        run(network)


def test_preprocessing_that_makes_different_sizes():
    network = Linear(identity())
    network.prepare = lambda image: torch.zeros(3, SIDE, int(np.array(image).max()) % 3 + 5)
    with pytest.raises(InputError, match=r"images of different sizes, \(3, 8, \d\) and"):
        run(network)


def test_preprocessing_that_fails_names_the_image():
    network = Linear(identity())
    network.prepare = lambda image: 1 / 0
    with pytest.raises(ZeroDivisionError) as caught:
        run(network, batch_size=4)
    assert caught.value.__notes__ == ["while preparing image 'folder/00000.png' of noise"]


def test_preprocessing_that_refuses_an_image_is_no_unreadable_image():
    def refuse(image):
        raise InputError("the factory's preprocessing returned a list")

    network = Linear(identity())
    network.prepare = refuse
    with pytest.raises(InputError, match="returned a list"):
        run(network, noise(tolerance=1.0))


def test_decoding_stops_when_the_caller_does():
    loaded = []
    batches = Engine(Linear(identity()), batch_size=4).outputs(noise(1000, loaded=loaded.append), IDENTITY)
    next(batches)
    batches.close()
    assert len(loaded) <= 8


def test_nan_in_an_output_is_an_error_and_nothing_is_stored(tmp_path):
    def rotten(found):
        found[-1, 0] = float("nan")
        return found

    models = shelf("one")
    models.networks["one"] = Linear(models.identities["one"], after=rotten)
    with pytest.raises(
        InputError, match=r"one on noise: the output for image 'folder/00009.png' holds NaN or infinity"
    ):
        provider(tmp_path, models, batch_size=10).get(ASK)
    assert not list(tmp_path.glob("*.parquet"))


def test_an_unreadable_image_is_an_error_that_names_it(tmp_path):
    with pytest.raises(
        InputError, match=r"one on noise: 1 of 50 images cannot be read, none may be: folder/00011.png: "
    ):
        provider(tmp_path, shelf("one"), noise(broken=(11, 40)), batch_size=8).get(ASK)


def test_tolerated_unreadable_images_are_left_out_and_counted(tmp_path):
    dataset = noise(broken=(0, 11), tolerance=0.04)
    for run_again in (False, True):
        models = shelf("one")
        asked = provider(tmp_path, models, dataset, batch_size=8)
        answer = asked.get(ASK)
        assert len(answer) == 48
        assert "folder/00011.png" not in answer.ids
        assert answer.annotations["even"].tolist() == [i % 2 == 0 for i in range(50) if i not in {0, 11}]
        assert answer.labels.tolist() == [i % 7 for i in range(50) if i not in {0, 11}]
        assert asked.remarks == [
            "one on noise: 2 images could not be read and took no part (folder/00000.png, folder/00011.png)"
        ]
        assert bool(models.loads) is not run_again


def test_a_dataset_of_nothing_but_unreadable_images(tmp_path):
    with pytest.raises(InputError, match="none of 50 images can be read"):
        provider(tmp_path, shelf("one"), noise(broken=tuple(range(50)), tolerance=1.0)).get(ASK)


class Memory(Silent):
    """Notes how much memory the process has, whenever progress is told."""

    def __init__(self):
        self.seen = []

    def update(self, done):
        self.seen.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE"))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the size of a process is read from /proc")
def test_memory_does_not_grow_with_the_dataset(tmp_path):
    """20,000 images of 12 kB: 240 MB if they were all kept."""

    large = noise(20_000, picture=lambda index: Image.new("RGB", (64, 64), (index % 256, 0, 0)))
    models, memory = shelf("one"), Memory()
    network = models.networks["one"] = Linear(models.identities["one"])
    network.forward = lambda batch: torch.zeros(len(batch), 7) + batch[:, 0, :1, 0].float()
    answer = provider(
        tmp_path,
        models,
        large,
        batch_size=64,
        progress=memory,
    ).get(ASK)
    assert len(answer) == 20_000
    assert memory.seen[-1] - memory.seen[20] < 40e6  # ids and rows: under 2 kB per image
