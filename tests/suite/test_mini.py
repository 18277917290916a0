"""The embedded suite says what the embedded world is made of."""

import pytest

from fixtures.mini import splits
from fixtures.mini.prompts import CLASS_NAMES, TEMPLATES
from fixtures.mini.recipes import RENDITION_CLASSES
from fixtures.mini.vocabulary import CLASSES
from fixtures.suite.loader import load_suite, shipped


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    return load_suite("mini", cache=tmp_path_factory.mktemp("cache"))


def test_its_words_are_the_worlds(suite):
    assert suite.classes == CLASSES
    assert suite.prompts == TEMPLATES
    assert (suite.prompt_names or suite.classes) == CLASS_NAMES
    assert list(suite.models) == ["vit-sup", "convnext-sup", "vit-clip", "convnext-clip"]
    assert "mini" in shipped()


def test_every_split_that_no_model_was_trained_on_is_a_dataset(suite):
    drawn = {role for role in suite.roles if role in splits.SPLITS}
    assert drawn == {name for name, split in splits.SPLITS.items() if not split.training}


def test_every_dataset_can_be_opened(suite):
    for role in suite.roles:
        dataset = suite.dataset(role)
        assert dataset.manifest().images == len(dataset.ids) == len(set(dataset.ids))
        assert dataset.labels.max() < len(dataset.classes)
        assert all(len(column) == len(dataset.ids) for column in dataset.annotations.values())


def test_renditions_leave_four_outputs_out(suite):
    dataset = suite.dataset("renditions")
    assert dataset.classes == RENDITION_CLASSES
    assert tuple(suite.classes[output] for output in dataset.mapping.indices) == dataset.classes


def test_the_middle_of_wide_is_an_ordinary_picture(suite):
    """Shown at its own size, with room for shifts of 100/224 of the ordinary side on every side."""
    wide, ordinary = (splits.SPLITS[name] for name in ("wide", "val"))
    assert wide.size / wide.field == ordinary.size / ordinary.field
    assert (wide.size - ordinary.size) / 2 >= ordinary.size * 100 / 224
    assert [role for role in suite.roles if suite.dataset(role).own_size] == ["wide"]


def test_probes_ask_for_what_no_output_says(suite):
    dataset = suite.dataset("probe_colour_test")
    assert dataset.mapping.kind == "none"
    assert dataset.classes == splits.SPLITS["probe_colour_test"].classes
