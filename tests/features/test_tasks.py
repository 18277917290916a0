"""Probe tasks are pairs of roles."""

import pytest

from fixtures.core.errors import InputError
from fixtures.features.tasks import probe_tasks


def test_pairs_in_the_order_of_the_suite():
    roles = ["val", "probe_size_test", "probe_dr_train_train", "probe_size_train", "probe_dr_train_test", "probe_x"]
    assert probe_tasks(roles) == {
        "size": ("probe_size_train", "probe_size_test"),
        "dr_train": ("probe_dr_train_train", "probe_dr_train_test"),
    }
    assert probe_tasks(["val"]) == {}


@pytest.mark.parametrize(("there", "absent"), [("train", "test"), ("test", "train")])
def test_half_a_task_is_refused(there, absent):
    with pytest.raises(
        InputError, match=f"in the role 'probe_size_{there}' and none in the role 'probe_size_{absent}'"
    ):
        probe_tasks([f"probe_size_{there}", "val"])
