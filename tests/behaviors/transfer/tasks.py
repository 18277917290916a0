"""Tasks made of clouds of points: one cloud per class."""

import numpy as np

from behaviors.contract.features import ProbeData

STRENGTHS = tuple(10.0 ** (-step / 2) for step in range(11))


def clouds(*, classes=4, width=20, each=40, spread=1.0, seed=0, test=60) -> ProbeData:
    """``each`` training and ``test`` test images of every class; ``spread`` of a cloud, centres about 1 apart.

    Features are correlated, on very different scales and far from 0, as those of networks may be.
    """
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(classes, width)) / np.sqrt(width)
    mixing = generator.normal(size=(width, width)) * np.geomspace(0.01, 100, width)

    def draw(count):
        labels = generator.permutation(np.repeat(np.arange(classes), count))
        points = centres[labels] + spread * generator.normal(size=(len(labels), width)) / np.sqrt(width)
        return (points @ mixing + 7).astype(np.float32), labels.astype(np.int64)

    names = tuple(f"class {k}" for k in range(classes))
    return ProbeData("one", "clouds", names, *draw(each), *draw(test))
