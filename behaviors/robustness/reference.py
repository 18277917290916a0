"""Whose errors a mean corruption error is relative to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ALEXNET: Mapping[str, float] = {
    "gaussian_noise": 0.886, "shot_noise": 0.894, "impulse_noise": 0.923, "defocus_blur": 0.820, "glass_blur": 0.826,
    "motion_blur": 0.786, "zoom_blur": 0.798, "snow": 0.867, "frost": 0.827, "fog": 0.819, "brightness": 0.565,
    "contrast": 0.853, "elastic_transform": 0.646, "pixelate": 0.718, "jpeg_compression": 0.607,
}  # fmt: skip
"""AlexNet's error on ImageNet-C, mean over the severities of each corruption: the reference of the published mCE.

Source: Hendrycks & Dietterich 2019, arXiv:1903.12261, and the authors' published evaluation.
"""


@dataclass(frozen=True)
class Reference:
    """The model whose errors an mCE is relative to: what a rule may set under ``within``.

    ``name``: as reports call it. ``errors``: corruption -> its error in (0, 1], mean over the severities.
    """

    name: str = "AlexNet on ImageNet-C"
    errors: Mapping[str, float] = field(default_factory=lambda: ALEXNET)

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and self.name.strip()):
            raise ValueError("'name' must say whose errors these are")
        if not isinstance(self.errors, Mapping) or not self.errors:
            raise ValueError("'errors' must give an error for each corruption: {fog: 0.82, ...}")
        for corruption, error in self.errors.items():
            if isinstance(error, bool) or not isinstance(error, int | float) or not 0 < error <= 1:
                raise ValueError(f"the error {error!r} of {corruption} is no number above 0 and up to 1")
