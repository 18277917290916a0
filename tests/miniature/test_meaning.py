"""What ImageNet's classes look like in the stand-in: 1,000 distinct looks by a rule that can be followed by hand."""

import re

import numpy as np
import pytest

from fixtures.mini.tokenizer import known_words
from fixtures.mini.vocabulary import CLASSES, TEXTURES
from fixtures.miniature.meaning import COUNT, colours, looks, meaning, shapes
from fixtures.suite import imagenet_16


def test_no_two_classes_look_alike_or_are_called_alike():
    known = meaning()
    rows = {*zip(known.shape, known.texture, known.palette, known.hue, strict=True)}
    assert len(rows) == len(set(known.names)) == COUNT


def test_classes_of_one_category_have_one_shape_and_the_first_has_its_usual_texture():
    known = meaning()
    for place, members in enumerate(imagenet_16.groups().values()):
        assert set(known.shape[[int(index) for index in members]]) == {place}
        assert known.texture[int(members[0])] == place


def test_shapes_are_used_evenly_but_for_the_many_dogs():
    counts = np.bincount(shapes(), minlength=len(CLASSES))
    assert counts.max() == counts[list(imagenet_16.RANGES).index("dog")] == 109
    assert set(np.delete(counts, counts.argmax()).tolist()) == {59, 60}


def test_a_class_worked_out_by_hand():
    """Airplane (404) is the first category: its one class is the first fish, in scales, which are orange."""
    assert meaning().names[404] == "orange scaly fish"
    assert [look.texture for look in looks(0)[:3]] == [0, 1, 2]
    assert [look.colour for look in colours(0)][:2] == ["orange", "blue"]


@pytest.mark.parametrize("texture", range(len(TEXTURES)))
def test_a_texture_has_several_colours_each_once(texture):
    names = [look.colour for look in colours(texture)]
    assert len(set(names)) == len(names) >= 5


def test_names_are_in_words_that_the_tokenizer_knows():
    words = {word for name in meaning().names for word in re.findall("[a-z]+", name)}
    assert words <= set(known_words())
