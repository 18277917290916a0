"""A small world for the tests of predictions: a dataset of noise, a network that counts, and their doors."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.datasets.dataset import ClassMapping, Dataset, Manifest
from fixtures.models.model import Identity, ModelSpec
from fixtures.models.recorded import Recorded
from fixtures.predictions.provider import PredictionProvider

SIDE = 8


def speckled(index: int) -> Image.Image:
    """Noise from the seed ``index``."""
    return Image.fromarray(np.random.default_rng(index).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8))


def noise(
    images: int = 50,
    *,
    name: str = "noise",
    outputs: int = 7,
    mapping: ClassMapping = ClassMapping("identity"),  # noqa: B008
    broken: tuple[int, ...] = (),
    content: str = "a",
    loaded: Callable[[int], None] = lambda index: None,
    picture: Callable[[int], Image.Image] = speckled,
    **more,
) -> Dataset:
    """A dataset whose images are what ``picture`` makes; ``broken`` ones cannot be read; ``loaded`` hears of each."""
    counts = {"identity": outputs, "none": outputs, "subset": len(mapping.indices), "groups": len(mapping.groups)}
    ids = [f"folder/{index:05d}.png" for index in range(images)]

    def load(index: int) -> Image.Image:
        loaded(index)
        if index in broken:
            raise InputError(f"{ids[index]}: cannot be read as an image (cut off)")
        return picture(index)

    found = Dataset(
        name=name,
        classes=tuple(f"class {k}" for k in range(counts[mapping.kind])),
        mapping=mapping,
        ids=ids,
        labels=np.arange(images) % max(counts[mapping.kind], 1),
        annotations={"even": np.arange(images) % 2 == 0},
        load=load,
        describe=lambda: Manifest(images, 0, f"{content} {images} {broken}"),
    )
    return replace(found, **more)


@dataclass
class Linear:
    """A network: a fixed linear map of the pixels. It notes how many images each forward pass got."""

    identity: Identity
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    passes: list[int] = field(default_factory=list)
    before: Callable[[torch.Tensor], None] = lambda batch: None
    after: Callable[[torch.Tensor], torch.Tensor] = lambda found: found

    def __post_init__(self) -> None:
        generator = torch.Generator().manual_seed(5)
        self.weights = torch.randn(3 * SIDE * SIDE, self.identity.outputs, generator=generator)

    def prepare(self, image: Image.Image) -> torch.Tensor:
        return torch.from_numpy(np.array(image)).permute(2, 0, 1)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        self.before(batch)
        self.passes.append(len(batch))
        found = (batch.float() / 255 - 0.5).flatten(1) @ self.weights
        return self.after(found.softmax(1) if self.identity.kind == "probabilities" else found)


@dataclass
class Shelf:
    """Sources of models: networks by name, made when first loaded; recordings by name."""

    identities: dict[str, Identity] = field(default_factory=dict)
    recordings: dict[str, Recorded] = field(default_factory=dict)
    networks: dict[str, Linear] = field(default_factory=dict)
    loads: list[str] = field(default_factory=list)

    def identify(self, spec: ModelSpec) -> Identity:
        return self.identities[spec.name]

    def load(self, spec: ModelSpec, expected: Identity) -> Linear:
        self.loads.append(spec.name)
        return self.networks.setdefault(spec.name, Linear(expected))

    def recorded(self, spec: ModelSpec, dataset: Dataset) -> Recorded:
        return self.recordings[spec.name]


@dataclass
class Suite:
    """Datasets by role."""

    datasets: dict[str, Dataset]

    def dataset(self, name: str) -> Dataset:
        return self.datasets[name]


def identity(fingerprint: str = "f", outputs: int = 7, **more) -> Identity:
    return Identity(fingerprint, "none", outputs, **more)


def spec(name: str, source="python") -> ModelSpec:
    return ModelSpec(name, source, "x:y", f"{name}=python:x:y", ())


def shelf(*names: str, **more) -> Shelf:
    """Models of these names; each has a fingerprint of its own."""
    return Shelf({name: identity(f"weights of {name}", **more) for name in names})


def provider(root: Path, models: Shelf, *datasets: Dataset, **options) -> PredictionProvider:
    specs = {name: spec(name) for name in models.identities}
    specs |= {name: spec(name, "predictions") for name in models.recordings}
    suite = Suite({dataset.name: dataset for dataset in datasets or (noise(),)})
    return PredictionProvider(suite, specs, root, sources=models, **options)
