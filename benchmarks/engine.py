"""What does everything around the network cost?  ``python -m benchmarks.engine``.

A cold run starts with image files and an empty store and ends with a Parquet file: decode, resize, batch, forward,
convert, write.  It is compared with plain torch code that does nothing but the forward pass, over tensors that are
decoded, resized, normalised and stacked before the clock starts:

``plain``  batches of 64 in the default memory format, the loop that most evaluation scripts have;
``tuned``  the batches and the memory format that the engine uses, so that only what surrounds the network is left.

On a CPU the engine works on whole batches side by side; ``overlapped`` is the cold run with one batch at a time and
decoding threads at work beside the network, as on a GPU (``--device cuda``), where both are the same.  All run in one
process with the same threads, in turns; printed are medians and their ratios.

``--exports`` adds rows of other forms: the first model as an ONNX file, where ``plain`` is bare onnxruntime on tensors
that are prepared before the clock starts (at most 1.10), and a folder of transformers of DeiT-Tiny's size with random
weights, where ``plain`` is the loop of its documentation, processor and network on batches of images (at most 1.0).
In these rows times are CPU seconds of the process, which other processes on the machine disturb least.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import torch

from fixtures.datasets.dataset import Dataset
from fixtures.inference import engine
from fixtures.models.load import build, load
from fixtures.models.model import Identity, ModelSpec, Network
from fixtures.models.spec import Setting, make, parse
from fixtures.predictions.provider import PredictionProvider
from fixtures.predictions.request import Request
from fixtures.suite.loader import Suite, load_suite

LIMIT = 1.25
PLAIN_BATCH = 64


class Noted:
    """A network that writes down how many images it gets at a time."""

    def __init__(self, network: Network, batches: list[int], *, concurrent: bool) -> None:
        self.identity = network.identity
        self.prepare = network.prepare
        self.device = _device(network)
        self.concurrent = concurrent and getattr(network, "concurrent", False)
        self._network = network
        self._batches = batches

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """As the network."""
        self._batches.append(len(batch))
        return self._network.forward(batch)


@dataclass
class Loaded:
    """Sources of one network that is in memory already: loading it is no part of the comparison."""

    network: Network

    def identify(self, spec: ModelSpec) -> Identity:
        """As the network says."""
        return self.network.identity

    def load(self, spec: ModelSpec, expected: Identity) -> Network:
        """The network."""
        return self.network

    def recorded(self, spec: ModelSpec, dataset: Dataset) -> None:
        """Never asked for."""
        raise NotImplementedError


def main() -> None:
    """Measure each model of the suite on its photographs and print a table."""
    arguments = _arguments()
    suite = load_suite(str(arguments.suite))
    torch.manual_seed(0)
    where = f"{arguments.device}, {torch.get_num_threads()} threads, {arguments.repetitions} repetitions"
    print(f"torch {torch.__version__}, {where}")
    print("model          images  batch  plain s  tuned s  cold s  overlapped s  cold/plain  cold/tuned  images/s")
    for name, spec in suite.models.items():
        if name in arguments.model or not arguments.model:
            print(_compare(name, spec, suite, arguments), flush=True)
    if arguments.exports:
        with tempfile.TemporaryDirectory() as folder:
            first = next(name for name in suite.models if name in arguments.model or not arguments.model)
            for form in (_onnx, _transformers):
                print(form(first, suite, arguments, Path(folder)), flush=True)


def _onnx(first: str, suite: Suite, arguments: argparse.Namespace, folder: Path) -> str:
    """A model of the suite as an ONNX file, beside a bare session of onnxruntime."""
    import onnxruntime

    network = load(suite.models[first], "cpu", "fp32")
    prepared = _prepared(network, suite.dataset(arguments.dataset))
    built = build(suite.models[first])
    images, free = (torch.zeros(2, *prepared.shape[1:]),), ({0: torch.export.Dim("batch")},)
    module = built.run.eval().requires_grad_(False)
    torch.onnx.export(module, images, folder / "m.onnx", dynamo=True, dynamic_shapes=free, verbose=False)
    spec = parse(f"{first}={folder / 'm.onnx'}", suite.models)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    bare = onnxruntime.InferenceSession(str(folder / "m.onnx"), options, providers=["CPUExecutionProvider"])
    mean, std = (torch.tensor(one).view(3, 1, 1) for one in (built.preprocessing.mean, built.preprocessing.std))
    batches = [one.numpy() for one in ((prepared.float() / 255 - mean) / std).split(PLAIN_BATCH)]
    name = bare.get_inputs()[0].name

    def plain() -> None:
        for batch in batches:
            bare.run(None, {name: batch})

    ours = load(spec, "cpu")

    def through() -> None:
        for batch in prepared.split(PLAIN_BATCH):
            ours.forward(batch)

    return _beside(f"onnx:{first}", plain, through, len(prepared), 1.10, arguments)


def _transformers(first: str, suite: Suite, arguments: argparse.Namespace, folder: Path) -> str:
    """A classifier of transformers, beside the loop of its documentation; both begin with images."""
    import transformers

    config = transformers.ViTConfig(
        hidden_size=192, num_attention_heads=3, intermediate_size=768, num_labels=len(suite.models[first].classes)
    )
    model = transformers.ViTForImageClassification(config).eval()
    processor = transformers.ViTImageProcessor()
    for one in (model, processor):
        one.save_pretrained(folder / "vit")
    dataset, request = suite.dataset(arguments.dataset), Request("vit", arguments.dataset)
    spec = make(
        "vit", f"transformers:{folder / 'vit'}", setting=Setting(suite.models[first].classes), options={}, where=""
    )
    network = load(spec, "cpu")

    @torch.inference_mode()
    def plain() -> None:
        for start in range(0, len(dataset.ids), PLAIN_BATCH):
            some = range(start, min(start + PLAIN_BATCH, len(dataset.ids)))
            model(**processor([dataset.load(index) for index in some], return_tensors="pt"))

    return _beside(
        "transformers:vit", plain, lambda: _cold(request, spec, suite, network, []), len(dataset.ids), 1.0, arguments
    )


def _beside(  # noqa: PLR0913, PLR0917
    name: str,
    plain: Callable[[], object],
    ours: Callable[[], object],
    images: int,
    limit: float,
    arguments: argparse.Namespace,
) -> str:
    """Both in turns, who is first changing; the ratio of the medians of their CPU seconds."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(arguments.repetitions + 1):
        order = ((0, plain), (1, ours)) if number % 2 == 0 else ((1, ours), (0, plain))
        for place, run in order:
            started = time.process_time()
            run()
            if number:  # the first warms up
                times[place].append(time.process_time() - started)
    bare, through = map(statistics.median, times)
    verdict = "ok" if through / bare <= limit else f"over {limit}"
    seconds = f"plain {bare:>7.2f} CPU s  ours {through:>7.2f} CPU s"
    return f"{name:<20} {images:>6} images  {seconds}  ratio {through / bare:.3f}  {verdict}"


