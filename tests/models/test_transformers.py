"""``transformers:FOLDER``: small models that transformers wrote, with random weights, answer as they do there."""

import json

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from behaviors.contract.features import NoFeatures
from fixtures.core.errors import InputError
from fixtures.models.identity import identify
from fixtures.models.load import load
from fixtures.models.spec import parse
from tests.models.conftest import CLASSES, PROMPTS

SMALL = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
VISION = SMALL | {"image_size": 32, "patch_size": 8}
MEANS = {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.6, 0.7]}
LABELS = dict(enumerate(CLASSES))
END = 3 + len({word for prompt in PROMPTS for name in CLASSES for word in prompt.format(name).split()})
"""The number of the token that ends a text."""


def processor(**changes):
    square = {"size": {"shortest_edge": 36}, "crop_size": {"height": 32, "width": 32}}
    return transformers.CLIPImageProcessor(**square | MEANS | changes)


def kept(folder, model, images=None):
    model.eval().save_pretrained(folder)
    (images or processor()).save_pretrained(folder)
    return model


@pytest.fixture
def vit(tmp_path):
    torch.manual_seed(0)
    config = transformers.ViTConfig(**VISION, id2label=LABELS, label2id={name: at for at, name in LABELS.items()})
    return kept(tmp_path / "vit", transformers.ViTForImageClassification(config))


def tokenizer(length):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = [
        "<pad>",
        "<s>",
        "</s>",
        "<unk>",
        *sorted({word for one in PROMPTS for word in one.split()} | {f"{one}." for one in CLASSES}),
    ]
    made = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", END)]
    )
    special = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=length, **special)


def dual(folder, kind):
    """CLIP or SigLIP, its tokenizer and its processor."""
    torch.manual_seed(0)
    text = SMALL | {"vocab_size": 40, "max_position_embeddings": 16}
    if kind == "clip":
        text |= {"bos_token_id": 1, "eos_token_id": END, "pad_token_id": 0}
        config = transformers.CLIPConfig(text_config=text, vision_config=VISION, projection_dim=16)
        model = transformers.CLIPModel(config)
    else:
        model = transformers.SiglipModel(transformers.SiglipConfig(text_config=text, vision_config=VISION))
        model.logit_scale.data.fill_(2.0)
        model.logit_bias.data.fill_(-3.0)
    for one in model.text_model.parameters():
        one.data.mul_(15 if one.ndim > 1 else 1)  # so that texts differ
    tokenizer(16).save_pretrained(folder)
    return kept(folder, model)


def pixels(folder, pictures):
    own = transformers.AutoImageProcessor.from_pretrained(folder)
    return torch.cat([own(images=one, return_tensors="pt")["pixel_values"] for one in pictures])


def outputs(network, pictures):
    return network.forward(torch.stack([network.prepare(one) for one in pictures]))


@pytest.mark.parametrize("square", [True, False])
def test_a_classifier_answers_as_with_its_own_processor(square, vit, spec, pictures, tmp_path):
    if square:
        transformers.ViTImageProcessor(size={"height": 32, "width": 32}, **MEANS).save_pretrained(tmp_path / "vit")
    network = load(spec("m=transformers:vit"), "cpu")
    with torch.inference_mode():
        expected = vit(pixel_values=pixels(tmp_path / "vit", pictures))
        hidden = vit.vit(pixel_values=pixels(tmp_path / "vit", pictures)).last_hidden_state[:, 0]
    assert torch.allclose(outputs(network, pictures), expected.logits, atol=1e-5)
    found = network.features(torch.stack([network.prepare(one) for one in pictures]))
    assert torch.allclose(found, hidden, atol=1e-5), "what the last layer reads"
    assert (network.geometry is None) == square, "views need a resize and a crop"
    assert network.prepare(pictures[0]).dtype is torch.uint8
    assert network.identity.notes == ()


