"""A role that is a list: several datasets play it, each under its own name, and a test may ask for all of them."""

import pytest

from fixtures.plugin.collection import expanded
from fixtures.suite.loader import load_suite


def test_several_datasets_play_a_list(tmp_path):
    suite = tmp_path / "s.yaml"
    suite.write_text(
        "suite: s\nclasses: [ant, bee]\nmodels: {}\ndatasets:\n"
        "  weeds: {format: noise, outputs: none, role: ood_near}\n"
        "  ood_near_two: {format: noise, outputs: none, role: ood_near}\n"
        "  far: {format: noise, outputs: none, role: [ood_far, ood_near]}\n"
        "  ood_far: {format: noise, outputs: none}\n"
    )
    roles = load_suite(str(suite)).roles
    assert roles == {
        "ood_near_weeds": "weeds",
        "ood_near_two": "ood_near_two",
        "ood_far_far": "far",
        "ood_near_far": "far",
        "ood_far": "ood_far",
    }
    near = ["val", "ood_near_weeds", "ood_near_two", "ood_near_far"]
    assert list(expanded(("val", "ood_near*"), roles)) == near
    assert load_suite(str(suite)).dataset("ood_near_far").name == "far"


@pytest.mark.parametrize("role", ["ood_near*", "ood_near"])
def test_a_list_that_nobody_plays_is_called_by_its_name(role):
    assert list(expanded((role,), ["val"])) == ["ood_near"]
