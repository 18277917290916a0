"""Small products run on one thread here, as they do in a run (``fixtures/plugin/probing.py``)."""

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1, user_api="blas"):
        yield
