"""How long each corruption takes: milliseconds of one CPU core (or of the GPU) per image, mean over severities.

Run from the checkout: ``python benchmarks/corruptions.py [--side 64] [--images 96] [--device cpu] [NAME ...]``.
"""

import argparse
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fixtures.corruptions.apply import corrupt
from fixtures.corruptions.names import CORRUPTIONS, SEVERITIES

REPEATS = 3


def main() -> None:
    """Print one line per corruption, and their mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("names", nargs="*", default=CORRUPTIONS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    batch = _photograph_like(options.images, options.side).to(options.device)
    ids = [str(k) for k in range(len(batch))]
    costs = []
    for name in options.names:
        each = [_cost(batch, ids, name, severity) for severity in SEVERITIES]
        costs.append(sum(each) / len(each))
        print(f"{name:18} {costs[-1]:7.3f} ms   by severity " + " ".join(f"{cost:7.3f}" for cost in each))
    print(f"{'mean':18} {sum(costs) / len(costs):7.3f} ms")


def _photograph_like(count: int, side: int) -> torch.Tensor:
    coarse = torch.rand(count, 3, 8, 8, generator=torch.manual_seed(0))
    smooth = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic")
    return (smooth * 255).clamp(0, 255).to(torch.uint8)


def _cost(batch: torch.Tensor, ids: list[str], name: str, severity: int) -> float:
    """The fastest of some runs, after one that fills the caches."""
    corrupt(batch, ids, name, severity)
    return min(_once(batch, ids, name, severity) for _ in range(REPEATS)) / len(batch) * 1e3


def _once(batch: torch.Tensor, ids: list[str], name: str, severity: int) -> float:
    clock = time.process_time if batch.device.type == "cpu" else time.perf_counter
    start = clock()
    corrupt(batch, ids, name, severity).cpu()
    return clock() - start


if __name__ == "__main__":
    main()
