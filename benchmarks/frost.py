"""Is drawn frost as hard as published frost?  ``python -m benchmarks.frost PHOTOS WEIGHTS``.

PHOTOS is a folder with ``labels.csv`` (``file_name``, ``label``: index among ImageNet's classes) and the images it
names; WEIGHTS a checkpoint of timm's network ``--network``.  Each photograph is corrupted several times by
the published code (``pip install imagenet-c imagecorruptions scikit-image opencv-python``; the photographs of frost
are in the source distribution of ``imagenet-c`` only) and by this suite's.  One line per severity: accuracy and
probability of the true class, both codes and their difference, and one standard error over the photographs of
either.
"""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from fixtures.corruptions.apply import corrupt
from fixtures.corruptions.names import SEVERITIES
from tests.corruptions.reference import published

Pixels = NDArray[np.uint8]
Network = Callable[[Tensor], Tensor]
MEAN, DEVIATION = (torch.tensor(values).view(3, 1, 1) for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--network", default="mobilenetv2_100")
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    images, labels = labelled(options.photos, options.images)
    network = built(options.network, options.weights)
    clean = right_and_sure(network, images, labels)
    print(f"{len(images)} photographs, clean: accuracy {clean[:, 0].mean():.3f}, probability {clean[:, 1].mean():.3f}")
    for severity in SEVERITIES:
        draws = range(options.repeats)
        theirs = np.mean([right_and_sure(network, as_published(images, severity, k), labels) for k in draws], axis=0)
        ours = np.mean([right_and_sure(network, as_drawn(images, severity, k), labels) for k in draws], axis=0)
        print(f"severity {severity}: " + "; ".join(compared(theirs, ours, k) for k in range(2)), flush=True)


def labelled(folder: Path, count: int) -> tuple[Pixels, NDArray[np.int64]]:
    """(N, 224, 224, 3) middles of the first photographs by name, short side 256, and their (N,) labels."""
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted((row["file_name"], int(row["label"])) for row in csv.DictReader(file))[:count]
    return np.stack([middle(folder / name) for name, _ in rows]), np.array([label for _, label in rows])


def middle(path: Path) -> Pixels:
    """(224, 224, 3) of one photograph."""
    with Image.open(path) as image:
        scale = 256 / min(image.size)
        small = image.convert("RGB").resize((round(image.width * scale), round(image.height * scale)), Image.BILINEAR)
    left, top = (small.width - 224) // 2, (small.height - 224) // 2
    return np.asarray(small.crop((left, top, left + 224, top + 224)))


def built(name: str, weights: Path) -> Network:
    """The network, ready to answer."""
    import timm

    model = timm.create_model(name)
    state = torch.load(weights, weights_only=True)
    model.load_state_dict(state.get("model", state))
    return model.eval()


@torch.inference_mode()
def right_and_sure(network: Network, images: Pixels, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """(N, 2): 1 where the network is right, and the probability that it gives to the true class."""
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    parts = [network(part).softmax(1) for part in torch.split((pixels - MEAN) / DEVIATION, 50)]
    probabilities = torch.cat(parts).double().numpy()
    return np.stack([probabilities.argmax(1) == labels, probabilities[np.arange(len(labels)), labels]], axis=1)


def as_published(images: Pixels, severity: int, draw: int) -> Pixels:
    """Behind photographs of frost, by the published code."""
    frost = published()["frost"]
    np.random.seed(draw)  # noqa: NPY002  (the published code draws from it)
    return np.stack([frost(image, severity) for image in images])


def as_drawn(images: Pixels, severity: int, draw: int) -> Pixels:
    """Behind this suite's ice."""
    batch = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    ids = [f"{k} {draw}" for k in range(len(images))]
    return corrupt(batch, ids, "frost", severity).permute(0, 2, 3, 1).numpy()


def compared(theirs: NDArray[np.float64], ours: NDArray[np.float64], column: int) -> str:
    """One sentence part."""
    name, first, second = ("accuracy", "probability")[column], theirs[:, column], ours[:, column]
    error, apart = first.std(ddof=1) / len(first) ** 0.5, second.mean() - first.mean()
    return f"{name} {first.mean():.3f} published, {second.mean():.3f} here ({apart:+.3f}; standard error {error:.3f})"


if __name__ == "__main__":
    main()