def _prepared(network: Network, dataset: Dataset) -> torch.Tensor:
    """(N, 3, H, W): all images of a dataset as the network wants them."""
    with ThreadPoolExecutor() as threads:
        read = threads.map(lambda index: network.prepare(dataset.load(index)), range(len(dataset.ids)))
        return torch.stack(list(read)).to(_device(network))


def _compare(name: str, spec: ModelSpec, suite: Suite, arguments: argparse.Namespace) -> str:
    role = arguments.dataset
    network = load(spec, arguments.device, "fp32")
    prepared = _prepared(network, suite.dataset(role))
    plain = _plain(build(spec), prepared)
    batches: list[int] = []
    runs: dict[str, Callable[[], float]] = {
        "plain": plain,
        "tuned": lambda: _forward(network, prepared, batches[0]),
        "cold": lambda: _cold(Request(name, role), spec, suite, network, batches),
        "overlapped": lambda: _cold(Request(name, role), spec, suite, network, batches, ahead=2),
    }
    runs["cold"]()  # warm-up, and the engine's choice of batch
    times: dict[str, list[float]] = {kind: [] for kind in runs}
    for _ in range(arguments.repetitions):
        for kind, run in runs.items():
            times[kind].append(run())
    medians = {kind: statistics.median(seconds) for kind, seconds in times.items()}
    over_plain, over_tuned = medians["cold"] / medians["plain"], medians["cold"] / medians["tuned"]
    verdict = "ok" if over_plain <= LIMIT else f"over {LIMIT}"
    return (
        f"{name:<14} {len(prepared):>6}  {batches[0]:>5}  {medians['plain']:>7.2f}  {medians['tuned']:>7.2f}  "
        f"{medians['cold']:>6.2f}  {medians['overlapped']:>12.2f}  {over_plain:>10.3f}  {over_tuned:>10.3f}  "
        f"{len(prepared) / medians['cold']:>8.1f}  {verdict}"
    )


def _plain(built: object, prepared: torch.Tensor) -> Callable[[], float]:
    """Plain torch code on normalised float32 tensors; none of the engine or of its networks takes part."""
    mean = torch.tensor(built.preprocessing.mean, device=prepared.device).view(3, 1, 1)  # type: ignore[attr-defined]
    std = torch.tensor(built.preprocessing.std, device=prepared.device).view(3, 1, 1)  # type: ignore[attr-defined]
    images = ((prepared.float() / 255 - mean) / std).contiguous()
    module = built.run.eval().to(prepared.device)  # type: ignore[attr-defined]

    def run() -> float:
        started = time.perf_counter()
        with torch.inference_mode():
            for batch in images.split(PLAIN_BATCH):
                module(batch)
        _finish(prepared.device)
        return time.perf_counter() - started

    return run


def _forward(network: Network, prepared: torch.Tensor, size: int) -> float:
    """The engine's own network over prepared bytes; normalising them is a hundredth of the forward pass."""
    started = time.perf_counter()
    for batch in prepared.split(size):
        network.forward(batch)
    _finish(prepared.device)
    return time.perf_counter() - started


def _cold(  # noqa: PLR0913
    request: Request, spec: ModelSpec, suite: Suite, network: Network, batches: list[int], *, ahead: int = 0
) -> float:
    """From image files and an empty store to a file in the store; ``batches`` gets the sizes of the batches."""
    noted = Noted(network, batches, concurrent=not ahead)
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(engine.AHEAD, cpu=ahead):
        started = time.perf_counter()
        PredictionProvider(suite, {spec.name: spec}, Path(folder), sources=Loaded(noted)).get(request)
        return time.perf_counter() - started


def _device(network: Network) -> torch.device:
    return getattr(network, "device", None) or torch.device("cpu")


def _finish(device: torch.device) -> None:
    """Wait for what a GPU still computes."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=Path, default=Path(__file__).parent.parent / "examples" / "photos.yaml")
    parser.add_argument("--dataset", default="val", help="the role of the photographs")
    parser.add_argument("--model", action="append", default=[], help="default: every model of the suite")
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    parser.add_argument(
        "--exports", action="store_true", help="also the first model as an ONNX file, and a transformers folder"
    )
    parser.add_argument("--repetitions", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
