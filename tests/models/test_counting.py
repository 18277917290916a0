"""What one image costs, against numbers that are worked out by hand, and the same in every format."""

import pytest
import torch
from torch import nn

from fixtures.models.counting import counted
from fixtures.models.load import load
from fixtures.models.loaded_model import Built
from fixtures.models.model import Identity
from fixtures.models.network import TorchNetwork
from fixtures.models.onnx_cost import count
from fixtures.models.onnx_file import read
from fixtures.models.preprocess import from_transform
from tests.models.conftest import ARGUMENTS


class Attending(nn.Module):
    """4 patches of 8 x 8 pixels, 6 numbers each; one layer of attention by a kernel that hides its products."""

    def __init__(self):
        super().__init__()
        self.patches, self.mix, self.head = nn.Conv2d(3, 6, 8, 8), nn.MultiheadAttention(6, 2), nn.Linear(6, 5)

    def forward(self, images):
        rows = self.patches(images).flatten(2).permute(2, 0, 1)
        return self.head(self.mix(rows, rows, rows, need_weights=False)[0].mean(0))


PATCHES, PROJECTED, ATTENDED, HEAD = 4 * 6 * 3 * 64, 4 * 6 * 18 + 4 * 6 * 6, 2 * 4 * 4 * 6, 6 * 5


def network(run):
    from torchvision import transforms

    prepared = from_transform(transforms.Compose([transforms.Resize((16, 16)), transforms.ToTensor()]))
    return TorchNetwork(Built(run, prepared, Identity("f", prepared.text, outputs=5)), torch.device("cpu"))


def test_products_are_counted_by_hand_also_those_that_a_kernel_hides():
    found = counted(network(Attending()))
    assert found.macs == PATCHES + PROJECTED + ATTENDED + HEAD


class Wide(nn.Module):
    """Its widest two neighbours: 100 and 50 numbers; 12 weights and 4 biases."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 4, bias=True)

    def forward(self, images):
        pooled = images.mean((2, 3))
        wide = torch.ones(1, 100).to(images)
        narrow = wide[:, :50] * 2
        del wide
        return self.head(pooled) + narrow.mean()


def test_what_is_alive_at_one_time_is_added_up():
    """Of four bytes each: weights, the image, the means of its channels, and what is widest."""
    weights, image, pooled, widest = 16, 3 * 16 * 16, 3, 100 + 50
    one = network(Wide())
    assert counted(one).peak == 4 * (weights + image + pooled + widest)
    assert counted(one) == counted(one), "what was counted before is gone"


def test_a_function_that_torch_does_not_see_is_not_counted():
    found = counted(network(lambda images: images.mean((2, 3)).repeat(1, 2)[:, :5]))
    assert found.macs is None
    assert "no convolution and no matrix product" in found.why


@pytest.mark.filterwarnings("ignore")
def test_an_export_costs_what_the_network_costs(convnext, spec, tmp_path):
    like = spec(f"x=timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}&img_size=64")
    plain = load(like, "cpu")
    module = plain.run.to(memory_format=torch.contiguous_format)
    images, free = (torch.zeros(2, 3, 64, 64),), ({0: torch.export.Dim("batch")},)
    torch.onnx.export(module, images, tmp_path / "m.onnx", dynamo=True, dynamic_shapes=free, verbose=False)
    torch.export.save(torch.export.export(module, images, dynamic_shapes=free), tmp_path / "m.pt2")
    expected = counted(plain)
    program = load(spec("p=exported:m.pt2?resize=64&interpolation=bilinear&mean=0&std=1"), "cpu")
    assert counted(program).macs == expected.macs
    assert program.identity.facts["parameters"] == plain.identity.facts["parameters"]
    path = tmp_path / "m.onnx"
    file = read(path, "m")
    found = count(path, file.input(None, None, "m"), 64, file.external)
    assert found.macs == expected.macs
    assert found.files == sum(one.stat().st_size for one in (path, *file.external))
    assert 0.5 < found.peak / expected.peak < 1.5
