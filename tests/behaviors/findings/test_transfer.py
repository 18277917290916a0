"""Differences of linear probes: images and fits both vary."""

import numpy as np
import pytest

from behaviors.contract.features import ProbeAnswers
from behaviors.findings.transfer import over_tasks


def answers(right, labels=None) -> ProbeAnswers:
    """``right``: (fits, images) bool."""
    flags = np.asarray(right)
    truth = np.zeros(flags.shape[1], np.int64) if labels is None else labels
    return ProbeAnswers(truth, np.array([5, 5]), np.where(flags, truth, 1 - truth), np.ones(len(flags)))


def test_one_fit_of_one_task_is_the_paired_z_of_its_images():
    one, other = answers([[True, True, False, True]]), answers([[True, False, False, False]])
    spread = over_tasks({"a": one}, {"a": other})
    assert spread.variance == pytest.approx(np.var([0, 1, 0, 1], ddof=1) / 4)
    assert spread.degrees == pytest.approx(3)


def test_fits_add_their_variance_and_tasks_are_averaged():
    one = answers([[True] * 6, [True] * 4 + [False] * 2])
    other = answers([[False] * 3 + [True] * 3] * 2)
    ahead = np.array([[1, 1, 1, 0, 0, 0], [1, 1, 1, 0, -1, -1]])
    single = ahead.mean(0).var(ddof=1) / 6 + ahead.mean(1).var(ddof=1) / 2
    assert over_tasks({"a": one}, {"a": other}).variance == pytest.approx(single)
    both = over_tasks({"a": one, "b": one}, {"a": other, "b": other})
    assert both.variance == pytest.approx(single / 2)
    assert over_tasks({"a": one}, {"a": one}).variance == 0


def test_errs_no_more_often_than_alpha():
    generator, errors = np.random.default_rng(0), np.zeros(2)
    for _ in range(1500):
        said = []
        for _ in range(2):
            level = 0.7 + generator.normal(0, 0.02, (4, 3, 1))  # what each fit of each task comes to
            said.append(
                {task: answers(generator.random((1, 200)) < own) for task, own in zip("abcd", level, strict=True)}
            )
        difference = np.mean([(said[0][t].predicted == 0).mean() - (said[1][t].predicted == 0).mean() for t in "abcd"])
        reach = over_tasks(*said).reach(0.05)
        errors += (difference - reach > 0, difference + reach < 0)
    assert (errors / 1500 < 0.075).all()


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ({"a": answers([[True] * 3])}, {"b": answers([[True] * 3])}, "other tasks cannot be compared: a and b"),
        ({}, {}, "other tasks"),
        ({"a": answers([[True] * 3])}, {"a": answers([[True] * 4])}, "a: both models must be asked about the same"),
        ({"a": answers([[True] * 3])}, {"a": answers([[True] * 3] * 2)}, "in as many fits"),
        ({"a": answers([[True]])}, {"a": answers([[True]])}, "at least 2 test images"),
    ],
)
def test_what_cannot_be_compared_is_refused(first, second, sentence):
    with pytest.raises(ValueError, match=sentence):
        over_tasks(first, second)
