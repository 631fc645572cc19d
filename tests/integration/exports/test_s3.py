"""Exports to a real S3-compatible server: a process of its own, asked over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import fsspec
import pytest

from jira_crawler.exceptions import BadArgument
from tests.unit.exports.test_export import JSONL, files, run


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Starts moto's server on a free port and gives its address."""
    command = [sys.executable, "-W", "ignore", "-c", "from moto.server import main; main(['-p', '0'])"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            for line in process.stderr:
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield found[0]
                    break
            else:
                pytest.fail("the S3 server did not start")
        finally:
            process.terminate()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket; whoever writes to it finds server and credentials in the environment only."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    store = fsspec.filesystem("s3")
    if store.exists("bucket"):
        store.rm("bucket", recursive=True)
    store.mkdir("bucket")
    return "s3://bucket"


def there(url: str) -> dict[str, bytes]:
    store = fsspec.filesystem("s3", skip_instance_cache=True)
    root = url.removeprefix("s3://")
    return {path.removeprefix(f"{root}/"): store.cat_file(path) for path in store.find(root)}


def test_an_export_to_s3_is_the_one_of_a_folder_byte_for_byte(feeds, tmp_path, bucket):
    folder = feeds()
    run(folder, tmp_path / "here")
    run(folder, f"{bucket}/some/where")
    here = {str(path.relative_to(tmp_path / "here")): path.read_bytes() for path in files(tmp_path / "here")}
    assert there(f"{bucket}/some/where") == here


def test_an_earlier_export_is_replaced_and_what_is_foreign_is_not(feeds, bucket):
    folder = feeds()
    run(folder, f"{bucket}/out")
    run(folder, f"{bucket}/out", layout=JSONL)
    assert all(name == "README.md" or name.endswith(".jsonl") for name in there(f"{bucket}/out"))
    fsspec.filesystem("s3").pipe_file("bucket/mine/notes.txt", b"mine")
    with pytest.raises(BadArgument, match=r"such as notes\.txt"):
        run(folder, f"{bucket}/mine")
    assert there(f"{bucket}/mine") == {"notes.txt": b"mine"}
    run(folder, f"{bucket}/mine", force=True)
    assert there(f"{bucket}/mine")["notes.txt"] == b"mine"
    assert "README.md" in there(f"{bucket}/mine")


def test_a_missing_bucket_and_missing_credentials_are_told(feeds, bucket, monkeypatch):
    folder = feeds()
    with pytest.raises(BadArgument, match="Nothing can be exported to s3://nosuch/out: "):
        run(folder, "s3://nosuch/out")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    with pytest.raises(BadArgument, match=r"Nothing can be exported to s3://bucket/out: .*credentials"):
        run(folder, f"{bucket}/out")
