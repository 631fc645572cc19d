"""An issue's page says what the REST says of it, in the places where real pages say it."""

from __future__ import annotations

import re

import pytest

from fake_jira import running
from jira_crawler.converters import to_markdown
from tests.integration.fake_jira.asking import ask
from tests.integration.fake_jira.browsing import read, said, see

MENTION = re.compile(r"@[\w .-]*?(?=:)")  # by login in the REST, by full name on the page


@pytest.fixture(scope="module", params=["old", "new"])
def jira(request):
    with running(issues=120, pages=request.param, comments_shown=0) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def issues(jira):
    found = ask(f"{jira.url}/rest/api/2/search", fields="*all", maxResults=1000, jql="").json["issues"]
    assert len(found) == 120
    return {issue["key"]: issue["fields"] for issue in found}


@pytest.fixture(scope="module")
def pages(jira, issues):
    return {key: read(jira.url, f"/browse/{key}") for key in issues}


def names(things):
    return [thing["name"] for thing in things]


def second(stamp):
    return stamp and stamp[:19] + "+0000"


def alike(html, wiki):
    left, right = to_markdown(html or "", "html"), to_markdown(wiki or "", "wiki")
    return MENTION.sub("@x", left) == MENTION.sub("@x", right)


def test_names_and_values(issues, pages):
    for key, fields in issues.items():
        page = pages[key]
        assert page.css("#key-val::text").getall() == [key]
        assert page.css("h1#summary-val").xpath("string()").getall() == [fields["summary"]]
        shown = {name: said(page.css(f"#issuedetails #{name}-val")) for name in ("type", "status", "resolution")}
        resolution = (fields["resolution"] or {"name": "Unresolved"})["name"]
        named = {"type": fields["issuetype"]["name"], "status": fields["status"]["name"]}
        assert shown == named | {"resolution": resolution}
        priority = page.css("#priority-val")
        assert said(priority) == (fields["priority"] or {"name": ""})["name"]
        for id_, field in (("versions", "versions"), ("fixfor", "fixVersions"), ("components", "components")):
            assert page.css(f"#details-module #{id_}-val a::text").getall() == names(fields[field])
            assert fields[field] or said(page.css(f"#{id_}-val")) == "None"
        assert page.css(".labels .lozenge span::text").getall() == fields["labels"]


def test_people_and_dates(issues, pages):
    for key, fields in issues.items():
        page = pages[key]
        for field, nobody in (("assignee", "Unassigned"), ("reporter", "Anonymous")):
            person = fields[field] or {"displayName": nobody, "name": None}
            assert said(page.css(f"#peoplemodule #{field}-val")) == person["displayName"]
            assert page.css(f"#{field}-val .user-hover::attr(rel)").get() == person["name"]
        assert page.css("aui-badge#vote-data::text").get() == str(fields["votes"]["votes"])
        assert page.css("aui-badge#watcher-data::text").get() == str(fields["watches"]["watchCount"])
        for field in ("created", "updated", "resolutiondate"):
            when = page.css(f"#datesmodule dl.dates #{field}-val time::attr(datetime)").getall()
            assert when == ([second(fields[field])] if fields[field] else [])


def test_what_dates_show_cannot_be_read(pages):
    shown = {said(page.css("#created-val time")) for page in pages.values()}
    assert {"Yesterday", "vor 2 Stunden"} < shown


def test_bodies(issues, pages):
    for key, fields in issues.items():
        page = pages[key]
        description = page.css("#descriptionmodule #description-val .user-content-block")
        assert bool(description) == bool(fields["description"])
        assert alike(description.get(), fields["description"])
        assert alike(page.css("#environment-val").get(), fields["environment"])
    assert any(page.css("#description-val pre") for page in pages.values())
    assert any(page.css("#description-val table.confluenceTable") for page in pages.values())


def test_comments(issues, pages):
    for key, fields in issues.items():
        blocks = pages[key].css("#issue_actions_container > div.issue-data-block.activity-comment.twixi-block")
        given = fields["comment"]["comments"]
        assert [block.attrib["id"] for block in blocks] == [f"comment-{one['id']}" for one in given]
        for block, comment in zip(blocks, given, strict=True):
            full = block.css(".twixi-wrap.verbose.actionContainer")
            author = comment.get("author") or {"name": None, "displayName": "Anonymous"}
            assert full.css(".action-head .action-details a.user-hover::attr(rel)").get() == author["name"]
            assert said(full.css(".action-details")).startswith(f"{author['displayName']} added a comment")
            assert full.css("time.livestamp::attr(datetime)").get() == second(comment["created"])
            assert alike(full.css(".action-body.flooded").get(), comment["body"])


