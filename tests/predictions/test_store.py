"""The store: what is written is read back, what was altered is noticed, and names do not matter."""

import os

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from fixtures.core.drafts import sweep
from fixtures.core.errors import InputError
from fixtures.datasets.dataset import ClassMapping
from fixtures.predictions import checksummed_parquet
from fixtures.predictions.key import file_name, key_of
from fixtures.predictions.request import Request
from tests.predictions.fakes import identity, noise, provider, shelf

ASK = Request("one", "noise")


def predicted(root, **options):
    """A store with one answer in it, and its file."""
    answer = provider(root, shelf("one"), **options).get(ASK)
    (path,) = root.glob("*.parquet")
    return answer, path


def test_another_run_reads_the_same_numbers_and_predicts_nothing(tmp_path):
    first, _ = predicted(tmp_path)
    models = shelf("one")
    again = provider(tmp_path, models)
    second = again.get(ASK)
    assert models.loads == []
    assert again.log[0].predicted == 0
    for name in ("ids", "labels", "top_classes", "top_probabilities", "label_log_probability", "squared_norm"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
    assert second.annotations["even"].tolist() == [index % 2 == 0 for index in range(50)]


def test_the_file_opens_in_pandas_and_says_what_it_is(tmp_path):
    answer, path = predicted(tmp_path)
    frame = pd.read_parquet(path)
    assert frame["id"].tolist() == list(answer.ids)
    assert (frame["class_1"] == frame["label"]).mean() == answer.correct.mean()
    _, facts = checksummed_parquet.read(path)
    assert facts["model"] == "one"
    assert facts["classes"][2] == "class 2"
    assert facts["rows"] == 50
    assert facts["versions"]["torch"]
    assert path.name.startswith("one__noise__identity__")


def test_a_file_is_found_under_any_name_that_keeps_its_key(tmp_path):
    _, path = predicted(tmp_path)
    path.rename(path.with_name(f"my favourite model__{path.name.rpartition('__')[2]}"))
    models = shelf("one")
    provider(tmp_path, models).get(ASK)
    assert models.loads == []


def cut(path, frame):
    path.write_bytes(path.read_bytes()[:-100])


def cut_to_nothing(path, frame):
    path.write_bytes(b"")


def flip_data(path, frame):
    flip(path, 40)


def flip_footer(path, frame):
    flip(path, -20)


def flip_seal(path, frame):
    flip(path, path.read_bytes().rfind(checksummed_parquet.MARK) + len(checksummed_parquet.MARK) + 7)


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def rewrite_with_pandas(path, frame):
    frame.loc[3, "label"] = 1
    frame.to_parquet(path)


def rewrite_with_footer(path, frame):
    table, facts = checksummed_parquet.read(path)
    frame.loc[3, "probability_1"] = 0.99
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table.from_pandas(frame, schema=table.schema))
        writer.add_key_value_metadata({checksummed_parquet.FOOTER.decode(): __import__("json").dumps(facts)})


def other_predictions(path, frame):
    table, facts = checksummed_parquet.read(path)
    checksummed_parquet.write(path, [table], {**facts, "key": "0" * 64})


def fewer_rows(path, frame):
    table, facts = checksummed_parquet.read(path)
    checksummed_parquet.write(path, [table.slice(1)], facts)


def folder(path, frame):
    path.unlink()
    path.mkdir()


def pipe(path, frame):
    path.unlink()
    os.mkfifo(path)


def link_to_itself(path, frame):
    path.unlink()
    path.symlink_to(path.name)


def other_file(path, frame):
    path.write_bytes(b"PAR1" + os.urandom(1000) + b"PAR1")


@pytest.mark.parametrize(
    "damage",
    [
        cut, cut_to_nothing, flip_data, flip_footer, flip_seal, rewrite_with_pandas, rewrite_with_footer,
        other_predictions, fewer_rows, folder, pipe, link_to_itself, other_file,
    ],
)  # fmt: skip
def test_a_damaged_file_is_noticed_kept_aside_and_made_again(tmp_path, damage):
    first, path = predicted(tmp_path)
    damage(path, pd.read_parquet(path))
    models = shelf("one")
    again = provider(tmp_path, models)
    assert again.state(ASK).status == "missing"
    second = again.get(ASK)
    assert sum(models.networks["one"].passes) == 50
    assert np.array_equal(first.top_probabilities, second.top_probabilities)
    assert np.array_equal(first.labels, second.labels)
    (remark,) = again.remarks
    assert remark.startswith(f"{path.name} was damaged: ")
    assert path.name in os.listdir(tmp_path / "damaged")
    assert provider(tmp_path, shelf("one")).state(ASK).status == "stored"


def test_every_byte_counts(tmp_path):
    _, path = predicted(tmp_path)
    content = path.read_bytes()
    for place in range(0, len(content), 31):
        changed = bytearray(content)
        changed[place] ^= 0x10
        path.write_bytes(changed)
        with pytest.raises(checksummed_parquet.Damaged):
            checksummed_parquet.read(path)


def test_a_store_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot be written to .*file.* choose another folder with --store"):
        provider(tmp_path / "file" / "store", shelf("one")).get(ASK)


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checksummed_parquet, "_seal", full)
    with pytest.raises(InputError, match="No space left on device"):
        predicted(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.suffix in {".parquet", ".draft"}]


def test_the_draft_of_a_killed_process_is_swept_away(tmp_path):
    _, path = predicted(tmp_path)
    draft = path.with_name(f".{path.name}.0123456789abcdef.draft")
    draft.write_bytes(path.read_bytes()[:50])
    sweep(tmp_path)
    assert not draft.exists()
    assert path.exists()


def test_the_key_is_content():
    base = key_of(identity(), noise(), "identity", "fp32")
    assert base == key_of(identity(facts={"file": "moved.pt"}), noise(name="renamed"), "identity", "fp32")
    others = [
        key_of(identity("g"), noise(), "identity", "fp32"),
        key_of(identity(kind="probabilities"), noise(), "identity", "fp32"),
        key_of(identity(), noise(content="b"), "identity", "fp32"),
        key_of(identity(), noise(mapping=ClassMapping("subset", (0, 1))), "identity", "fp32"),
        key_of(identity(), noise(mapping=ClassMapping("subset", (1, 0))), "identity", "fp32"),
        key_of(identity(), noise(keep_probabilities=True), "identity", "fp32"),
        key_of(identity(), noise(own_size=True), "identity", "fp32"),
        key_of(identity(), noise(), "hflip", "fp32"),
        key_of(identity(), noise(), "identity", "bf16"),
        key_of(identity(), noise(), "identity", "fp32", "run 1"),
    ]
    assert len({base, *others}) == len(others) + 1


def test_names_are_made_fit_for_file_systems():
    name = file_name("my/../model é", "v:al", "shift(x=1,y=-2)", "0123456789abcdef")
    assert name == "my-..-model__v-al__shift-x=1,y=-2__0123456789ab.parquet"
    assert len(file_name("m" * 300, "d" * 300, "v" * 300, "k" * 64)) < 250


def test_a_store_that_cannot_be_is_refused_before_anything_is_loaded(house):
    suite = house.suite()
    (house.path / "file").write_text("")
    os.mkfifo(house.path / "pipe")
    for place, why in (
        ("file", "is a file, not a folder"),
        ("pipe", "is a pipe, not a folder"),
        ("file/below", "file is no folder that can be written to; choose another folder"),
    ):
        done = house.pytest("--suite", suite, f"--store={place}")
        assert done.code == 4, done.output
        assert f"--store {house.path / place}: " in done.output
        assert why in done.output
        assert "test session starts" not in done.output
