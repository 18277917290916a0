"""Pictures to corrupt, with flat areas, slopes, edges and fine texture: whole-number arithmetic, so always the same."""

import numpy as np
import torch
from torch import Tensor


def pictures(count: int, height: int = 64, width: int | None = None) -> Tensor:
    """(count, 3, height, width) uint8."""
    width = width or height
    rows, columns = np.mgrid[:height, :width]
    batch = np.empty((count, 3, height, width), np.int64)
    for k in range(count):
        colour = ((np.arange(12).reshape(4, 3) + 1) * (37 + 29 * k) * 101) % 256
        slope = (colour[0][:, None, None] * rows // height + colour[1][:, None, None] * columns // width) // 2
        disc = (rows * 2 - height) ** 2 + (columns * 2 - width * (k + 2) // (k + 3)) ** 2 < min(height, width) ** 2 // 3
        stripes = (rows * 16 // height + columns * (k + 3) * 4 // width) % 4 == 0
        batch[k] = np.where(disc, colour[2][:, None, None], slope)
        batch[k] = np.where(stripes & (rows * 2 > height), (batch[k] + colour[3][:, None, None]) // 2, batch[k])
        batch[k] += (rows * 7919 + columns * 104729 + k * 13) % 17 - 8
    return torch.from_numpy(batch.clip(0, 255).astype(np.uint8))


def psnr(clean: Tensor, corrupted: Tensor) -> float:
    """Mean over images, in dB."""
    error = (clean.double() - corrupted.double()).square().mean((1, 2, 3))
    return float((10 * torch.log10(255**2 / error)).mean())
