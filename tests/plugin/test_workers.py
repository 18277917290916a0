"""A worker that is killed ends the run with a sentence, whatever it was about to do."""

import pytest

from fixtures.plugin import hooks


@pytest.mark.parametrize("error", [EOFError("expected 1 bytes, got 0"), BrokenPipeError(32, "Broken pipe")])
def test_a_worker_that_ends_before_it_has_begun_is_told_of(error, monkeypatch):
    monkeypatch.setattr(hooks, "refusal", lambda config, sentence: pytest.UsageError(f"{config}: {sentence}"))
    starting = hooks.pytest_sessionstart(type("Session", (), {"config": "here"}))
    next(starting)
    with pytest.raises(pytest.UsageError, match=r"^here: a worker ended before it had begun"):
        starting.throw(error)
