"""A store in a bucket: two machines write it at once, nothing is half-written, and what is wrong is one sentence."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest
from moto.server import ThreadedMotoServer

from fixtures.core.errors import InputError
from fixtures.predictions import objects as package
from fixtures.predictions.objects.lease import leased
from fixtures.predictions.objects.mirror import Mirror, address_of, mirror_of
from fixtures.predictions.objects.objects import Cloud, opened
from fixtures.predictions.request import Request
from fixtures.predictions.store import Store, check_usable
from fixtures.predictions.units.unit import Unit
from fixtures.predictions.units.work import work_through
from tests.predictions.fakes import noise, provider, shelf

ASK = Request("one", "noise")
URL = "s3://bucket/predictions"


@pytest.fixture(scope="module")
def server():
    """A real server process of the protocol, on a free port."""
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    yield "http://{}:{}".format(*started.get_host_and_port())
    started.stop()


def reach(monkeypatch, endpoint: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_REGION", "us-east-1")


@pytest.fixture
def bucket(server, monkeypatch, request):
    """An empty store of this test's own."""
    reach(monkeypatch, server)
    cloud = Cloud(f"{URL}/{request.node.name}")
    urlopen(HttpRequest(f"{server}/bucket", method="PUT"))
    return cloud


@pytest.fixture
def machine(bucket, tmp_path, monkeypatch):
    """A mirror for each name, as machines of their own have it."""

    def made(name: str) -> Path:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
        return mirror_of(bucket._url)

    return made


def fresh(root):
    return provider(root, shelf("one"), noise(broken=(3, 11), tolerance=0.5), batch_size=5)


def units(some) -> list[Unit]:
    return [Unit(ASK, some.cell(ASK).key, start, start + 10) for start in range(0, 50, 10)]


def whole(tmp_path) -> bytes:
    fresh(tmp_path / "alone").get(ASK)
    (path,) = (tmp_path / "alone").glob("*.parquet")
    return path.read_bytes()


def quiet(unit, predicted):
    pass


