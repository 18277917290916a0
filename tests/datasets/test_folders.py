"""Every entry of a folder is an image or counted as left out: content decides, litter is known, no pipe is read."""

import os
import shutil
import socket

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.formats.class_folders import open_class_folders
from fixtures.datasets.images.folders import list_images
from fixtures.datasets.images.signatures import image_kind
from tests.datasets.pictures import age, declaration, folders, picture


@pytest.fixture
def root(tmp_path):
    return folders(tmp_path / "data", "cat", "dog", "gear")


def opened(root, **changes):
    return open_class_folders(declaration(**changes), root, root.parent / "cache")


def out(root) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {one.reason: (one.count, one.names) for one in opened(root).manifest().left_out}


def complaint(root, **changes) -> str:
    with pytest.raises(InputError) as caught:
        opened(root, **changes)
    return str(caught.value)


def test_a_clean_folder_leaves_nothing_out(root):
    facts = opened(root).manifest()
    assert (facts.left_out, facts.remarks) == ((), ())


@pytest.mark.parametrize("name", ["1.jfif", "1.JPE", "1.avif", "1.jp2", "1.tga", "1.dib", "1.pnm"])
def test_endings_that_pillow_knows_are_images(root, name):
    picture(root / "cat" / "x.png", seed=99).rename(root / "cat" / name)
    assert f"cat/{name}" in opened(root).ids
    assert opened(root).manifest().remarks == ()


@pytest.mark.parametrize("name", ["1", "1.dat", "1.jpg_large", "1.txt"])
def test_content_decides_whatever_the_name(root, name):
    picture(root / "cat" / "x.png", seed=99).rename(root / "cat" / name)
    dataset = opened(root)
    assert f"cat/{name}" in dataset.ids
    assert dataset.manifest().remarks == (f"1 image known by the content, not by the name: cat/{name}",)


def test_what_is_no_image_is_counted_with_the_reason(root):
    (root / "cat" / "notes.txt").write_text("x")
    (root / "dog" / "empty").write_text("")
    (root / "dog" / "film.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(40))
    (root / "dog" / "1.nef").write_bytes(b"II*\0" + bytes(40))
    picture(root / "cover.png")
    assert out(root) == {
        "no image by content": (3, ("cat/notes.txt", "dog/empty", "dog/film.mp4")),
        "in no folder of a class": (1, ("cover.png",)),
        "raw file of a camera": (1, ("dog/1.nef",)),
    }


def test_declared_numbers_that_fit_do_not_silence_it(root):
    (root / "cat" / "notes.txt").write_text("x")
    facts = opened(root, images=6).manifest()
    assert facts.images == 6
    assert str(*facts.left_out) == "no image by content: 1 (cat/notes.txt)"


LITTER = [
    "@eaDir", "#recycle", "lost+found", "@Recycle", ".@__thumb", "$RECYCLE.BIN", "System Volume Information",
    "__MACOSX", ".AppleDouble", ".Trash-1000", "#snapshot", ".ipynb_checkpoints",
]  # fmt: skip


@pytest.mark.parametrize("name", LITTER)
def test_thumbnails_of_boxes_are_no_images_and_their_folders_no_classes(root, name):
    for place in (root, root / "cat"):
        picture(place / name / "0.png" / "SYNOPHOTO_THUMB_M.jpg", seed=5)
    assert len(opened(root).ids) == 6
    assert out(root) == {"litter of file systems": (2, (f"{name}/", f"cat/{name}/"))}


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "._0.png", "desktop.ini", "Icon\r", ".directory"])
def test_files_of_desktops_are_litter(root, name):
    (root / "cat" / name).write_bytes(b"\xff\xd8\xff\xe0")
    assert list(out(root)) == ["litter of file systems"]


def test_hidden_files_are_counted_too(root):
    picture(root / "cat" / ".secret.png")
    assert out(root) == {"hidden": (1, ("cat/.secret.png",))}


def test_a_pipe_is_not_waited_for(root):
    os.mkfifo(root / "cat" / "x.jpg")
    os.mkfifo(root / "cat" / "pipe")
    assert "1 of 7 images cannot be read, none may be: cat/x.jpg (no regular file)" in complaint(root)
    dataset = opened(root, tolerance=0.2)
    assert dataset.manifest().unreadable == ("cat/x.jpg",)
    assert str(*dataset.manifest().left_out) == "no regular file: 1 (cat/pipe)"


def test_a_device_and_a_socket_are_not_read(root):
    (root / "cat" / "x.jpg").symlink_to("/dev/zero")
    assert "cat/x.jpg (no regular file)" in complaint(root)
    (root / "cat" / "x.jpg").unlink()
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(root / "cat")  # its path may be longer than a socket's may
        try:
            one.bind("x.png")
        finally:
            os.chdir(here)
        assert "cat/x.png (no regular file)" in complaint(root)


def test_ten_gigabytes_of_nothing_are_not_read(root):
    with (root / "cat" / "x.jpg").open("wb") as file:
        file.truncate(10**10)
    assert "cat/x.jpg (10.0 GB, more than an image has)" in complaint(root)


@pytest.mark.parametrize("name", ["x.jpg", "x"])
def test_a_link_to_itself_is_a_sentence(root, name):
    (root / "cat" / name).symlink_to(root / "cat" / name)
    if name == "x":
        assert out(root) == {"a broken link": (1, ("cat/x",))}
    else:
        assert complaint(root).endswith("cat/x.jpg: cannot be opened (Too many levels of symbolic links)")


@pytest.mark.parametrize("where", ["cat/caf\udce9.png", "caf\udce9/0.png"])
def test_names_that_are_no_utf_8_are_said_before_anything_is_opened(root, where):
    picture(root / "cat" / "x.png", seed=99)
    (root / where).parent.mkdir(exist_ok=True)
    os.rename(root / "cat" / "x.png", os.fsencode(root / where))
    said = complaint(root)
    assert "no UTF-8: 1 name in " in said
    assert r"caf\xe9" in said
    said.encode()


def test_other_names_that_are_no_utf_8_are_only_counted(root):
    with open(os.fsencode(root / "cat" / "caf\udce9.txt"), "w") as file:
        file.write("x")
    assert out(root) == {"no image by content": (1, (r"cat/caf\xe9.txt",))}


def test_what_steers_a_terminal_is_written_out(root):
    (root / "cat" / "a\x1b[31mb.txt").write_text("x")
    assert out(root) == {"no image by content": (1, (r"cat/a\x1b[31mb.txt",))}


def test_a_closed_folder_is_a_sentence(root, monkeypatch):
    real = os.scandir
    closed = str(root / "dog")

    def scandir(path):
        if str(path) == closed:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert complaint(root).endswith(f"the folder {closed} cannot be listed (Permission denied)")


def test_two_names_of_one_class_in_another_normal_form_are_told(root):
    folders(root, "Zoe\u0308", each=1)
    assert "named as no class is" in complaint(root)


def test_the_order_is_that_of_the_names(root):
    shutil.copy2(root / "cat" / "0.png", root / "cat" / "B.png")
    age(picture(root / "cat" / "a.png", seed=9))
    assert list_images(root, "").images[:4] == ("cat/0.png", "cat/1.png", "cat/B.png", "cat/a.png")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"\0\0\0\x1cftypheic", "HEIF"),
        (b"\0\0\0\x1cftypisom", ""),
        (b"P5\n# made", "PNM"),
        (b"P1 is a planet", ""),
        (b"BM is no image of bits", ""),
        (b"", ""),
    ],
)
def test_first_bytes(head, kind):
    assert image_kind(head) == kind
