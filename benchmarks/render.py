"""How fast the mini world is drawn: pictures per CPU-second of one thread, parameters included.

Run from the checkout: ``python benchmarks/render.py [PICTURES]``. The aim is 800.
"""

import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fixtures.mini.render import render
from fixtures.mini.scene import DISTRIBUTIONS, sample

AIM = 800


def main(count: int) -> None:
    """Print one line per distribution."""
    torch.set_num_threads(1)
    render(sample("clean", 256, seed=1))
    for distribution in DISTRIBUTIONS:
        start = time.process_time()
        render(sample(distribution, count, seed=0))
        rate = count / (time.process_time() - start)
        print(f"{distribution:8} {rate:6.0f} pictures per CPU-second ({rate / AIM:.2f} of the aim)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2048)
