"""Decoding: every common kind of image becomes RGB, and what cannot is refused with its reason."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.datasets.images.decoding import (
    ANIMATED,
    TURNED,
    Header,
    UnreadableImage,
    decode,
    header,
    is_image,
    problem,
)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(tmp_path, data: bytes) -> np.ndarray:
    (tmp_path / "image").write_bytes(data)
    image = decode(tmp_path / "image")
    assert image.mode == "RGB"
    return np.asarray(image)


RED = Image.new("RGB", (32, 32), (200, 30, 60))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF", "PPM"])
def test_lossless_kinds(tmp_path, kind):
    data = saved(RED, kind)
    assert decoded(tmp_path, data)[5, 5].tolist() == [200, 30, 60]
    assert problem(data) == ""


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_kinds(tmp_path, kind):
    data = saved(RED, kind, quality=95)
    assert np.abs(decoded(tmp_path, data)[5, 5].astype(int) - [200, 30, 60]).max() <= 6
    assert problem(data) == ""


def test_grey_16_bit_is_scaled_not_cut(tmp_path):
    levels = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    for kind in ("PNG", "TIFF"):
        pixels = decoded(tmp_path, saved(Image.fromarray(levels), kind))
        assert np.array_equal(pixels[..., 0], levels >> 8)


def test_colour_16_bit(tmp_path):
    rows = b"".join(b"\0" + np.full((2, 3), value).astype(">u2").tobytes() for value in (0, 32768, 65535))
    header = struct.pack(">IIBBBBB", 2, 3, 16, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    chunks = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in parts]
    assert decoded(tmp_path, b"\x89PNG\r\n\x1a\n" + b"".join(chunks))[:, 0, 0].tolist() == [0, 128, 255]


def test_palette_grey_alpha_and_cmyk(tmp_path):
    assert decoded(tmp_path, saved(RED.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"))[0, 0].tolist() == [
        200,
        30,
        60,
    ]
    assert decoded(tmp_path, saved(Image.new("L", (4, 4), 77), "PNG"))[0, 0].tolist() == [77, 77, 77]
    assert decoded(tmp_path, saved(Image.new("1", (4, 4), 1), "PNG"))[0, 0].tolist() == [255, 255, 255]
    assert decoded(tmp_path, saved(Image.new("LA", (4, 4), (77, 0)), "PNG"))[0, 0].tolist() == [77, 77, 77]
    assert decoded(tmp_path, saved(Image.new("RGBA", (4, 4), (9, 8, 7, 0)), "PNG"))[0, 0].tolist() == [9, 8, 7]
    cmyk = decoded(tmp_path, saved(RED.convert("CMYK"), "JPEG", quality=95))
    assert np.abs(cmyk[5, 5].astype(int) - [200, 30, 60]).max() <= 8


@pytest.mark.filterwarnings("error")
def test_a_palette_with_transparent_colours(tmp_path):
    palette = RED.convert("P", palette=Image.Palette.ADAPTIVE)
    data = saved(palette, "PNG", transparency=bytes([0] * 256))
    assert decoded(tmp_path, data)[0, 0].tolist() == [200, 30, 60]


def test_orientation_tags_are_not_followed(tmp_path):
    wide = Image.new("RGB", (20, 10))
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decoded(tmp_path, saved(wide, "JPEG", exif=exif)).shape == (10, 20, 3)


def test_of_an_animation_the_first_frame_counts(tmp_path):
    data = saved(RED, "GIF", save_all=True, append_images=[Image.new("RGB", (32, 32), (0, 0, 255))])
    assert decoded(tmp_path, data)[0, 0].tolist() == [200, 30, 60]


NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_truncated_images(tmp_path, kind, share):
    data = saved(NOISE, kind)
    data = data[: int(share * len(data))]
    assert problem(data)
    with pytest.raises(UnreadableImage, match="cannot be read as an image"):
        decoded(tmp_path, data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"<html>not found</html>" * 20, "not an image"),
        (saved(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"), "pixels of mode F have no defined range"),
    ],
)
def test_what_is_no_image(tmp_path, data, reason):
    assert problem(data) == reason
    with pytest.raises(UnreadableImage) as caught:
        decoded(tmp_path, data)
    assert caught.value.reason == reason


def test_bytes_behind_the_end_do_no_harm(tmp_path):
    for kind in ("JPEG", "PNG", "WEBP"):
        data = saved(NOISE, kind) + b"trailing" * 20
        assert problem(data) == ""
        decoded(tmp_path, data)


def test_damage_in_the_middle_shows_when_decoding(tmp_path):
    data = bytearray(saved(NOISE, "PNG"))
    data[len(data) // 2] ^= 255
    assert problem(bytes(data)) == ""
    with pytest.raises(UnreadableImage):
        decoded(tmp_path, bytes(data))


def test_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(UnreadableImage, match="exceeds limit"):
        decoded(tmp_path, saved(NOISE, "PNG"))


def test_a_file_that_is_gone_is_not_a_damaged_image(tmp_path):
    with pytest.raises(InputError, match="cannot be opened") as caught:
        decode(tmp_path / "absent.png")
    assert not isinstance(caught.value, UnreadableImage)


def test_names():
    assert is_image("a.JPG")
    assert is_image("b.jpeg")
    assert not is_image("c.txt")
    assert not is_image("png")


def test_a_thread_of_pixels_is_refused_before_it_is_enlarged(tmp_path):
    data = saved(Image.new("RGB", (65500, 1)), "PNG")
    assert problem(data) == "65,500x1 pixels, more than 256 times as long as wide"
    with pytest.raises(UnreadableImage, match="more than 256 times"):
        decoded(tmp_path, data)
    assert problem(saved(Image.new("RGB", (256, 1)), "PNG")) == ""


def test_formats_that_would_start_a_program_are_not_opened():
    data = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n"
    assert problem(data) == "not an image"


def test_kinds_that_this_pillow_lacks_are_named():
    assert problem(b"\0\0\0\x1cftypheic" + bytes(64)) == "HEIF, of a kind that this Pillow does not read"


def test_size_and_what_to_remark_come_from_the_header():
    turned = Image.Exif()
    turned[0x0112] = 6
    assert header(saved(RED.resize((40, 20)), "JPEG")) == Header("", 40, 20)
    assert header(saved(RED, "JPEG", exif=turned)).note == TURNED
    frames = [Image.new("L", (9, 9), shade) for shade in (0, 99, 200)]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        assert header(saved(frames[0], kind, save_all=True, append_images=frames[1:])).note == ANIMATED
        assert header(saved(frames[0], kind)).note == ""


def test_a_decompression_bomb_is_refused():
    rows = zlib.compress(bytes(30_001) * 30_000)
    header_chunk = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header_chunk), (b"IDAT", rows), (b"IEND", b"")]
    chunks = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in parts]
    assert "decompression bomb" in problem(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