def test_attachments(issues, pages):
    seen = 0
    for key, fields in issues.items():
        page = pages[key]
        files = page.css("#attachmentmodule #file_attachments li")
        assert len(files) == len(fields["attachment"])
        for file, given in zip(files, fields["attachment"], strict=True):
            link = file.css("dt a[data-downloadurl]")
            assert link.css("::text").get() == given["filename"]
            mime, _, rest = link.attrib["data-downloadurl"].partition(":")
            assert mime == given["mimeType"]
            assert rest == f"{given['filename']}:{link.attrib['href']}"
            assert f"/secure/attachment/{given['id']}/{given['id']}_" in link.attrib["href"]
            assert file.css("dd.attachment-date time::attr(datetime)").get() == second(given["created"])
            seen += 1
    assert seen > 5


def test_links_in_both_directions(issues, pages):
    seen = set()
    for key, fields in issues.items():
        shown = {
            (group.css("dt::attr(title)").get(), link)
            for group in pages[key].css("#linkingmodule .links-container dl")
            for link in group.css("dd.issue-link a.link-title::text").getall()
        }
        given = set()
        for link in fields["issuelinks"]:
            end = "inward" if "inwardIssue" in link else "outward"
            given.add((link["type"][end], link[f"{end}Issue"]["key"]))
        assert shown == given
        seen |= {relation for relation, _ in given}
    assert {"blocks", "is blocked by"} <= seen


def test_what_is_elsewhere(jira, issues, pages):
    linked = 0
    for key in list(issues)[:60]:
        shown = pages[key].css('#linkingmodule dt[title="links to"] ~ dd.remote-link a.link-title')
        given = ask(f"{jira.url}/rest/api/2/issue/{key}/remotelink").json
        assert [(one.attrib["href"], one.css("::text").get()) for one in shown] == [
            (link["object"]["url"], link["object"]["title"]) for link in given
        ]
        linked += len(given)
    assert linked


def test_families(issues, pages):
    for key, fields in issues.items():
        parent = (fields.get("parent") or {}).get("key")
        assert pages[key].css("#parent_issue_summary::text").get() == parent
        rows = pages[key].css("#view-subtasks tr.issuerow::attr(data-issuekey)").getall()
        assert rows == [child["key"] for child in fields["subtasks"]]


def test_custom_fields(issues, pages):
    notes = {key: fields for key, fields in issues.items() if fields["customfield_12310192"]}
    assert notes
    for key, page in pages.items():
        note = page.css("#customfield_12310192-val").get()
        assert bool(note) == (key in notes)
        assert alike(note, notes[key]["customfield_12310192"]) if note else True
        assert page.css("#customfield_12311820-val::text").get() == issues[key]["customfield_12311820"]
        assert not page.css("#customfield_12314020-val")


def test_what_is_around_an_issue(jira, issues, pages):
    key = next(iter(issues))
    page, again = pages[key], read(jira.url, f"/browse/{key}")
    tokens = {one.css("meta#atlassian-token::attr(content)").get() for one in (page, again)}
    assert len(tokens) == 2
    assert see(jira.url, f"/browse/{key}").headers["X-AUSERNAME"] == "anonymous"
    assert f'selectedIssue={key}"' in page.css("#sidebar").get()
    assert len(page.css("h1")) > 1 and page.css("#sidebar .lozenge") and page.css("#announcement-banner time")
    scripts = page.css("script::text").getall()
    assert any("<\\/span>" in script and "{" in script for script in scripts)
    assert any('id="summary-val"' in script for script in scripts)


def test_all_is_escaped():
    with running(issues=3) as jira:
        issue = jira.jira.corpus.find("DEMO-1")
        nasty = '</title></script><b id="key-val">"&amp;\\u0022 [~a"b] {code:x" onload="y}\\nhi\\n{code}'
        fields = issue.fields.replace(b'"summary":"', b'"summary":"</title><i>&lt;')
        issue.fields = fields[:-1] + b',"environment":"' + nasty.replace('"', '\\"').encode() + b'"}'
        issue.summary = nasty
        page = read(jira.url, "/browse/DEMO-1")
    assert page.css("title").xpath("string()").get() == f"[DEMO-1] {nasty} - Sandbox Jira"
    assert page.css("h1#summary-val").xpath("string()").get().startswith("</title><i>&lt;")
    assert len(page.css("#key-val")) == 1 and not page.css("[onload]")
    assert "</title></script><b" in said(page.css("#environment-val"))
