"""Images in a random order: the first ones are the same in every run, none is predicted twice, the file is the same."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from fixtures.core.errors import InputError
from fixtures.datasets.derived.sample import drawn, sample
from fixtures.predictions.request import Request
from tests.predictions.fakes import Linear, identity, noise, provider
from tests.predictions.fakes import shelf as shelf_of

ASK = Request("one", "noise")
LOOKS = [replace(ASK, images=n, order="seed") for n in (20, 40, 75, 150)]


class Steady(Linear):
    """To the last bit the same for an image wherever in a batch it stands, as the networks of ``mini`` are."""

    def forward(self, batch):
        self.before(batch)
        self.passes.append(len(batch))
        return torch.stack([(image.double().flatten() @ self.weights.double()).float() for image in batch / 255])


def shelf(name):
    models = shelf_of(name)
    models.networks[name] = Steady(identity(f"weights of {name}"))
    return models


def ordinary(root, **about):
    models = shelf("one")
    asked = provider(root, models, noise(300, **about))
    asked.get(ASK)
    return asked.log[0].path.read_bytes()


@pytest.mark.parametrize("batch", [None, 7, 64])
def test_the_final_file_is_that_of_an_ordinary_run(tmp_path, batch):
    models = shelf("one")
    asked = provider(tmp_path / "a", models, noise(300), batch_size=batch)
    for look in LOOKS:
        asked.get(look)
    done = sum(models.networks["one"].passes)
    assert 150 <= done < 150 + 2 * (batch or 32)
    asked.get(ASK)
    assert sum(models.networks["one"].passes) == 300, "no image was predicted twice"
    (path,) = (tmp_path / "a").glob("*.parquet")
    other = provider(tmp_path / "b", shelf("one"), noise(300), batch_size=batch)
    other.get(ASK)
    assert path.read_bytes() == other.log[0].path.read_bytes()
    assert not list((tmp_path / "a").glob("*.partial"))


def test_looks_are_nested_and_those_of_every_run(tmp_path):
    asked = provider(tmp_path, shelf("one"), noise(300))
    seen = [set(asked.get(look).ids.tolist()) for look in LOOKS]
    assert [len(ids) for ids in seen] == [20, 40, 75, 150]
    assert seen[0] < seen[1] < seen[2] < seen[3]
    again = provider(tmp_path / "b", shelf("one"), noise(300))
    assert set(again.get(LOOKS[1]).ids.tolist()) == seen[1]
    other = set(again.get(replace(LOOKS[1], order="other")).ids.tolist())
    assert other != seen[1]


def test_what_is_said_of_the_first_images_is_what_is_said_of_all(tmp_path):
    asked = provider(tmp_path, shelf("one"), noise(300))
    some, everything = asked.get(LOOKS[0]), asked.get(ASK)
    rows = [everything.ids.tolist().index(name) for name in some.ids]
    assert rows == sorted(rows)
    assert (some.label_log_probability == everything.label_log_probability[rows]).all()
    assert (some.labels == everything.labels[rows]).all()


def test_a_look_goes_on_where_another_process_or_a_stopped_run_was(tmp_path):
    models = shelf("one")
    provider(tmp_path, models, noise(300)).get(LOOKS[1])
    before = sum(models.networks["one"].passes)
    provider(tmp_path, models, noise(300)).get(LOOKS[1])
    assert sum(models.networks["one"].passes) == before
    state = provider(tmp_path, models, noise(300)).state(ASK)
    assert (state.status, state.done) == ("partial", before)


def test_an_ordinary_run_that_was_stopped_is_gone_on_from(tmp_path):
    models = shelf("one")
    stop = [0]

    def interrupt(index):
        stop[0] += 1
        if stop[0] == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        provider(tmp_path / "a", models, noise(300, loaded=interrupt)).get(ASK)
    done = provider(tmp_path / "a", models, noise(300)).state(ASK).done
    assert 0 < done < 300
    asked = provider(tmp_path / "a", models, noise(300))
    for request in (*LOOKS, ASK):
        asked.get(request)
    (path,) = (tmp_path / "a").glob("*.parquet")
    assert path.read_bytes() == ordinary(tmp_path / "b")


def test_interrupted_looks_keep_what_is_finished(tmp_path):
    models, count = shelf("one"), [0]

    def interrupt(index):
        count[0] += 1
        if count[0] == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        provider(tmp_path, models, noise(300, loaded=interrupt)).get(LOOKS[3])
    assert provider(tmp_path, models, noise(300)).state(ASK).done > 0
    provider(tmp_path, models, noise(300)).get(ASK)
    (path,) = tmp_path.glob("*.parquet")
    assert path.read_bytes() == ordinary(tmp_path / "b")


def test_a_damaged_part_is_predicted_again(tmp_path):
    models = shelf("one")
    provider(tmp_path, models, noise(300)).get(LOOKS[0])
    (part,) = tmp_path.glob("*.partial/drawn-*")
    part.write_bytes(part.read_bytes()[:-9])
    asked = provider(tmp_path, models, noise(300))
    asked.get(LOOKS[0])
    assert any("was damaged" in remark for remark in asked.remarks)
    asked.get(ASK)
    (path,) = tmp_path.glob("*.parquet")
    assert path.read_bytes() == ordinary(tmp_path / "b")


def test_unreadable_images_are_left_out_and_tolerated_as_a_share_of_all(tmp_path):
    about = {"broken": (3, 150, 299), "tolerance": 0.01}
    asked = provider(tmp_path, shelf("one"), noise(300, **about))
    for look in LOOKS:
        found = asked.get(look)
        lost = {f"folder/{k:05d}.png" for k in about["broken"]} & set(sample(noise(300), look.images, "seed").ids)
        assert len(found) == look.images - len(lost)
    assert len(asked.get(ASK)) == 297
    broken = noise(300, broken=tuple(range(0, 300, 10)), tolerance=0.01)
    with pytest.raises(InputError, match="cannot be read"):
        provider(tmp_path / "b", shelf("one"), broken).get(LOOKS[3])


def test_versions_of_an_image_are_drawn_together():
    dataset = noise(60, annotations={"source": np.repeat(np.arange(20), 3).astype(str)})
    rows, ends = drawn(dataset)
    assert sorted(rows.tolist()) == list(range(60))
    assert ends.tolist() == list(range(3, 61, 3))
    assert (np.sort(rows.reshape(20, 3) // 3, axis=1) == (rows.reshape(20, 3) // 3)).all()
    assert len(sample(dataset, 7).ids) == 6
    assert len(sample(dataset, 1).ids) == 3


def test_looks_draw_each_image_once_before_any_comes_twice():
    dataset = noise(60, annotations={"source": np.repeat(np.arange(20), 3).astype(str)})
    rows, ends = drawn(dataset, "seed")
    assert ends.tolist() == list(range(1, 61))
    for turn in rows.reshape(3, 20) // 3:
        assert sorted(turn.tolist()) == list(range(20))
