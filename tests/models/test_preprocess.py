"""The cut transform gives what the library's own gives, to the last bit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from open_clip.transform import image_transform
from PIL import Image
from timm.data.transforms_factory import create_transform
from torchvision import transforms

from fixtures.models.preprocess import Preprocessing, as_bytes, from_transform

CPU = torch.device("cpu")

TIMM = {
    "deit": {"input_size": (3, 224, 224), "crop_pct": 0.9, "interpolation": "bicubic"},
    "plain": {"input_size": (3, 224, 224), "crop_pct": 0.875, "interpolation": "bilinear"},
    "whole": {"input_size": (3, 64, 64), "crop_pct": 1.0, "mean": (0.5,) * 3, "std": (0.5,) * 3},
    "squashed": {"input_size": (3, 96, 96), "crop_pct": 1.0, "crop_mode": "squash"},
    "bordered": {"input_size": (3, 96, 96), "crop_pct": 1.0, "crop_mode": "border"},
    "oblong": {"input_size": (3, 96, 64), "crop_pct": 0.9},
}
OPEN_CLIP = {
    "shortest": {"image_size": 64},
    "longest": {"image_size": 64, "resize_mode": "longest", "fill_color": 7},
    "squash": {"image_size": 64, "resize_mode": "squash", "interpolation": "bilinear", "mean": (0.5,) * 3},
}
TRANSFORMS = {f"timm-{name}": create_transform(**given) for name, given in TIMM.items()} | {
    f"open_clip-{name}": image_transform(is_train=False, **given) for name, given in OPEN_CLIP.items()
}


def prepared(preprocessing: Preprocessing, images: list[Image.Image]) -> torch.Tensor:
    batch = torch.stack([preprocessing.prepare(image) for image in images])
    return preprocessing.normaliser(CPU)(batch)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_equal_to_the_librarys_transform(name: str, pictures: list[Image.Image]) -> None:
    preprocessing = from_transform(TRANSFORMS[name])
    assert preprocessing.prepare(pictures[0]).dtype is torch.uint8
    assert preprocessing.stable
    assert torch.equal(prepared(preprocessing, pictures), torch.stack([TRANSFORMS[name](image) for image in pictures]))


@pytest.mark.parametrize("name", ["timm-deit", "timm-plain", "open_clip-shortest"])
def test_equal_on_real_photographs(name: str, real: Path) -> None:
    paths = sorted((real / "photos").glob("*.png"))[:6]
    images = [Image.open(path).convert("RGB") for path in paths]
    own = torch.stack([TRANSFORMS[name](image) for image in images])
    assert torch.equal(prepared(from_transform(TRANSFORMS[name]), images), own)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "timm-deit",
            "resize 248 bicubic antialias, center crop 224x224, mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
        ),
        (
            "timm-squashed",
            "resize 96x96 bilinear antialias, center crop 96x96, mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
        ),
        (
            "timm-bordered",
            "resize inside 96x96 bilinear antialias, center crop or pad 96x96 with 124x116x104, "
            "mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
        ),
        (
            "open_clip-shortest",
            "resize 64 bicubic antialias, center crop 64x64, "
            "mean 0.48145467 0.4578275 0.40821072, std 0.26862955 0.2613026 0.2757771",
        ),
    ],
)
def test_the_text_says_it_all(name: str, text: str) -> None:
    assert from_transform(TRANSFORMS[name]).text == text


def test_texts_differ_where_results_do() -> None:
    texts = [from_transform(transform).text for transform in TRANSFORMS.values()]
    assert len(set(texts)) == len(texts)


def test_images_that_are_not_rgb_become_so(pictures: list[Image.Image]) -> None:
    preprocessing = from_transform(TRANSFORMS["open_clip-shortest"])
    grey = pictures[1].convert("L")
    assert torch.equal(preprocessing.prepare(grey), preprocessing.prepare(grey.convert("RGB")))
    unknown = from_transform(transforms.Compose([transforms.ToTensor()]))
    assert unknown.prepare(grey).shape == (3, 61, 97)


def test_a_normaliser_leaves_the_batch_alone() -> None:
    batch = torch.full((1, 3, 2, 2), 51.0)
    preprocessing = Preprocessing(lambda image: torch.zeros(0), "", (0.2,) * 3, (0.1,) * 3)
    assert torch.allclose(preprocessing.normaliser(CPU)(batch), torch.zeros(()), atol=1e-6)
    assert float(batch[0, 0, 0, 0]) == 51.0


def by_hand(image: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(image.resize((8, 8)), dtype=np.float32)).permute(2, 0, 1)


def with_a_memory(size: int) -> Callable[[Image.Image], torch.Tensor]:
    def prepare(image: Image.Image) -> torch.Tensor:
        return by_hand(image)[:, :size]

    return prepare


def test_a_transform_of_another_shape_is_left_as_it_is(pictures: list[Image.Image]) -> None:
    for transform in (
        by_hand,
        transforms.Compose([transforms.Resize(8), transforms.ToTensor()]),
        transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.5, 0.5), transforms.Resize(8)]),
    ):
        preprocessing = from_transform(transform)
        assert preprocessing.mean is None
        assert torch.equal(prepared(preprocessing, pictures[:1])[0], transform(pictures[0]))


def test_a_strangers_function_is_told_apart_by_its_source_if_that_says_all() -> None:
    known, unknown = from_transform(by_hand), from_transform(with_a_memory(4))
    assert known.text.startswith(f"{__name__}.by_hand (source ")
    assert known.stable
    assert not unknown.stable
    assert " at 0x" not in known.text + unknown.text


@pytest.mark.parametrize("name", ["timm-deit", "timm-plain", "timm-whole", "open_clip-shortest"])
def test_the_geometry_shows_what_is_prepared(name: str, pictures: list[Image.Image]) -> None:
    preprocessing = from_transform(TRANSFORMS[name])
    assert preprocessing.geometry is not None
    for image in pictures:
        assert torch.equal(as_bytes(preprocessing.geometry.show(image)), preprocessing.prepare(image))


def test_which_of_the_libraries_transforms_are_one_resize_and_one_crop() -> None:
    known = {name for name in TRANSFORMS if from_transform(TRANSFORMS[name]).geometry is not None}
    assert known == {"timm-deit", "timm-plain", "timm-whole", "open_clip-shortest"}
