"""Suites, thresholds and command lines that cannot be used."""

from collections.abc import Iterator

from benchmarks.reliability.spoiling import RECORDED, Change, garbage, no_files, replaced, special, written


def suites() -> Iterator[tuple[str, Change]]:
    """The suite's file."""
    for name, content in garbage().items():
        yield name, written("suite.yaml", content, *RECORDED)
    for name, how in no_files().items():
        yield name, special("suite.yaml", how, *RECORDED)
    aliases = "a0: &a0 [x, x]\n" + "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 12))
    texts = {
        "aliases of aliases": aliases,
        "a list that holds itself": "suite: &a [*a]\n",
        "merge keys of merge keys": "a0: &a0 {x: 1}\n"
        + "".join(f"a{k}: &a{k} {{<<: [{', '.join([f'*a{k - 1}'] * 9)}]}}\n" for k in range(1, 12)),
        "deep nesting": "[" * 5000,
        "a tag of Python": "suite: !!python/object/apply:os.system ['touch executed']\n",
        "!!int abc": "suite: !!int abc\n",
        "an integer of 5,000 digits": f"suite: {'9' * 5000}\n",
        "an impossible date": "suite: 2024-13-45\n",
        "two documents": "suite: tiny\n---\nsuite: other\n",
        "a tab": "suite:\n\t- x\n",
        "only a list": "- suite\n",
        "only a word": "suite\n",
        "a key twice": "suite: tiny\nsuite: tiny\n",
        "binary": "suite: !!binary '###'\n",
        "a set": "suite: !!set {a, b}\n",
    }
    for name, text in texts.items():
        yield name, written("suite.yaml", text, *RECORDED)
    for old, new in (
        ("suite: tiny", "suite: [tiny]"),
        ("suite: tiny", "suit: tiny"),
        ("format: class_folders", "format: folders"),
        ("path: photos", "path: nothing-there"),
        ("path: photos", "path: 7"),
        ("path: photos", "path: suite.yaml"),
        ("images: 32, role: [val, wide]", "images: 999, role: [val, wide]"),
        ("images: 32, role: [val, wide]", "images: -1, role: [val, wide]"),
        ("images: 32, role: [val, wide]", "images: many, role: [val, wide]"),
        ("images: 32, role: [val, wide]", "image: 32, role: [val, wide]"),
        ("role: v2", "role: val"),
        ("classes: [fish, ", "classes: [fish, fish, "),
        ("classes: [fish, ", "classes: ["),
        ("classes: [fish, ", "classes: [7, "),
        ("predictions:recorded.csv", "predictions:nothing.csv"),
        ("predictions:recorded.csv", "predictions:"),
        ("predictions:recorded.csv", "nonsense:recorded.csv"),
        ("said: ", "'a b/c': "),
    ):
        yield f"{new[:30]!r} for {old[:30]!r}", replaced("suite.yaml", old, new, "-k=test_ece")


def thresholds() -> Iterator[tuple[str, Change]]:
    """The rules."""
    for name, content in garbage().items():
        yield name, written("rules.yaml", content, *RECORDED)
    for name, how in no_files().items():
        yield name, special("rules.yaml", how, *RECORDED)
    for old, new in (
        ("tiny:", "tinny:"),
        ("calibration:", "calibrations:"),
        ("ece:", "eces:"),
        ("max: 1.0", "max: .nan"),
        ("max: 1.0", "max: .inf"),
        ("max: 1.0", "max: high"),
        ("max: 1.0", "max: -1"),
        ("max: 1.0", "max: 1.0, min: 2.0"),
        ("max: 1.0", "maximum: 1.0"),
        ("max: 1.0", "max: 0.1, margin: 50"),
        ("max: 1.0", "max: 0.1, margin: -1"),
        ("max: 1.0", "max: 1.0, model: nobody"),
        ("max: 1.0", "max: 1.0, dataset: nothing"),
        ("max: 1.0, because: any", "max: 1.0"),
        ("max: 1.0, because: any", "because: any"),
        ("[{max: 1.0, because: any}]", "[]"),
        ("[{max: 1.0, because: any}]", "7"),
        ("[{max: 1.0, because: any}]", "[{max: 1.0, because: any}, {max: 1.0, because: any}]"),
    ):
        yield f"{new!r} for {old!r}", replaced("rules.yaml", old, new, *RECORDED)


def options() -> Iterator[tuple[str, Change]]:
    """The command line."""
    lines = (
        "--suite=",
        "--suite=nothing",
        "--suite=/dev/null",
        "--suite=/dev/zero",
        "--suite=/",
        "--suite=https://example.org/suite.yaml",
        "--thresholds=",
        "--thresholds=/",
        "--thresholds=/dev/zero",
        "--thresholds=nothing.yaml",
        "--store=s3://bucket/store",
        "--store=/dev/null",
        "--store=/proc",
        "--store=",
        "--model=",
        "--model=nobody",
        "--model=said --model=said",
        "--model=x=timm:",
        "--model=x=timm:nothing_of_this_name",
        "--model=x=timm:resnet18,pretrained=true",
        "--model=x=open_clip:nothing/none",
        "--model=x=python:nothing",
        "--model=x=python:nothing:nothing",
        "--model=x=predictions:/dev/zero",
        "--model=x=predictions:/",
        "--model==",
        "--model=a=b=c=d",
        "--model=sup --device=tpu",
        "--model=sup --device=cuda:99",
        "--precision=fp7",
        "--batch-size=0",
        "--batch-size=-3",
        "--batch-size=many",
        "--max-images=0",
        "--max-images=-1",
        "--max-images=x",
        "--search=forever",
        "--on-inconclusive=maybe",
        "--require=nothing",
        "--require=",
        "--baseline=/nothing",
        "--baseline=",
        "--baseline=said",
        "--results=/",
        "--results=/dev/null/x",
        "--summary=/",
        "--save-run=/",
        "--save-run=/proc/x",
        "--suggest-thresholds=/dev/null/x.yaml",
        "--results=@/recorded.csv",
        "--html=@/photos/fish/000.png",
        "--summary=@/suite.yaml",
        "--reproduce=/",
        "--data-root=/nothing --suite=imagenet",
        "--modle=said",
        "-k test_nothing",
        "-m nothing_of_this_mark",
        "behaviors/nothing",
        "-n x",
    )
    for line in lines:
        yield (
            line,
            lambda _, line=line: ["--model=said", "-k=test_ece", *line.split(" ")][line.startswith("--model=sup") :],
        )
