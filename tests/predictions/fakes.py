"""A small world for the tests of predictions: a dataset of noise, a network that counts, and their doors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.datasets.dataset import ClassMapping, Manifest
from fixtures.models.model import Identity, ModelSpec
from fixtures.models.recorded import Recorded
from fixtures.predictions.oracle import Oracle

SIDE = 8


@dataclass
class Noise:
    """A dataset whose image ``index`` is noise from the seed ``index``; ``broken`` ones cannot be read."""

    images: int = 50
    name: str = "noise"
    outputs: int = 7
    mapping: ClassMapping = ClassMapping("identity")  # noqa: RUF009
    keep_probabilities: bool = False
    own_size: bool = False
    tolerance: float = 0.0
    broken: tuple[int, ...] = ()
    content: str = "a"
    loaded: Callable[[int], None] = lambda index: None

    def __post_init__(self) -> None:
        count = {"identity": self.outputs, "subset": len(self.mapping.indices), "groups": len(self.mapping.groups)}
        self.classes = tuple(f"class {k}" for k in range(count[self.mapping.kind]))
        self.ids = [f"folder/{index:05d}.png" for index in range(self.images)]
        self.labels: NDArray[np.int64] = np.arange(self.images) % len(self.classes)
        self.annotations: Mapping[str, NDArray[np.generic]] = {"even": np.arange(self.images) % 2 == 0}

    def manifest(self) -> Manifest:
        return Manifest(self.images, 0, f"{self.content} {self.images} {self.broken}")

    def load(self, index: int) -> Image.Image:
        self.loaded(index)
        if index in self.broken:
            raise InputError(f"{self.ids[index]}: cannot be read as an image (cut off)")
        pixels = np.random.default_rng(index).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        return Image.fromarray(pixels)


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

    def recorded(self, spec: ModelSpec, dataset: Noise) -> Recorded:
        return self.recordings[spec.name]


@dataclass
class Suite:
    """Datasets by role."""

    datasets: dict[str, Noise]

    def dataset(self, name: str) -> Noise:
        return self.datasets[name]


def identity(fingerprint: str = "f", outputs: int = 7, **more) -> Identity:
    return Identity(fingerprint, "none", outputs, **more)


def spec(name: str, source="python") -> ModelSpec:
    return ModelSpec(name, source, "x:y", f"{name}=python:x:y", ())


def shelf(*names: str, **more) -> Shelf:
    """Models of these names; each has a fingerprint of its own."""
    return Shelf({name: identity(f"weights of {name}", **more) for name in names})


def oracle(root: Path, models: Shelf, *datasets: Noise, **options) -> Oracle:
    specs = {name: spec(name) for name in models.identities}
    specs |= {name: spec(name, "predictions") for name in models.recordings}
    suite = Suite({dataset.name: dataset for dataset in datasets or (Noise(),)})
    return Oracle(suite, specs, root, sources=models, **options)
