"""Outputs are what they are called: probabilities under the name of logits are refused, rounded ones are not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fixtures.core import remarks
from fixtures.core.errors import InputError
from fixtures.models.model import ModelSpec
from fixtures.models.recorded import identity, in_pieces, recorded
from fixtures.models.validate_outputs import ENOUGH, Misnamed, Naming, check_rows
from fixtures.predictions.rows import Decisions, from_decisions

Spec = Callable[..., ModelSpec]
IDS = tuple(f"{index}.png" for index in range(40))


def softmax(images: int, classes: int, seed: int = 0) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, 2, (images, classes))
    return np.exp(logits) / np.exp(logits).sum(1, keepdims=True)


@pytest.mark.parametrize("pieces", [1, 7, 20])
def test_probabilities_called_logits_are_refused(pieces: int) -> None:
    naming = Naming("logits", "m on val")
    for rows in np.array_split(softmax(20, 5), pieces):
        naming.see(rows)
    with pytest.raises(Misnamed, match=r"m on val: what is called logits .* outputs=probabilities .* normalized_log"):
        naming.end()


def test_percentages_called_logits_are_refused() -> None:
    naming = Naming("logits", "m on val")
    naming.see(np.round(100 * softmax(20, 5), 2))
    with pytest.raises(
        Misnamed, match=r"lies in \[0, 100\] and sums to 100 .* are percentages; divide them by 100; say"
    ):
        naming.end()


@pytest.mark.parametrize(("whole", "digits"), [(1_000, 1), (20, 9), (2, 9)])
def test_shares_of_another_whole_called_logits_are_refused(whole: int, digits: int) -> None:
    naming = Naming("logits", "m on val")
    naming.see(np.round(whole * softmax(20, 5), digits))
    with pytest.raises(Misnamed, match=rf"sums to {whole} for each .* shares of a whole; divide them by {whole}; say"):
        naming.end()


@pytest.mark.parametrize("case", ["one answer for all", "a large constant", "one negative number"])
def test_logits_of_nearly_one_sum_are_logits(case: str) -> None:
    random = np.random.default_rng(0)
    rows = {
        "one answer for all": np.tile([1.0, 0, 3], (40, 1)),
        "a large constant": random.normal(6, 1, (40, 1_000)),
        "one negative number": 20 * softmax(40, 5) - np.eye(40, 5),
    }[case]
    naming = Naming("logits", "m on val")
    naming.see(rows)
    naming.end()


def test_enough_of_them_end_a_run_early() -> None:
    with pytest.raises(Misnamed):
        Naming("logits", "m").see(softmax(ENOUGH, 5))


@pytest.mark.parametrize("case", ["one_row_is_not", "logits", "called_probabilities", "insisted", "none"])
def test_what_is_called_rightly_passes(case: str) -> None:
    rows = softmax(20, 5)
    naming = Naming("probabilities" if case == "called_probabilities" else "logits", "m", insisted=case == "insisted")
    if case == "one_row_is_not":
        rows[13] = [3, 1, -1, 0, 2]
    for part in np.array_split(np.log(rows) if case == "logits" else rows, 4) if case != "none" else []:
        naming.see(part)
    naming.end()


@pytest.mark.parametrize(
    ("rows", "remarked"),
    [
        (1 / (1 + np.exp(-np.random.default_rng(0).normal(0, 2, (40, 5)))), 1),  # sigmoids
        (0.25 + 0.05 * np.random.default_rng(0).normal(size=(40, 5)).clip(-3, 3), 1),  # cosines without their scale
        (np.random.default_rng(0).normal(0, 2, (40, 5)), 0),
        (softmax(20, 5)[:, :1], 0),
    ],
)
def test_what_may_be_logits_and_looks_otherwise_is_remarked_once(rows: np.ndarray, remarked: int) -> None:
    for insisted in (False, True):
        naming = Naming("logits", "m on val", insisted=insisted)
        for part in np.array_split(rows, 3):
            naming.see(part)
        naming.end()
        said = remarks.take()
        assert len(said) == (0 if insisted else remarked)
        assert all("m on val: what is called logits lies in [0, 1] for each of 40 images" in one for one in said)


@pytest.mark.parametrize("classes", [2, 10, 16])
@pytest.mark.parametrize("how", ["two decimals", "bfloat16", "float16"])
def test_rounded_probabilities_pass(how: str, classes: int) -> None:
    import torch

    rows = softmax(2000, classes)
    if how == "two decimals":
        rows = np.round(rows, 2)
    else:
        rows = torch.tensor(rows).to(getattr(torch, how)).to(torch.float64).numpy()
    check_rows(rows, "probabilities", [str(index) for index in range(2000)], "m")


def test_what_rounding_does_not_explain_is_refused() -> None:
    rows = softmax(10, 5)
    with pytest.raises(InputError, match="do not sum to 1"):
        check_rows(rows * 0.97, "probabilities", list("abcdefghij"), "m")
    with pytest.raises(InputError, match="do not sum to 1"):
        check_rows(np.array([[0.5, 0.4]]), "probabilities", ["a"], "m")


def table(columns: str, rows: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"file_name": IDS[: len(rows)]} | {f"{columns}_{k}": rows[:, k] for k in range(rows.shape[1])})


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".npz"])
def test_the_option_says_what_outputs_are(suffix: str, spec: Spec, tmp_path: Path) -> None:
    rows = softmax(5, 3)
    frame = table("logit", rows)
    path = tmp_path / f"rec{suffix}"
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".parquet":
        frame.to_parquet(path)
    else:
        np.savez(path, logits=rows, file_name=np.array(IDS[:5]))
    plain, said = (spec(f"r=predictions:rec{suffix}{option}") for option in ("", "?outputs=probabilities"))
    for read in (recorded, in_pieces):
        assert read(plain, "val", IDS[:5]).kind == "logits"
        assert read(said, "val", IDS[:5]).kind == "probabilities"
    assert identity(plain).fingerprint != identity(said).fingerprint
    assert identity(spec(f"r=predictions:rec{suffix}?normalized_logits=true")).normalized_logits


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".npz"])
def test_a_file_with_both_kinds_must_be_told_which_counts(suffix: str, spec: Spec, tmp_path: Path) -> None:
    rows = softmax(5, 3)
    frame = table("logit", np.log(rows)).merge(table("probability", rows))
    path = tmp_path / f"rec{suffix}"
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".parquet":
        frame.to_parquet(path)
    else:
        np.savez(path, logits=np.log(rows), probabilities=rows, file_name=np.array(IDS[:5]))
    for read in (recorded, in_pieces):
        with pytest.raises(InputError, match="holds logits and probabilities; say which count: outputs=logits"):
            read(spec(f"r=predictions:rec{suffix}"), "val", IDS[:5])
    found = recorded(spec(f"r=predictions:rec{suffix}?outputs=probabilities"), "val", IDS[:5])
    assert found.kind == "probabilities"
    assert np.allclose(found.rows, rows)
    found = recorded(spec(f"r=predictions:rec{suffix}?outputs=logits"), "val", IDS[:5])
    assert np.allclose(found.rows, np.log(rows))


@pytest.mark.parametrize(
    ("confidence", "classes", "allowed"),
    [
        ([0.9, 0.2], 3, False),
        ([0.9, 0.34], 3, True),
        ([0.9, 0.3333], 3, True),
        ([0.9, 0.33], 3, True),
        ([0.9, 0.0], 1000, True),
        ([0.91234, 0.0001], 1000, False),
    ],
)
def test_the_best_of_some_classes_has_its_share(confidence: list[float], classes: int, allowed: bool) -> None:
    best = Decisions(np.array([0, 1]), np.array(confidence))
    if allowed:
        assert len(from_decisions(best, ["a", "b"], np.array([0, 1]), classes, "m").ids) == 2
        return
    with pytest.raises(InputError, match=r"m: the recorded probability of image 'b' is .*: the best of "):
        from_decisions(best, ["a", "b"], np.array([0, 1]), classes, "m")
