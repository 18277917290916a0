"""The code behind the published images, and what it makes of some pictures: run it to measure anew.

``pip install imagenet-c imagecorruptions scikit-image opencv-python``, then ``python -m tests.corruptions.reference``
writes ``reference_statistics.json`` (with a folder of photographs as argument, also for those).  ``imagenet-c`` is the
code of arXiv:1903.12261; it blurs motion with ImageMagick, so motion and snow come from ``imagecorruptions``, which
does without.  Both were written for older libraries, which is made up for here; glass takes about a second per image.
"""

import json
import os
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fixtures.corruptions.names import CORRUPTIONS, SEVERITIES
from tests.corruptions.pictures import pictures

Pixels = NDArray[np.uint8]

STATISTICS = Path(__file__).with_name("reference_statistics.json")
REPEATS = {"frost": 16, "fog": 12, "motion_blur": 6, "elastic_transform": 6, "snow": 3}
"""How often each picture is corrupted where chance decides much; else once."""
PHOTOS = 16


def repeated(name: str, images: Pixels) -> tuple[Pixels, list[str]]:
    """(N, H, W, 3) -> (repeats x N, H, W, 3) and an id for each."""
    times = REPEATS.get(name, 1)
    return np.concatenate([images] * times), [f"{k} {time}" for time in range(times) for k in range(len(images))]


def statistics(clean: Pixels, corrupted: Pixels) -> dict[str, float]:
    """Means over images: PSNR in dB; mean and deviation of the change; mean step between neighbours, all in levels."""
    change = corrupted.astype(np.float64) - clean
    psnr = 10 * np.log10(255**2 / np.maximum((change**2).mean((1, 2, 3)), 1e-9))
    step = np.abs(np.diff(corrupted.astype(np.float64), axis=2)).mean()
    found = {"psnr": psnr.mean(), "shift": change.mean(), "spread": change.std((1, 2, 3)).mean(), "step": step}
    return {key: round(float(value), 3) for key, value in found.items()}


def photos(folder: Path) -> Pixels:
    """The middles of the first photographs, 224 x 224."""
    found = []
    for file in sorted(folder.rglob("*.png"))[:PHOTOS]:
        with Image.open(file) as image:
            left, top = (image.width - 224) // 2, (image.height - 224) // 2
            found.append(np.asarray(image.convert("RGB").crop((left, top, left + 224, top + 224))))
    return np.stack(found)


@contextmanager
def older_libraries() -> Iterator[None]:
    """What both packages import and newer libraries have no more."""
    import skimage.filters

    def gaussian(image: object, sigma: object = 1, multichannel: bool = False, **more: object) -> object:
        return newer(image, sigma=sigma, channel_axis=-1 if multichannel else None, **more)

    newer, skimage.filters.gaussian = skimage.filters.gaussian, gaussian
    setattr(np, "float_", np.float64)  # noqa: B010
    resources = types.ModuleType("pkg_resources")
    resources.resource_filename = lambda module, path: os.path.join(  # type: ignore[attr-defined]
        os.path.dirname(str(sys.modules[module].__file__)), path
    )
    wand = {name: types.ModuleType(name) for name in ("wand", "wand.image", "wand.api", "wand.color")}
    wand["wand.image"].Image = object  # type: ignore[attr-defined]
    wand["wand.api"].library = types.SimpleNamespace(MagickMotionBlurImage=types.SimpleNamespace())  # type: ignore[attr-defined]
    wand["wand"].color = wand["wand.color"]  # type: ignore[attr-defined]
    added = {"pkg_resources": resources, **wand}
    before = {name: sys.modules.get(name) for name in added}
    sys.modules.update(added)
    try:
        yield
    finally:
        skimage.filters.gaussian = newer
        for name, module in before.items():
            sys.modules.pop(name) if module is None else sys.modules.update({name: module})


def published() -> dict[str, Callable[[Pixels, int], Pixels]]:
    """Name -> (H, W, 3) and severity -> (H, W, 3).

    Raises:
        ImportError: a package is not installed.
    """
    import skimage  # noqa: F401  (so that what is missing is said before anything is replaced)

    with older_libraries():
        from imagecorruptions import corruptions as later
        from imagenet_c import corruptions as first
    functions = {name: getattr(later if name in ("motion_blur", "snow") else first, name) for name in CORRUPTIONS}

    def one(name: str) -> Callable[[Pixels, int], Pixels]:
        return lambda image, severity: np.asarray(functions[name](Image.fromarray(image), severity)).astype(np.uint8)

    return {name: one(name) for name in CORRUPTIONS}


def measure(functions: dict[str, Callable[[Pixels, int], Pixels]], images: Pixels) -> dict[str, dict[str, float]]:
    """``fog 3`` -> statistics."""
    np.random.seed(0)  # noqa: NPY002  (both packages draw from it)
    found = {}
    for name in CORRUPTIONS:
        clean, _ = repeated(name, images)
        for severity in SEVERITIES:
            corrupted = np.stack([functions[name](image, severity) for image in clean])
            found[f"{name} {severity}"] = statistics(clean, corrupted)
    return found


if __name__ == "__main__":
    made = {"pictures": measure(published(), pictures(6, 224).permute(0, 2, 3, 1).numpy())}
    if len(sys.argv) > 1:  # the folder of photographs
        made["photos"] = measure(published(), photos(Path(sys.argv[1])))
    lines = [
        f'"{key}": {{\n' + ",\n".join(f'  "{cell}": {json.dumps(value)}' for cell, value in cells.items()) + "\n}"
        for key, cells in made.items()
    ]
    STATISTICS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
