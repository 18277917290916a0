"""Resize and crop under each framing, against torchvision and against pixels moved by hand."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from torchvision import transforms
from torchvision.transforms import functional as F
from torchvision.transforms.functional import InterpolationMode

from fixtures.core.errors import InputError
from fixtures.models.geometry import Geometry
from fixtures.models.preprocess import from_transform
from fixtures.views import parse

BICUBIC = InterpolationMode.BICUBIC
SIZES = [(256, 256), (300, 211), (211, 300), (97, 61), (640, 427), (1, 5)]


def picture(width: int, height: int) -> Image.Image:
    coarse = np.random.default_rng(width).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height))


def show(geometry: Geometry, image: Image.Image, view: str = "identity") -> np.ndarray:
    return np.array(geometry.show(image, parse(view).framing))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("resize", "crop"), [(64, 64), (73, 64), (256, 224)])
def test_without_a_framing_it_is_torchvisions_resize_and_crop(size, resize, crop):
    image = picture(*size)
    own = transforms.Compose([transforms.Resize(resize, BICUBIC), transforms.CenterCrop(crop)])
    assert_array_equal(show(Geometry(resize, crop, "bicubic"), image), np.array(own(image)))


@pytest.mark.parametrize("size", SIZES[:5])
@pytest.mark.parametrize("scale", [1.25, 1.5, 2, 3])
def test_zoom_resizes_to_a_multiple_and_keeps_the_crop(size, scale):
    image = picture(*size)
    expected = F.center_crop(F.resize(image, round(73 * scale), BICUBIC), [64, 64])
    assert_array_equal(show(Geometry(73, 64, "bicubic"), image, f"zoom(scale={scale})"), np.array(expected))


@pytest.mark.parametrize(("paper", "side"), [(16, 5), (112, 32), (336, 96), (512, 146), (640, 183)])
def test_resolution_takes_resize_and_crop_along(paper, side):
    image = picture(300, 211)
    geometry = Geometry(73, 64, "bilinear")
    expected = F.center_crop(F.resize(image, round(73 * side / 64)), [side, side])
    assert_array_equal(show(geometry, image, f"resolution(size={paper})"), np.array(expected))
    assert geometry.side(parse(f"resolution(size={paper})").framing) == side


@pytest.mark.parametrize(("paper", "side"), [(16, 14), (112, 112), (336, 336), (512, 518), (640, 644)])
def test_a_transformer_gets_whole_patches(paper, side):
    geometry = Geometry(224, 224, "bicubic", multiple=14)
    assert geometry.side(parse(f"resolution(size={paper})").framing) == side
    assert geometry.place((500, 400), parse(f"resolution(size={paper})").framing).size[1] == side


def test_the_usual_input_is_never_rounded():
    assert Geometry(256, 225, "bicubic", multiple=14).side() == 225


def test_shift_counts_pixels_of_the_original_image():
    """400x300, short side to 224: 30 pixels of the original are 22.4 of the resized image."""
    geometry, image = Geometry(224, 224, "bicubic"), picture(400, 300)
    resized = np.array(F.resize(image, 224, BICUBIC))
    assert resized.shape == (224, 298, 3)
    assert_array_equal(show(geometry, image, "shift(along=30)"), resized[:, 37 + 22 : 37 + 22 + 224])
    assert_array_equal(show(geometry, image, "shift(along=-30)"), resized[:, 37 - 22 : 37 - 22 + 224])


def test_shift_goes_down_where_the_image_is_higher_than_wide():
    geometry, image = Geometry(224, 224, "bicubic"), picture(300, 400)
    resized = np.array(F.resize(image, 224, BICUBIC))
    assert_array_equal(show(geometry, image, "shift(along=30)"), resized[37 + 22 : 37 + 22 + 224])


def test_shift_takes_the_same_share_of_other_input_sizes():
    """30 of 224 are 8.6 of 64; from a square of 128 pixels, shown at its own size, the crop moves right."""
    geometry, image = Geometry(64, 64, "bicubic").own_size(), picture(128, 128)
    assert_array_equal(show(geometry, image, "shift(along=30)"), np.array(image)[32:96, 41:105])
    assert_array_equal(show(geometry, image, "shift(along=100)"), np.array(image)[32:96, 61:125])


def test_shift_at_another_resolution_shows_the_same_part():
    usual = Geometry(64, 64, "bicubic").place((200, 100), parse("shift(along=30)").framing)
    double = Geometry(64, 64, "bicubic").place((200, 100), parse("shift(along=30)+resolution(size=448)").framing)
    assert abs(double.left - 2 * usual.left) <= 1
    assert double.size == (256, 128)


def test_what_lies_beyond_the_image_is_black_and_noticed():
    geometry, image = Geometry(8, 8, "bicubic"), Image.new("RGB", (8, 8), (200, 100, 50))
    found = show(geometry, image, "move(x=0.25,y=-0.5)")
    assert not found[:4].any()
    assert not found[:, 6:].any()
    assert (found[4:, :6] == (200, 100, 50)).all()
    assert geometry.place((8, 8), parse("move(x=0.25,y=-0.5)").framing).runs_off
    assert not geometry.place((8, 8)).runs_off


@pytest.mark.parametrize(("along", "off"), [(100, 0), (0, 0), (101, 1), (-100, 0), (-101, 1)])
def test_running_off_is_told_from_the_size(along, off):
    """424x224: the crop has 100 pixels on either side."""
    assert Geometry(224, 224, "bicubic").place((424, 224), parse(f"shift(along={along})").framing).runs_off == bool(off)


def test_zooming_out_shows_black_around_the_image():
    found = show(Geometry(8, 8, "bilinear"), Image.new("RGB", (8, 8), (9, 9, 9)), "zoom(scale=0.5)")
    assert (found[2:6, 2:6] == 9).all()
    assert found.sum() == 16 * 27


def test_a_move_is_a_share_of_the_crops_side():
    image = picture(100, 100)
    found = show(Geometry(None, 64, "bicubic"), image, "move(x=0.125,y=-0.0625)")
    assert_array_equal(found, np.array(image)[14:78, 26:90])


def test_steps_together_are_one_resize_and_one_crop_then_a_mirror():
    image = picture(300, 211)
    resized = np.array(F.resize(image, 128, BICUBIC))
    left, top = (resized.shape[1] - 64) // 2 + 6, 32 - 3
    found = show(Geometry(64, 64, "bicubic"), image, "flip+zoom(scale=2)+move(x=0.1,y=-0.05)")
    assert_array_equal(found, resized[top : top + 64, left : left + 64][:, ::-1])


def test_own_size_means_no_resize():
    image = picture(96, 80)
    expected = np.array(F.center_crop(image, [64, 64]))
    assert_array_equal(show(Geometry(73, 64, "bicubic").own_size(), image), expected)


def test_an_image_smaller_than_the_crop():
    geometry = Geometry(None, 64, "bicubic")
    geometry.show(picture(64, 64))
    for view in ("identity", "zoom(scale=2)"):
        with pytest.raises(
            InputError, match=r"is 70x63 pixels, less than the crop of 64: the dataset's 'resize: none'"
        ):
            geometry.show(picture(70, 63), parse(view).framing)


RESIZE, CROP = transforms.Resize(40, InterpolationMode.BOX), transforms.CenterCrop(32)
END = [transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.5,) * 3)]


@pytest.mark.parametrize(
    ("steps", "geometry"),
    [
        ([RESIZE, CROP, *END], Geometry(40, 32, "box")),
        ([transforms.Resize([40]), CROP, *END], Geometry(40, 32, "bilinear")),
        ([CROP, *END], Geometry(None, 32, "bilinear")),
        ([transforms.Resize((40, 40)), CROP, *END], None),
        ([RESIZE, transforms.CenterCrop((32, 24)), *END], None),
        ([transforms.CenterCrop((32, 24)), *END], None),
        ([transforms.Resize(40, max_size=80), CROP, *END], None),
        ([RESIZE, *END], None),
        ([CROP, RESIZE, *END], None),
        ([RESIZE, CROP, transforms.Grayscale(3), *END], None),
        ([RESIZE, CROP, transforms.ToTensor()], None),
    ],
)
def test_the_geometry_of_a_transform(steps, geometry):
    found = from_transform(transforms.Compose(steps))
    assert found.geometry == geometry
    assert found.facts() == ({"input size": "32"} if geometry else {})


def test_a_thread_of_pixels_is_not_resized_to_gigabytes():
    with pytest.raises(InputError, match="is 65,500x1 pixels and would become 16,768,000x256 when its short side"):
        Geometry(256, 224, "bilinear").show(Image.new("RGB", (65500, 1)))
