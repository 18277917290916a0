"""Networks behind views, from image to output: against plain torchvision, whatever the batches."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from torchvision import transforms
from torchvision.transforms import functional as F

from fixtures.core.errors import InputError
from fixtures.inference.engine import Engine
from fixtures.models.loaded_model import Built
from fixtures.models.network import TorchNetwork
from fixtures.models.preprocess import from_transform
from fixtures.predictions.request import Request
from fixtures.views import parse
from fixtures.views.registry import KNOWN, pixel_step
from tests.inference.test_engine import Small
from tests.predictions.fakes import Linear, identity, noise, provider, shelf

SIDE = 32
SIZES = ((40, 40), (64, 48), (50, 90), (33, 47), (32, 32))


def coarse(index: int) -> Image.Image:
    """Coarse noise in several sizes, none smaller than the crop."""
    pixels = np.random.default_rng(index).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize(SIZES[index % len(SIZES)])


def album(**more):
    return noise(picture=coarse, **more)


class Pool(torch.nn.Module):
    """Looks at images of any size: a convolution, then the mean of each channel."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.first, self.last = torch.nn.Conv2d(3, 16, 5, stride=2, padding=2), torch.nn.Linear(16, 7)

    def forward(self, images):
        return self.last(self.first(images).relu().mean((2, 3)))


END = [transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.2,) * 3)]
TRANSFORM = transforms.Compose([transforms.Resize(36), transforms.CenterCrop(SIDE), *END])


def network(transform=TRANSFORM, run=None):
    return TorchNetwork(Built(run or Pool(), from_transform(transform), identity()), torch.device("cpu"))


def seen(view: str, dataset=None, batch_size=None, looked=None) -> np.ndarray:
    engine = Engine(looked or network(), batch_size, "one on album")
    return np.concatenate([found.values for found in engine.outputs(dataset or album(), parse(view))])


def by_hand(make, dataset=None) -> np.ndarray:
    """The outputs for what ``make`` turns each image into, a uint8 picture of the input's size."""
    images = [make((dataset or album()).load(index)) for index in range(50)]
    tensors = torch.stack([END[1](END[0](image)) for image in images])
    with torch.inference_mode():
        return Pool()(tensors).numpy()


def centre(image, side=SIDE):
    return F.center_crop(image, [side, side])


def shifted(image: Image.Image) -> Image.Image:
    """30 pixels at 224 are 4.29 of the original at 32."""
    short, resized = min(image.size), F.resize(image, 36)
    far = round(30 * 32 / 224 * 36 / short)
    left, top = (round((side - SIDE) / 2) for side in resized.size)
    left, top = (left, top + far) if image.size[1] > image.size[0] else (left + far, top)
    return resized.crop((left, top, left + SIDE, top + SIDE))


def corner(image: Image.Image, right: int, down: int) -> tuple[Image.Image, int, int]:
    """The image with the top and left of its middle, moved."""
    return image, round((image.height - SIDE) / 2) + down, round((image.width - SIDE) / 2) + right


