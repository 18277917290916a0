"""A process that predicts slowly: ``python -m tests.predictions.slow_run STORE LOG SECONDS``; the log counts images."""

import sys
import time
from pathlib import Path

import torch

from fixtures.predictions import partial
from fixtures.predictions.request import Request
from tests.predictions.fakes import Linear, Shelf, provider, shelf


def counting(log: Path, seconds: float = 0.0) -> Shelf:
    """A model that notes in ``log`` how many images it is shown, and takes its time."""

    def note(batch: torch.Tensor) -> None:
        with log.open("a") as file:
            file.write(f"{len(batch)}\n")
        time.sleep(seconds)

    models = shelf("one")
    models.networks["one"] = Linear(models.identities["one"], before=note)
    return models


if __name__ == "__main__":
    store, log, seconds = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    partial.SECONDS = 0.0
    torch.set_num_threads(1)
    provider(store, counting(log, seconds), batch_size=5).get(Request("one", "noise"))
