"""The vocabulary: whole words for what the mini world says, and something for everything else."""

import gzip
from pathlib import Path

import pytest
from open_clip import OPENAI_IMAGENET_TEMPLATES, SimpleTokenizer

from fixtures.mini import tokenizer
from fixtures.mini.captions import captions
from fixtures.mini.embedded import MODELS, WEIGHTS, is_clip
from fixtures.mini.scene import sample
from fixtures.mini.vocabulary import CLASSES


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "merges.txt.gz"
    tokenizer.write_merges(path)
    return path


@pytest.fixture(scope="module")
def words(file: Path) -> SimpleTokenizer:
    return tokenizer.load(file)


def test_the_worked_example() -> None:
    assert tokenizer.learn_merges(["low", "lower", "slow"]) == [
        ("l", "o"),
        ("lo", "w</w>"),
        ("e", "r</w>"),
        ("lo", "w"),
        ("low", "er</w>"),
        ("s", "low</w>"),
    ]


def test_a_word_of_one_letter_needs_no_merge() -> None:
    assert tokenizer.learn_merges(["a", "aaa"]) == [("a", "a"), ("aa", "a</w>")]


def test_every_known_word_is_one_token(words: SimpleTokenizer) -> None:
    assert [word for word in tokenizer.known_words() if len(words.encode(word)) != 1] == []


def test_captions_and_templates_come_back(words: SimpleTokenizer) -> None:
    texts = captions(sample("web", 200, 3), 0) + [
        template(name) for template in OPENAI_IMAGENET_TEMPLATES for name in CLASSES
    ]
    for text in texts:
        assert words.decode(words.encode(text)).replace(" ", "") == text.lower().replace(" ", "")


def test_captions_fit_into_the_context(words: SimpleTokenizer) -> None:
    longest = max(len(words.encode(caption)) + 2 for caption in captions(sample("web", 3000, 4), 0))
    assert longest <= tokenizer.CONTEXT_LENGTH


@pytest.mark.parametrize("text", ["zebra", "", "漢字 🙂", "\x00\ufffe", "Ünïcode-42's", "x" * 500], ids=range(6))
def test_unknown_words_never_fail(words: SimpleTokenizer, text: str) -> None:
    tokens = words(text)
    assert tokens.shape == (1, tokenizer.CONTEXT_LENGTH)
    assert int(tokens.max()) == words.eot_token_id == words.vocab_size - 1


def test_equal_words_give_equal_bytes_and_no_phantom_merge(file: Path, tmp_path: Path) -> None:
    tokenizer.write_merges(tmp_path / "again.gz")
    assert (tmp_path / "again.gz").read_bytes() == file.read_bytes()
    assert not gzip.decompress(file.read_bytes()).endswith(b"\n")


@pytest.mark.parametrize("name", [name for name in MODELS if is_clip(name)])
def test_the_embedded_models_speak_it(name: str, words: SimpleTokenizer) -> None:
    embedded = tokenizer.load(WEIGHTS / name / tokenizer.MERGES_FILE)
    assert [word for word in tokenizer.known_words() if words.encode(word) != embedded.encode(word)] == []
