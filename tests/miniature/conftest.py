"""One whole stand-in for all tests that need it."""

import pytest

from fixtures.miniature.write import write


@pytest.fixture(scope="session")
def standin(tmp_path_factory):
    """A folder with the whole stand-in (half a minute); nobody writes into it."""
    folder = tmp_path_factory.mktemp("standin")
    write(folder)
    return folder