@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_two_towers_are_a_zero_shot_classifier(kind, spec, pictures, tmp_path):
    model = dual(tmp_path / "m", kind)
    network = load(spec("m=transformers:m"), "cpu")
    words, fill = tokenizer(16), {"padding": "max_length", "max_length": 16} if kind == "siglip" else {"padding": True}
    columns = []
    with torch.inference_mode():
        for name in CLASSES:
            read = words([one.format(name) for one in PROMPTS], return_tensors="pt", **fill)
            read.pop("token_type_ids", None)
            texts = torch.nn.functional.normalize(model.get_text_features(**read).pooler_output, dim=-1).mean(0)
            columns.append(torch.nn.functional.normalize(texts, dim=-1))
        images = model.get_image_features(pixel_values=pixels(tmp_path / "m", pictures)).pooler_output
        logits = model.logit_scale.exp() * torch.nn.functional.normalize(images, dim=-1) @ torch.stack(columns, 1)
    found = outputs(network, pictures)
    assert logits.std(dim=1).min() > 0.01, "classes are told apart"
    if kind == "clip":
        assert torch.allclose(found, logits, atol=1e-4)
    else:  # each class by itself, then divided by their sum
        alone = torch.sigmoid(logits + model.logit_bias)
        assert torch.allclose(found.softmax(1), alone / alone.sum(1, keepdim=True), atol=1e-5)
        assert not torch.allclose(found.softmax(1), logits.softmax(1), atol=1e-3)
    features = network.features(torch.stack([network.prepare(one) for one in pictures]))
    assert torch.allclose(features, images, atol=1e-5)
    assert network.geometry.multiple == 8
    wide = network.forward(torch.zeros(2, 3, 48, 48, dtype=torch.uint8))
    assert wide.shape == (2, 3), "another resolution, by its own resampling of positions"
    assert torch.equal(outputs(network, pictures), found), "and as before at its own"


def test_a_backbone_is_read_by_probes_and_answers_nothing(spec, pictures, tmp_path):
    torch.manual_seed(0)
    model = kept(tmp_path / "m", transformers.Dinov2Model(transformers.Dinov2Config(**VISION)))
    network = load(spec("m=transformers:m"), "cpu")
    with torch.inference_mode():
        expected = model(pixel_values=pixels(tmp_path / "m", pictures)).pooler_output
    assert torch.allclose(
        network.features(torch.stack([network.prepare(one) for one in pictures])), expected, atol=1e-5
    )
    with pytest.raises(InputError, match="is a backbone without classes; only linear probes read it"):
        outputs(network, pictures)


def test_the_same_weights_are_the_same_model_in_any_file(vit, spec, pictures, tmp_path):
    plain = load(spec("m=transformers:vit"), "cpu")
    vit.save_pretrained(tmp_path / "shards", max_shard_size="4KB")
    assert (tmp_path / "shards" / "model.safetensors.index.json").is_file()
    processor().save_pretrained(tmp_path / "shards")
    torch.save(load_file(tmp_path / "vit" / "model.safetensors"), tmp_path / "vit" / "pytorch_model.bin")
    (tmp_path / "vit" / "model.safetensors").unlink()
    for name in ("shards", "vit"):
        found = load(spec(f"m=transformers:{name}"), "cpu")
        assert found.identity.fingerprint == plain.identity.fingerprint
        assert torch.equal(outputs(found, pictures), outputs(plain, pictures))


def test_its_content_is_its_identity(vit, spec, tmp_path):
    before = identify(spec("m=transformers:vit"), tmp_path / "cache")
    (tmp_path / "vit").rename(tmp_path / "there")
    assert identify(spec("m=transformers:there"), tmp_path / "cache") == before
    processor(image_mean=[0.1, 0.1, 0.1]).save_pretrained(tmp_path / "there")
    assert identify(spec("m=transformers:there"), tmp_path / "cache").preprocessing != before.preprocessing
    state = load_file(tmp_path / "there" / "model.safetensors")
    state["classifier.bias"] += 1
    save_file(state, tmp_path / "there" / "model.safetensors", {"format": "pt"})
    assert identify(spec("m=transformers:there"), tmp_path / "cache").fingerprint != before.fingerprint


def test_options_change_what_the_processor_says(vit, spec, tmp_path):
    own = load(spec("m=transformers:vit"), "cpu").identity.preprocessing
    found = load(spec("m=transformers:vit?mean=0.1"), "cpu").identity.preprocessing
    assert found == "resize 36 bicubic antialias, center crop 32x32, mean 0.1 0.1 0.1, std 0.5 0.6 0.7"
    assert found != own


