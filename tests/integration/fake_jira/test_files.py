"""Files that the embedded Jira gives out, as each dialect does, and what it tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest

from fake_jira import running
from fake_jira.options import Options
from fake_jira.server.application import FileFaults
from fake_jira.server.serving import Sandbox
from fake_server import BadOption


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with build_opener(Stay).open(request) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except HTTPError as error:
        return error.code, error.read(), dict(error.headers)


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with running(issues=60, seed=5, file_bytes=90_000, hidden=("TOOLS",), token="t") as sandbox:
        yield sandbox


def first(sandbox: Sandbox, project: str = "DEMO") -> tuple[str, int]:
    found = sandbox.manifest()["projects"][project]["issues"]
    return next((id_, size) for issue in found for id_, size in issue["attachments"].items() if size > 1_000)


def test_a_file_is_what_is_told_of_it(server):
    id_, size = first(server)
    status, body, headers = get(f"{server.url}/secure/attachment/{id_}/any%20name", Authorization="Bearer t")
    found = server.files.find(id_)
    assert found and (status, len(body), headers["Content-Length"]) == (200, size, str(size))
    assert sha256(body).hexdigest() == found[1].sha256()
    assert server.files.sent[id_] == size
    url = f"{server.url}/secure/attachment/{id_}/x"
    status, rest, headers = get(url, Authorization="Bearer t", Range="bytes=100-", If_Range=headers["ETag"])
    assert (status, rest, headers["Content-Range"]) == (206, body[100:], f"bytes 100-{size - 1}/{size}")
    assert get(url, Authorization="Bearer t", Range="bytes=100-", If_Range='"other"')[0] == 200
    assert get(url, Authorization="Bearer t", Range=f"bytes={size}-")[0] == 416


def test_what_a_visitor_may_not_see_leads_to_the_login(server):
    with running(issues=60, seed=5, file_bytes=90_000, hidden=("TOOLS",)) as open_to_all:
        id_, _ = first(open_to_all, "TOOLS")
        status, _, headers = get(f"{open_to_all.url}/secure/attachment/{id_}/x")
        assert status == 302 and "/login.jsp?permissionViolation=true" in headers["Location"]
        assert get(f"{open_to_all.url}/secure/attachment/1/x")[0] == 404
        assert get(f"{open_to_all.url}/rest/api/2/attachment/content/{id_}")[0] == 404


def test_cloud_leads_to_another_host_with_an_address_for_this_file_alone():
    with running(issues=60, seed=5, dialect="cloud", file_bytes=90_000, media=True) as sandbox:
        id_, size = first(sandbox)
        content = f"{sandbox.url}/rest/api/3/attachment/content/{id_}"
        status, _, headers = get(content)
        signed = headers["Location"]
        assert status == 303 and signed.startswith(f"{sandbox.files.media}/file/{id_}/binary?token=")
        assert len(get(signed)[1]) == size
        assert get(signed.partition("?")[0])[0] == 403
        assert len(get(f"{content}?redirect=false")[1]) == size
        assert sandbox.files.media in sandbox.sentence()


def test_a_fault_that_is_none_is_said():
    for switch in ("login=1", "gone", "gone=x", "gone="):
        with pytest.raises(BadOption, match="--file-fault"):
            FileFaults([switch])
    with pytest.raises(BadOption, match="--file-bytes"):
        Options(file_bytes=-1)
    assert FileFaults(["gone=*", "drop=7"]).of("7") == {"gone", "drop"}
