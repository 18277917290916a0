"""The stand-in's folder is the user's: only what the command wrote is replaced, and a killed run leaves no suite."""

import pytest

from fixtures.core.errors import InputError
from fixtures.miniature.__main__ import main
from fixtures.miniature.place import PARTS, UNFINISHED, stamp, writing


def fill(folder, text):
    with writing(folder, {"flat": False}) as draft:
        (draft / "data").mkdir()
        (draft / "data" / "a.txt").write_text(text)
        (draft / "imagenet.yaml").write_text(text)


def test_what_was_written_is_replaced_whole(tmp_path):
    fill(tmp_path / "new", "first")
    fill(tmp_path / "new", "second")
    assert (tmp_path / "new" / "imagenet.yaml").read_text() == "second"
    assert stamp(tmp_path / "new") == {"complete": True, "flat": False}
    assert not (tmp_path / "new" / UNFINISHED).exists()


@pytest.mark.parametrize("name", ["photo.jpg", "data"])
def test_a_folder_of_somebody_else_is_refused(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=f"{tmp_path} is not empty, and {name} in it was not written by this command"):
        fill(tmp_path, "mine")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_added_to_a_stand_in_is_not_lost(tmp_path):
    fill(tmp_path, "first")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt in it was not written"):
        fill(tmp_path, "second")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_is_no_place(tmp_path):
    (tmp_path / "dir").write_text("a file")
    with pytest.raises(InputError, match="is a file; name a folder"):
        fill(tmp_path / "dir", "mine")


def test_a_killed_run_leaves_no_suite_and_the_next_one_starts_again(tmp_path):
    def killed():
        with writing(tmp_path, {}) as draft:
            (draft / "imagenet.yaml").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert not any((tmp_path / name).exists() for name in PARTS)
    assert stamp(tmp_path) == {"complete": False}
    fill(tmp_path, "whole")
    assert (tmp_path / "imagenet.yaml").read_text() == "whole"


def test_the_command_says_so_and_exits_with_2(tmp_path, capsys):
    (tmp_path / "photo.jpg").write_text("mine")
    assert main(["imagenet", str(tmp_path)]) == 2
    assert "photo.jpg in it was not written by this command" in capsys.readouterr().err