VIEWS = {
    "identity": lambda image: centre(F.resize(image, 36)),
    "zoom(scale=1.5)": lambda image: centre(F.resize(image, 54)),
    "shift(along=30)": shifted,
    "resolution(size=336)": lambda image: centre(F.resize(image, 54), 48),
    "flip": lambda image: F.hflip(centre(F.resize(image, 36))),
    "move(x=0.0625,y=-0.03125)": lambda image: F.crop(*corner(F.resize(image, 36), 2, -1), SIDE, SIDE),
    "brighten(factor=1.5)": lambda image: F.adjust_brightness(centre(F.resize(image, 36)), 1.5),
    "zoom(scale=2)+flip": lambda image: F.hflip(centre(F.resize(image, 72))),
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_what_torchvision_makes_of_the_image(view):
    tolerance = 2e-2 if view.startswith("brighten") else 1e-5  # Pillow rounds down, the view to the nearest
    assert_allclose(seen(view), by_hand(VIEWS[view]), atol=tolerance)


def test_every_view_shows_the_network_something_else():
    outputs = {view: seen(view) for view in [*VIEWS, "move(x=0.1,y=0)", "gaussian_noise(severity=3)"]}
    for view, found in outputs.items():
        assert view == "identity" or np.abs(found - outputs["identity"]).max() > 1e-3, view


@pytest.mark.parametrize(
    "view", ["zoom(scale=1)", "shift(along=0)", "resolution(size=224)", "move()", "brighten(factor=1)"]
)
def test_a_view_that_changes_nothing_is_identity_to_the_last_bit(view):
    assert_array_equal(seen(view), seen("identity"))


@pytest.mark.parametrize("size", [1, 3, 50])
@pytest.mark.parametrize("view", ["zoom(scale=1.5)+flip", "resolution(size=336)", "gaussian_noise(severity=4)",
                                  "flip+brighten(factor=0.8)+shot_noise(severity=2)"])  # fmt: skip
def test_what_else_is_in_the_batch_does_not_matter(view, size):
    assert_allclose(seen(view, batch_size=size), seen(view, batch_size=16), atol=1e-5)


@pytest.fixture
def numbered(monkeypatch):
    """A pixel step that writes an image's own number into all of its pixels."""
    monkeypatch.setitem(KNOWN, "number", None)
    pixel_step("number", f"{__name__}:number")


def number(batch, ids):
    values = torch.tensor([int(name[7:12]) for name in ids], dtype=torch.uint8)
    return torch.zeros_like(batch) + values[:, None, None, None]


@pytest.mark.usefixtures("numbered")
def test_ids_stay_with_their_images_when_memory_runs_out_and_images_are_unreadable():
    small = Small(5, MemoryError())
    looked = Linear(identity(), before=small)
    looked.before = lambda batch: (small(batch), pixels.extend(batch[:, 0, 0, 0].tolist()))
    pixels: list[int] = []
    seen("number", noise(broken=(4, 21)), 16, looked)
    assert small.refused
    assert pixels == [index for index in range(50) if index not in {4, 21}]


def test_images_at_the_networks_scale_are_only_cropped():
    cropped = album(own_size=True)
    assert_allclose(seen("identity", cropped), by_hand(centre), atol=1e-5)
    zoomed = by_hand(lambda image: centre(F.resize(image, round(min(image.size) * 1.5))))
    assert_allclose(seen("zoom(scale=1.5)", cropped), zoomed, atol=1e-5)
    assert np.abs(seen("identity") - seen("identity", cropped)).max() > 1e-3


def test_an_image_at_the_networks_scale_that_is_smaller_than_the_crop_is_named():
    with pytest.raises(InputError, match=r"image 'folder/00000.png' of noise: is 8x8 pixels, less than the crop of 32"):
        seen("identity", noise(own_size=True))


UNKNOWN = transforms.Compose([transforms.Resize((32, 32)), *END])
FLOATS = transforms.Compose([transforms.Resize((32, 32)), transforms.ToTensor()])


@pytest.mark.parametrize(
    ("transform", "view", "own_size", "why"),
    [
        (
            UNKNOWN,
            "zoom(scale=2)",
            False,
            r"one on album: the view zoom\(scale=2\) needs a preprocessing that .* the model's is none$",
        ),
        (UNKNOWN, "identity", True, r"one on album: 'resize: none' of the dataset needs a preprocessing that is known"),
        (FLOATS, "flip", False, r"the view flip needs a preprocessing"),
        (FLOATS, "brighten(factor=2)", False, r"the view brighten\(factor=2\) changes pixels, and the model's prepro"),
    ],
)
def test_a_preprocessing_that_a_view_cannot_change(transform, view, own_size, why):
    with pytest.raises(InputError, match=why):
        seen(view, album(own_size=own_size), looked=network(transform))


@pytest.mark.parametrize("view", ["identity", "brighten(factor=2)"])
def test_a_preprocessing_of_another_shape_can_still_be_looked_through(view):
    assert seen(view, looked=network(UNKNOWN)).shape == (50, 7)


def test_a_fake_that_knows_no_geometry_is_told_apart():
    with pytest.raises(InputError, match="one on album: the view flip needs"):
        seen("flip", noise(), looked=Linear(identity()))


def test_predictions_say_which_images_a_view_ran_off(tmp_path):
    """Resized, the five sizes are 36x36, 48x36, 36x64, 36x51 and 36x36; 60 pixels are 8, 6, 6, 9 and 10 of these."""
    for run_again in (False, True):
        models = shelf("one")
        models.networks["one"] = network()
        asked = provider(tmp_path, models, album(name="album"))
        answer = asked.get(Request("one", "album", "shift(along=60)"))
        assert answer.annotations["padded"].dtype == np.bool_
        assert answer.annotations["padded"].tolist() == [True, False, False, False, True] * 10
        assert not asked.get(Request("one", "album", "zoom(scale=2)")).annotations["padded"].any()
        assert "padded" not in asked.get(Request("one", "album")).annotations
        assert bool(models.loads) is not run_again


def test_padded_keeps_its_place_when_images_are_unreadable(tmp_path):
    def torn(index):
        if index == 1:
            raise InputError("folder/00001.png: cannot be read")
        return coarse(index)

    damaged = noise(name="album", tolerance=0.1, picture=torn)
    models = shelf("one")
    models.networks["one"] = network()
    answer = provider(tmp_path, models, damaged).get(Request("one", "album", "shift(along=60)"))
    assert len(answer) == 49
    assert answer.annotations["padded"].tolist() == [True, False, False, True] + [True, False, False, False, True] * 9


def test_the_same_predictions_under_two_texts_of_one_view(tmp_path):
    models = shelf("one")
    models.networks["one"] = network()
    asked = provider(tmp_path, models, album(name="album"))
    asked.get(Request("one", "album", "flip"))
    asked.get(Request("one", "album", " zoom(scale=1) + flip()"))
    assert len(list(tmp_path.glob("*.parquet"))) == 1
