"""How fast do photographs reach a network?  ``python -m benchmarks.decoding --suite FILE [--device cuda]``.

Printed are photographs per second, medians: made ready by so many threads alone, and predicted by the engine, whose
threads rest while the network is launched and, for comparison, do not.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import torch

from fixtures.inference import decoding
from fixtures.inference.decoding import Decoder
from fixtures.inference.engine import GPU_BATCH, Engine
from fixtures.inference.model_input import sight
from fixtures.models.load import load
from fixtures.suite.loader import load_suite
from fixtures.views import IDENTITY


def main() -> None:
    """Measure the first model of the suite, or the one that is named."""
    arguments = _arguments()
    suite = load_suite(str(arguments.suite))
    name = arguments.model or next(iter(suite.models))
    network, dataset = load(suite.models[name], arguments.device, "fp32"), suite.dataset(arguments.dataset)
    decoder = Decoder(dataset, sight(network, dataset, IDENTITY, name))
    print(
        f"torch {torch.__version__}, {arguments.device}, {torch.get_num_threads()} threads, {len(dataset.ids)} images"
    )

    def ready(threads: int) -> int:
        with mock.patch.object(decoding, "MOST", threads):
            return sum(
                len(batch.images) for batch in decoder.batches((0, len(decoder.dataset.ids)), GPU_BATCH, threads, 2)
            )

    def predicted() -> int:
        return sum(len(found.indices) for found in Engine(network).outputs(dataset, IDENTITY))

    for threads in arguments.threads:
        print(f"made ready by {threads:>2} threads   {_rate(lambda: ready(threads), arguments):>8,.0f}", flush=True)  # noqa: B023
    predicted()  # warm-up
    print(f"predicted               {_rate(predicted, arguments):>8,.0f}", flush=True)
    with mock.patch.object(Decoder, "resting", return_value=nullcontext()):
        print(f"predicted without rest  {_rate(predicted, arguments):>8,.0f}")


def _rate(run: Callable[[], int], arguments: argparse.Namespace) -> float:
    """Photographs per second."""
    rates = []
    for _ in range(arguments.repetitions):
        started = time.perf_counter()
        rates.append(run() / (time.perf_counter() - started))
    return statistics.median(rates)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=Path, default=Path(__file__).parent.parent / "examples" / "photos.yaml")
    parser.add_argument("--dataset", default="val", help="the role of the photographs")
    parser.add_argument("--model", help="default: the first model of the suite")
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repetitions", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