def test_machines_share_a_bucket_and_its_bytes_are_those_of_one_process(machine, bucket, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, second = fresh(machine("first")), fresh(machine("second"))
    todo = units(first)
    work_through(second, todo[3:], quiet)
    work_through(first, todo[1:4], quiet)
    assert len(bucket.names("")) == 4  # a part for each unit, each once, and no lease
    third = fresh(machine("third"))
    assert third.state(ASK).done == 40
    third.get(ASK)
    assert third.log[0].predicted == 10
    (name,) = bucket.names("")
    assert bucket.read(name)[0] == whole(tmp_path)
    fourth = fresh(machine("fourth"))
    fourth.get(ASK)
    assert fourth._sources.loads == []
    assert fourth.state(ASK).status == "stored"
    work_through(fourth, todo, quiet)  # late, of a plan that is done
    assert len(bucket.names("")) == 1
    assert address_of(machine("fourth")) == bucket._url
    assert not (tmp_path / "s3:").exists()


def test_it_is_listed_once(machine, monkeypatch):
    listed = []
    names = Cloud.names
    monkeypatch.setattr(Cloud, "names", lambda self, prefix: listed.append(prefix) or names(self, prefix))
    store = Store(machine("one"))
    for number in range(20):
        assert store.find(f"{number:064x}") is None
    assert listed == [""]


def test_of_two_writers_of_one_part_the_first_stays(machine, bucket):
    places = [machine(name) for name in ("first", "second")]
    for at, place in enumerate(places):
        worker = fresh(place)
        partial = worker.store.partial(worker.cell(ASK).key, worker.cell(ASK).dataset.ids, (0, 10))
        worker._filling._predict(worker.cell(ASK), partial, [(0, 10)], 10)
        if at:
            original = Cloud.put_if_absent
            assert not original(bucket, bucket.names("")[0], b"late")
        partial.flush()
    assert len(bucket.names("")) == 1
    parts = [next(place.glob("*.partial/*")).read_bytes() for place in places]
    assert parts[0] == parts[1] == bucket.read(bucket.names("")[0])[0]


@pytest.mark.parametrize("which", ["part", "whole"])
def test_an_object_that_was_cut_is_made_again(machine, bucket, tmp_path, which):
    worker = fresh(machine("first"))
    if which == "part":
        work_through(worker, units(worker), quiet)
    else:
        worker.get(ASK)
    name = bucket.names("")[0]
    content = bucket.read(name)[0]
    bucket.remove(name)
    bucket.put_if_absent(name, content[: len(content) // 2])
    other = fresh(machine("second"))
    other.get(ASK)
    assert other.log[0].predicted == (10 if which == "part" else 50)
    assert any("was damaged" in remark for remark in other.remarks)
    (name,) = bucket.names("")
    assert bucket.read(name)[0] == whole(tmp_path)


@pytest.mark.parametrize("which", ["part", "whole"])
def test_what_was_made_and_never_put_is_put_by_the_next_run(machine, bucket, tmp_path, monkeypatch, which):
    def gone(*_):
        raise InputError("the server is gone")

    def work(worker):
        work_through(worker, units(worker), quiet) if which == "part" else worker.get(ASK)

    with monkeypatch.context() as broken:
        broken.setattr(Mirror, "put", gone)
        with pytest.raises(InputError, match="gone"):
            work(fresh(machine("first")))
    assert bucket.names("") == []
    again = fresh(machine("first"))
    if which == "whole":
        assert again.state(ASK).status != "stored"
    work(again)
    assert len(bucket.names("")) == (5 if which == "part" else 1)
    other = fresh(machine("second"))
    other.get(ASK)
    assert other.log[0].predicted == 0
    assert bucket.read(bucket.names("")[0])[0] == whole(tmp_path)


def test_buckets_of_one_name_at_two_servers_have_a_mirror_each(machine, bucket, monkeypatch):
    here = machine("one")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert machine("one") != here


def test_a_lease_whose_dead_owner_had_a_clock_far_ahead_runs_out(bucket):
    bucket.put_if_absent("key/leases/3", f'{{"owner": "dead", "until": {time.time() + 1e9}}}'.encode())
    with leased(bucket, "key/leases/3", wait=False, seconds=0.2) as mine:
        assert not mine
    with leased(bucket, "key/leases/3", wait=True, seconds=0.2) as mine:
        assert mine


def test_a_lease_is_held_given_back_and_runs_out(bucket):
    with leased(bucket, "key/leases/0", wait=False) as mine, leased(bucket, "key/leases/0", wait=False) as yours:
        assert (mine, yours) == (True, False)
    assert bucket.names("") == []
    bucket.put_if_absent("key/leases/0", b'{"owner": "dead", "until": 1}')
    with leased(bucket, "key/leases/0", wait=False) as mine:
        assert mine
    waited = []
    with leased(bucket, "key/leases/1", wait=False, seconds=0.6):
        threading.Timer(1.0, lambda: None).start()
        time.sleep(1.0)  # renewed meanwhile
        with leased(bucket, "key/leases/1", wait=False) as yours:
            assert not yours
    bucket.put_if_absent("key/leases/2", f'{{"owner": "dying", "until": {time.time() + 0.5}}}'.encode())
    with leased(bucket, "key/leases/2", wait=True, waiting=lambda: waited.append(1)) as mine:
        assert mine
    assert waited == [1]


class Answers(BaseHTTPRequestHandler):
    code, text = 500, ""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.code)
        self.end_headers()
        self.wfile.write(self.text.encode())

    do_GET = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        (500, "", "cannot be used"),
        (503, "<Error><Code>SlowDown</Code></Error>", "cannot be used"),
        (403, "<Error><Code>InvalidAccessKeyId</Code></Error>", "its credentials are not known there"),
        (403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", "its credentials are wrong"),
        (403, "<Error><Code>AccessDenied</Code></Error>", "its credentials may not do this"),
        (404, "<Error><Code>NoSuchBucket</Code></Error>", "there is no such bucket"),
    ],
)
def test_a_server_that_refuses_is_one_sentence(monkeypatch, code, text, said):
    handler = type("Handler", (Answers,), {"code": code, "text": text})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        reach(monkeypatch, f"http://127.0.0.1:{serving.server_port}")
        cloud = Cloud(URL, seconds=1.0, retries=0)
        with pytest.raises(InputError) as refused:
            cloud.names("")
        serving.shutdown()
    assert str(refused.value).startswith(f"--store {URL}: {said} (")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "act", [lambda cloud: cloud.names(""), lambda cloud: cloud.put_if_absent("x", b"x" * 100)], ids=["list", "put"]
)
def test_a_server_that_never_answers_or_cuts_off_is_one_sentence(monkeypatch, act):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reach(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(InputError, match=f"^--store {URL}: cannot be used"):
            act(Cloud(URL, seconds=0.5, retries=0))


def test_a_server_that_is_not_there_is_one_sentence(monkeypatch):
    reach(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(InputError, match=f"^--store {URL}: cannot be used"):
        Cloud(URL, seconds=1.0, retries=0).names("")


def test_missing_credentials_are_one_sentence(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    handler = type("Handler", (Answers,), {"code": 403})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{serving.server_port}")
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        with pytest.raises(InputError, match="there are no credentials: set AWS_ACCESS_KEY_ID"):
            Cloud(URL, seconds=1.0, retries=0).names("")
        serving.shutdown()


def test_a_bucket_that_is_not_there_is_said_before_anything_is_predicted(server, monkeypatch, tmp_path):
    reach(monkeypatch, server)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(InputError, match=r"^--store s3://nobody/x: there is no such bucket"):
        check_usable(mirror_of("s3://nobody/x"))


@pytest.mark.parametrize("url", ["s3:/bucket/x", "s3://", "ftp://host/x", "https://host/x", "me@host:store"])
def test_an_address_that_is_none_is_one_sentence(url):
    with pytest.raises(InputError, match="is no address of a store; name a folder of this machine, or one of s3://"):
        opened(url)


def test_without_the_library_the_sentence_names_the_extra(monkeypatch):
    monkeypatch.setattr(package.objects, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"obstore is not installed: python -m pip install -e '.\[cloud\]'"):
        opened(URL)


def test_a_mirror_knows_what_it_put_without_a_listing(bucket, tmp_path):
    mirror = Mirror(tmp_path, bucket)
    assert mirror.named("key", anew=False) == []
    (tmp_path / "file").write_bytes(b"x")
    mirror.put("key", "file.parquet", tmp_path / "file")
    assert mirror.whole("key", anew=False) == "file.parquet"
