"""Some of a dataset's images: what was said of all of them is not asked again."""

from dataclasses import replace

import numpy as np

from fixtures.datasets.derived.sample import sample
from fixtures.predictions.request import Request
from tests.predictions.fakes import noise, provider, shelf

ASK = Request("one", "noise")


def test_a_sample_is_taken_from_what_is_stored_of_all_images(tmp_path):
    models = shelf("one")
    everything = provider(tmp_path, models).get(ASK)
    asked = provider(tmp_path, models, max_images=20)
    assert asked.state(ASK).status == "stored"
    found = asked.get(ASK)
    assert sum(models.networks["one"].passes) == 50, "nothing was predicted again"
    assert [(line.images, line.predicted) for line in asked.log] == [(20, 0)]
    chosen = [everything.ids.tolist().index(name) for name in found.ids]
    assert found.ids.tolist() == list(sample(noise(), 20).ids)
    assert (found.label_log_probability == everything.label_log_probability[chosen]).all()
    assert (found.annotations["even"] == everything.annotations["even"][chosen]).all()


def test_so_is_the_part_that_a_request_asks_for(tmp_path):
    models = shelf("one")
    asked = provider(tmp_path, models)
    asked.get(ASK)
    asked.get(replace(ASK, images=10))
    assert sum(models.networks["one"].passes) == 50


def test_images_that_could_not_be_read_are_left_out_of_the_sample_too(tmp_path):
    models, rows = shelf("one"), (3, 4, 5, 6, 7, 8, 9)
    broken = noise(broken=rows, tolerance=0.5)
    provider(tmp_path, models, broken).get(ASK)
    asked = provider(tmp_path, models, broken, max_images=20)
    found = asked.get(ASK)
    lost = {broken.ids[k] for k in rows} & set(sample(broken, 20).ids)
    assert len(lost) > 0
    assert len(found) == 20 - len(lost)
    assert np.isin(found.ids, sample(broken, 20).ids).all()
    assert set(asked.log[0].unreadable) == lost


def test_other_images_of_the_same_names_are_predicted(tmp_path):
    models = shelf("one")
    provider(tmp_path, models).get(ASK)
    asked = provider(tmp_path, models, noise(content="b"), max_images=20)
    asked.get(ASK)
    assert sum(models.networks["one"].passes) == 70


def test_a_damaged_file_gives_no_sample(tmp_path):
    models = shelf("one")
    first = provider(tmp_path, models)
    first.get(ASK)
    path = first.log[0].path
    path.write_bytes(path.read_bytes()[:-9])
    provider(tmp_path, models, max_images=20).get(ASK)
    assert sum(models.networks["one"].passes) == 70