def test_a_folder_is_the_suites_model_in_another_form(vit, spec, convnext, tmp_path):
    suites = spec('vit=timm:test_convnext?checkpoint=convnext.pth&arguments={"dims":[8,16,16,16],"depths":[1,1,1,1]}')
    found = parse("vit=vit?img_size=32&resize=40", {"vit": suites}, classes=CLASSES, cwd=tmp_path)
    assert (found.source, found.base) == ("transformers", suites)
    loaded = load(found, "cpu")
    normalised = "mean 0.5 0.5 0.5, std 0.5 0.5 0.5"
    assert loaded.identity.preprocessing == f"resize 40 bicubic antialias, center crop 32x32, {normalised}"
    assert "its own metadata says img_size 32" in loaded.identity.notes[0]


class Payload:
    def __reduce__(self):
        return (print, ("executed",))


def _pickled(folder):
    (folder / "model.safetensors").unlink()
    torch.save({"vit.x": Payload()}, folder / "pytorch_model.bin")


def _config(**changes):
    def edit(folder):
        file = folder / "config.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))

    return edit


def _renamed(folder):
    state = load_file(folder / "model.safetensors")
    state["classifier.wight"] = state.pop("classifier.weight")
    save_file(state, folder / "model.safetensors", {"format": "pt"})


BAD = {
    "a pickle inside": (_pickled, "can only be read by running code that it names (builtins.print)"),
    "truncated": (lambda folder: (folder / "model.safetensors").write_bytes(b"\x10"), "cannot read its weights"),
    "no weights": (lambda folder: (folder / "model.safetensors").unlink(), "cannot read its weights"),
    "renamed": (_renamed, "do not fit a ViTForImageClassification: 1 tensor missing: classifier.weight"),
    "no config": (lambda folder: (folder / "config.json").unlink(), "is no transformers model: it has no config.json"),
    "no processor": (lambda folder: (folder / "preprocessor_config.json").unlink(), "cannot read its image processor"),
    "text config": (lambda folder: (folder / "config.json").write_text("hello"), "cannot read its settings"),
    "own code": (
        _config(model_type="mine", auto_map={"AutoConfig": "mine.Mine"}, architectures=["Mine"]),
        "needs code of its own repository, which is never run here: write a factory",
    ),
    "another order": (
        _config(id2label={"0": "cat", "1": "car", "2": "dog"}),
        "class 1 is 'car' for the model and 'dog' for",
    ),
    "more classes": (
        _config(id2label={str(at): f"L{at}" for at in range(5)}),
        "do not fit a ViTForImageClassification",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_folder_is_one_sentence(what, vit, spec, tmp_path, capfd):
    make, sentence = BAD[what]
    make(tmp_path / "vit")
    with pytest.raises(InputError) as refusal:
        load(spec("m=transformers:vit"), "cpu")
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "executed" not in capfd.readouterr().out


def test_labels_of_another_wording_are_said(vit, spec, tmp_path):
    _config(id2label={"0": "Cat, tabby", "1": "dog", "2": "automobile"})(tmp_path / "vit")
    (note,) = load(spec("m=transformers:vit"), "cpu").identity.notes
    assert note.endswith("though not all are called so ('automobile' for 'car')")


def test_what_is_not_there(spec, tmp_path):
    for target, sentence in (
        ("a/b/c", "is no folder"),
        ("gone", "is no folder"),
        ("none/such", "not in the local cache"),
    ):
        with pytest.raises(InputError, match=sentence):
            load(spec(f"m=transformers:{target}"), "cpu")


def test_a_convolutional_classifier_has_features(spec, pictures, tmp_path):
    torch.manual_seed(0)
    sizes = {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"}
    config = transformers.ResNetConfig(**sizes, id2label=LABELS)
    kept(tmp_path / "m", transformers.ResNetForImageClassification(config))
    network = load(spec("m=transformers:m"), "cpu")
    try:
        assert network.features(torch.stack([network.prepare(one) for one in pictures])).shape == (len(pictures), 16)
    except NoFeatures as error:  # pragma: no cover
        pytest.fail(str(error))
