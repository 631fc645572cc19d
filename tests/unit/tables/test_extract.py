"""One stored issue becomes rows: what each table says of it, and what no payload can spoil."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Person
from jira_crawler.redaction.project_names import taught
from jira_crawler.store.catalogue import Entry
from jira_crawler.tables.columns import table_of
from jira_crawler.tables.context import Context, Flow, OwnColumn
from jira_crawler.tables.extract import Was, extract
from jira_crawler.tables.schemas import MONTHLY, Column, schemas
from jira_crawler.tables.versions import Gone
from tests.unit.tables.made import CREATED, PAYLOAD, at, context, document, micros, payload, rows, stored

SINCE = (CREATED + 86_400_000) * 1000


def only(listed: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(listed) == 1
    return listed[0]


def test_every_row_fits_its_schema_and_every_column_is_filled_by_somebody():
    found = rows(quality=0.5, language="en", cluster="acme-1", gone=(Gone(1, "deleted", "why"), Gone(2, "present", "")))
    made = schemas()
    of_github = {"pull_requests", "reviews", "review_comments", "closings"}  # see test_github.py
    assert set(found) == set(MONTHLY) - of_github
    for table, listed in found.items():
        assert {name for row in listed for name in row} <= set(made[table].columns), table
        assert table_of(listed, made[table]).to_pylist()
    filled = {(table, name) for table, listed in found.items() for row in listed for name in row}
    every = {(table, name) for table in found for name in made[table].columns}
    # Of attachments that nobody asked for, and of children that are gone.
    unfilled = {("attachments", name) for name in ("sniffed_mime", "sha256", "path")}
    assert every - filled == unfilled | {("availability_events", "child_id"), ("issues", "milestone")}


def test_an_issue_says_all_that_it_is():
    issue = only(rows()["issues"])
    told = {
        "site": "acme",
        "issue_id": 10042,
        "issue_key": "ACME-42",
        "project": "ACME",
        "project_name": "Acme",
        "type": "Bug",
        "is_subtask": False,
        "parent_id": 10001,
        "parent_key": "ACME-1",
        "status_id": "5",
        "status": "Resolved",
        "status_category": "done",
        "reporter_id": "a1",
        "reporter": "Ann Ash",
        "assignee": "Ben Birch",
        "created": micros(10),
        "updated": micros(18),
        "resolved": micros(17),
        "due": date(2024, 4, 1),
        "labels": ["web"],
        "components": ["ui"],
        "affects": ["1.0"],
        "fixes": ["1.1"],
        "votes": 3,
        "watches": 2,
        "estimate_s": 3600,
        "spent_s": 1200,
        "n_comments": 2,
        "n_changes": 3,
        "security": "Staff",
        "availability": "present",
        "payload_hash": "v1",
        "cut": [],
        "fetched_at": SINCE,
        "url": "https://acme.example/browse/ACME-42",
    }
    assert {name: issue[name] for name in told} == told
    assert issue["description"] == "See https://wiki.example/page\n\n![shot.png](shot.png)"
    assert len(schemas()["issues"].columns) >= 49


def test_comments_stand_in_the_order_of_time_and_say_who_may_see_them():
    first, second = rows()["comments"]
    assert (first["comment_id"], first["position"], first["body"], first["public"]) == ("21", 1, "More.", True)
    assert (first["update_author_id"], first["updated"]) == ("b2", micros(13))
    assert (second["comment_id"], second["position"], second["public"], second["visibility"]) == (
        "22",
        2,
        False,
        "role:Staff",
    )


def test_the_other_children_are_rows_of_their_own():
    found = rows()
    link = only(found["issuelinks"])
    assert (link["relation"], link["direction"], link["other_id"], link["other_status"]) == (
        "is blocked by",
        "inward",
        10007,
        "Open",
    )
    remote = only(found["remote_links"])
    assert (remote["pr_repo"], remote["pr_number"], remote["application"]) == ("acme/web", 12, "GitHub")
    attachment = only(found["attachments"])
    assert (attachment["state"], attachment["inline_in"], attachment["size"]) == ("not_asked", ["description"], 12)
    worklog = only(found["worklogs"])
    assert (worklog["seconds"], worklog["comment"], worklog["started"]) == (1200, "Looked.", micros(14))
    assert [(row["history_id"], row["item"], row["field"]) for row in found["changelog"]] == [
        ("61", 0, "status"),
        ("62", 0, "assignee"),
        ("63", 0, "status"),
        ("63", 1, "resolution"),
    ]


def test_custom_fields_are_texts_numbers_and_times_as_they_are():
    by_id = {row["field_id"]: row for row in rows()["custom_fields"]}
    # A dump of objects differs at each look, and a service level has a table of its own.
    assert set(by_id) == {"customfield_1", "customfield_2", "customfield_3", "customfield_4"}
    assert (by_id["customfield_1"]["name"], by_id["customfield_1"]["value_number"]) == ("Story Points", 5.0)
    assert by_id["customfield_2"]["value_text"] == "Europe / Austria"
    assert orjson.loads(by_id["customfield_2"]["value_json"])["child"] == {"value": "Austria"}
    assert by_id["customfield_3"]["value_text"] == "Ann Ash"
    assert by_id["customfield_4"]["value_time"] == 1_709_625_600_000_000


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        (5, "5", 5.0),
        ("5", "5", None),
        (True, "true", None),
        ({"value": "five"}, "five", None),
        (["a", "b"], "a, b", None),
    ],
)
def test_a_custom_field_that_changes_its_type_is_what_it_is_each_time(value, text, number):
    column = OwnColumn(Column("points", "number"), "customfield_1")
    found = rows(payload(customfield_1=value), context(column))
    row = next(row for row in found["custom_fields"] if row["field_id"] == "customfield_1")
    assert (row["value_text"], row["value_number"]) == (text, number)
    assert only(found["issues"])["points"] == number


def test_cycles_of_service_levels_hold_instants_and_nothing_that_moves_with_the_clock():
    done, running = rows()["sla_cycles"]
    assert (done["state"], done["stop_at"], done["elapsed_ms"], done["breached"]) == (
        "completed",
        (CREATED + 60_000) * 1000,
        60_000,
        False,
    )
    assert (running["state"], running["breach_at"], running["paused"]) == ("ongoing", (CREATED + 170_000) * 1000, True)
    assert (running["elapsed_ms"], running["breached"], running["goal_ms"]) == (None, False, 100_000)
    assert (running["fetched_at"], running["source"]) == (SINCE, "issue")
    runs = payload()
    runs["fields"]["customfield_6"]["ongoingCycle"]["paused"] = False
    later = payload()
    moved = {"elapsedTime": {"millis": 99}, "breached": True, "paused": False}
    later["fields"]["customfield_6"]["ongoingCycle"] |= moved
    assert rows(later) == rows(runs)
    assert rows(runs)["sla_cycles"][1]["breached"] is None


def test_a_cycle_that_is_paused_says_whether_its_goal_was_missed_before():
    missed = payload()
    missed["fields"]["customfield_6"]["ongoingCycle"] |= {"breached": True, "elapsedTime": {"millis": 200_000}}
    del missed["fields"]["customfield_6"]["ongoingCycle"]["breachTime"]
    cycle = rows(missed)["sla_cycles"][1]
    assert (cycle["paused"], cycle["breached"], cycle["breach_at"], cycle["elapsed_ms"]) == (True, True, None, None)


def test_what_a_second_account_brought_says_so_and_when():
    brought = payload()
    brought["fields"]["customfield_6"]["_overlay"] = {"fetched": CREATED + 5}
    assert {(row["source"], row["fetched_at"]) for row in rows(brought)["sla_cycles"]} == {
        ("overlay", (CREATED + 5) * 1000)
    }


@pytest.mark.parametrize(("public", "responded"), [(False, False), (True, True), (None, True)])
def test_what_only_agents_can_read_is_no_response(public, responded):
    told = payload()
    for comment in told["fields"]["comment"]["comments"]:
        comment.pop("jsdPublic", None)
        comment |= {} if public is None else {"jsdPublic": public}
    assert (only(rows(told)["issue_flow"])["first_response_at"] is not None) == responded


def test_statuses_are_intervals_without_gaps_and_flow_follows_from_them():
    found = rows()
    told = [
        (row["status"], row["category"], row["valid_from"], row["valid_until"], row["direction"])
        for row in found["status_intervals"]
    ]
    assert told == [
        ("Open", "new", micros(10), micros(12), "new"),
        ("In Progress", "indeterminate", micros(12), micros(17), "forward"),
        ("Resolved", "done", micros(17), None, "forward"),
    ]
    flow = only(found["issue_flow"])
    # The only comment of somebody else is for agents to read.
    assert (flow["first_response_at"], flow["started_at"], flow["done_at"]) == (None, micros(12), micros(17))
    assert (flow["lead_s"], flow["cycle_s"], flow["active_s"], flow["waiting_s"]) == (
        7 * 3600,
        5 * 3600,
        5 * 3600,
        2 * 3600,
    )
    assert (flow["reopened"], flow["handovers"], flow["flow_efficiency"]) == (0, 1, 5 / 7)


def test_which_statuses_count_is_what_the_site_says():
    flow = only(rows(known=context(flow=Flow(frozenset({"open"}), frozenset({"in progress"}))))["issue_flow"])
    assert (flow["started_at"], flow["done_at"]) == (micros(10), None)  # it left what counts as done
    assert flow["reopened"] == 1


def test_a_history_that_does_not_lead_to_the_present_status_is_not_believed_to():
    cut = payload()
    cut["changelog"]["histories"] = cut["changelog"]["histories"][1:2]  # to In Progress, and then nothing
    last = rows(cut)["status_intervals"][-1]
    assert (last["status"], last["valid_from"], last["is_current"]) == ("Resolved", micros(18), True)


def test_an_issue_that_was_reopened_is_done_when_it_was_done_for_good():
    again = payload()
    again["changelog"]["histories"] += [
        {
            "id": "64",
            "created": at(18),
            "items": [{"field": "status", "from": "5", "fromString": "Resolved", "to": "1", "toString": "Open"}],
        },
        {
            "id": "65",
            "created": at(20),
            "items": [{"field": "status", "from": "1", "fromString": "Open", "to": "5", "toString": "Resolved"}],
        },
    ]
    flow = only(rows(again)["issue_flow"])
    assert (flow["reopened"], flow["done_at"], flow["waiting_s"]) == (1, micros(20), 4 * 3600)


def test_what_was_imported_with_its_history_has_no_stay_that_ends_before_it_begins():
    imported = rows(payload(created=at(20)))
    assert [row["seconds"] for row in imported["status_intervals"]] == [0.0, 5 * 3600, None]
    assert only(imported["issue_flow"])["lead_s"] is None


def step(id_: str, hour: int, item: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "created": at(hour), "items": [item]}


def test_a_status_that_is_called_otherwise_by_now_is_no_other_one():
    renamed = payload(status={"id": "5", "name": "Fixed", "statusCategory": {"key": "done"}})
    last = rows(renamed)["status_intervals"][-1]
    assert (last["seq"], last["status"], last["valid_from"], last["is_current"]) == (3, "Resolved", micros(17), True)
    assert only(rows(renamed)["issue_flow"]) == only(rows()["issue_flow"])
    # A history that came from another tracker has the ids of that one.
    imported = payload(status={"id": "10005", "name": "Resolved", "statusCategory": {"key": "done"}})
    assert len(rows(imported)["status_intervals"]) == 3


def test_a_custom_field_called_as_one_of_the_trackers_own_is_not_that_one():
    other = payload()
    other["changelog"]["histories"] += [
        step("66", 18, {"field": "status", "fieldtype": "custom", "fromString": "Resolved", "toString": "Open"}),
        step("67", 19, {"field": "assignee", "fieldtype": "custom", "fromString": "Ben Birch", "toString": "Cy"}),
    ]
    assert rows(other)["status_intervals"] == rows()["status_intervals"]
    assert only(rows(other)["issue_flow"])["handovers"] == 1


def test_two_people_of_one_name_hand_over_and_one_who_was_renamed_does_not():
    other = payload()
    other["changelog"]["histories"] += [
        step("66", 18, {"field": "assignee", "from": "b2", "fromString": "Ben", "to": "b3", "toString": "Ben"}),
        step("67", 19, {"field": "assignee", "from": "b3", "fromString": "Ben", "to": "b3", "toString": "Ben B."}),
    ]
    assert only(rows(other)["issue_flow"])["handovers"] == 2


def test_a_status_that_is_known_by_its_name_only_has_no_id():
    known = Context.made([Entry("acme", "status", "=resolved", "Resolved", "done", 1)], {}, {})
    sent = payload(status={"name": "Resolved"})
    sent["changelog"] = {}
    only_one = only(rows(sent, known)["status_intervals"])
    assert (only_one["status_id"], only_one["category"]) == (None, "done")
    assert only(rows(sent, known)["issue_flow"])["done_at"] == micros(10)


def test_whose_customers_ask_is_told_by_their_organizations():
    address = {"self": "https://acme.example/rest/servicedeskapi/organization/7"}
    sent = payload(customfield_9=[{"id": "7", "name": "Customer", "_links": address}])
    assert only(rows(sent)["issues"])["organization_ids"] == ["7"]


# --- versions and what is gone


def test_versions_say_what_was_known_when_and_what_went_away_is_an_event():
    before = payload(summary="Blank", status={"id": "1", "name": "Open"})
    before["fields"]["comment"]["comments"].append(
        {"id": "23", "author": {}, "body": document("Oops"), "created": at(14)}
    )
    found = rows(past=(Was(CREATED, CREATED + 86_400_000, "v0", (), orjson.dumps(before)),))
    first, second = found["issue_versions"]
    assert (first["seen_from"], first["seen_until"], first["summary"], first["n_comments"]) == (
        CREATED * 1000,
        SINCE,
        "Blank",
        3,
    )
    assert (second["seen_from"], second["seen_until"], second["payload_hash"]) == (SINCE, None, "v1")
    assert second["changed_fields"] == ["status", "status_category", "status_id", "summary", "comments"]
    event = only(found["availability_events"])
    assert (event["kind"], event["child_id"], event["detected_at"], event["after"]) == (
        "comment",
        "23",
        SINCE,
        "deleted",
    )


def test_of_a_list_that_was_cut_nothing_is_said_to_be_gone():
    before = payload()
    before["fields"]["comment"]["comments"].append({"id": "23", "body": document("Oops"), "created": at(14)})
    past = (Was(CREATED, CREATED + 1, "v0", (), orjson.dumps(before)),)
    assert "availability_events" not in rows(past=past, cut=("comment",))


def test_an_issue_that_is_gone_has_one_row_that_says_so_and_no_children():
    gone = Gone(CREATED + 90_000_000, "deleted", "deleted (status 410)")
    found = rows(b"", version="", is_removed=True, gone=(gone,), past=(Was(CREATED, CREATED + 1, "v0", (), b""),))
    assert set(found) == {"issues", "issue_versions", "availability_events"}
    issue = only(found["issues"])
    assert (issue["availability"], issue.get("summary"), issue["created"]) == ("deleted", None, CREATED * 1000)
    assert [row["seen_until"] for row in found["issue_versions"]] == [(CREATED + 1) * 1000, gone.at * 1000]
    assert only(found["availability_events"])["evidence"] == "deleted (status 410)"


def test_what_is_archived_or_was_never_had_is_said():
    assert only(rows(payload(archiveddate=at(20)))["issues"])["availability"] == "archived"
    assert only(rows(b"")["issues"])["availability"] == "unobserved"


# --- what the same issue may differ in from one look to the next


def test_what_moves_by_itself_changes_no_row():
    other = payload()
    other["fields"]["reporter"] = other["fields"]["reporter"] | {"active": False, "timeZone": "UTC"}
    other["fields"]["customfield_5"] = "{summaryBean=x.SummaryBean@11111111[a=b]}"
    other["fields"]["comment"]["comments"].reverse()
    other["fields"]["lastViewed"] = at(19)
    other["self"] = "https://other.example/10042"
    assert rows(other) == rows()


# --- bad input

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.just("9999-12-31T23:59:59.999-1200"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "type", "value", "content"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(PAYLOAD["fields"])), ANYTHING)
def test_no_value_of_any_field_spoils_an_issue(field, value):
    made = schemas()
    for table, listed in extract(stored(payload(**{field: value})), context()).items():
        table_of(listed, made[table])


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"3", b'{"fields": []}', b"\xff"])
def test_what_is_no_issue_is_unobserved_and_has_no_children(sent):
    found = rows(sent)
    assert set(found) == {"issues", "issue_versions"}


@pytest.mark.parametrize(
    "when",
    ["9999-12-31T23:59:59.999+0000", "0001-01-01T00:00:00.000+0000", "10000-01-01T00:00:00.000+0000", "soon", None],
)
def test_dates_that_nobody_would_expect_are_dates_or_nothing(when):
    found = rows(payload(updated=when, resolutiondate=when, duedate="9999-12-31"))
    table = table_of(found["issues"], schemas()["issues"])
    assert (table["updated"][0].as_py() is None) == (when in ("soon", None) or when.startswith("10000"))
    assert table["due"][0].as_py() == date(9999, 12, 31)


def test_halves_of_characters_go_into_no_file():
    row = {"site": "acme", "issue_id": 1, "labels": ["a\ud800"], "summary": "b\udfff"}
    table = table_of([row], schemas()["issues"])
    assert (table["labels"][0].as_py(), table["summary"][0].as_py()) == (["a?"], "b?")


# --- redacted


def test_redacted_rows_name_nobody_and_hold_no_secret():
    known = context(OwnColumn(Column("owner", "text"), "customfield_7"), redacted=True)
    sent = payload(
        summary="Ann Ash cannot log in",
        description=document("Ben Birch wrote to ann@acme.example, password: hunter2secret"),
        customfield_7="ask Ben Birch",
    )
    found = rows(sent, known)
    said = repr(found)
    for word in ("Ann", "Ash", "Birch", "ann@acme", "hunter2", "a1'", "b2'"):
        assert word not in said, word
    issue = only(found["issues"])
    assert (issue["reporter"], issue["reporter_id"], issue["assignee"]) == ("user_0", "user_0", "user_1")
    assert issue["summary"] == "user_0 cannot log in"
    assert found["changelog"][1]["to_value"] == "user_1"
    assert found["issue_versions"][0]["summary"] == "user_0 cannot log in"


def test_redacted_rows_name_nobody_who_was_there_before_or_stands_in_an_id():
    cy = {"accountId": "c3", "displayName": "Cy Cedar"}
    before = payload(assignee=cy, summary="Cy Cedar broke it")
    sent = payload(customfield_8=None)
    sent["changelog"]["histories"].append(
        step(
            "66",
            18,
            {"field": "Reviewer", "fieldtype": "custom", "from": "dee", "fromString": None, "to": "dee.dogwood"},
        )
    )
    sent["changelog"]["histories"].append(step("67", 18, {"field": "Link", "from": None, "to": "ACME-7"}))
    sent["changelog"]["histories"].append(step("68", 18, {"field": "Fix Version", "from": "12, 13", "to": "14"}))
    sent["remotelinks"][0] |= {"globalId": "https://ben.birch:hunter2secret@wiki.example/?password=hunter2secret"}
    found = rows(sent, context(redacted=True), past=(Was(CREATED, CREATED + 1, "v0", (), orjson.dumps(before)),))
    said = repr(found)
    for word in ("Cy", "Cedar", "c3'", "dee", "hunter2"):
        assert word not in said, word
    assert found["issue_versions"][0]["assignee"].startswith("user_")
    by_id = {row["history_id"]: (row["from_id"], row["to_id"]) for row in found["changelog"]}
    assert (by_id["66"], by_id["67"], by_id["68"]) == ((None, None), (None, "ACME-7"), ("12, 13", "14"))
    assert by_id["61"] == ("1", "3")


def test_redacted_rows_name_nobody_whom_a_custom_field_names_or_named():
    sent = payload(customfield_8={"name": "jsmith", "emailAddress": "j@else.example"})
    chosen = {"field": "Reviewer", "fieldtype": "custom", "from": "kim", "fromString": "Kim Kork"}
    sent["changelog"]["histories"] += [
        step("66", 18, chosen | {"to": "b2", "toString": "Ben Birch"}),
        step("67", 18, {"field": "Team", "fieldtype": "custom", "from": "7", "fromString": "Red", "toString": "Blue"}),
    ]
    found = rows(sent, context(redacted=True))
    for word in ("Kim", "Kork", "kim", "Birch", "jsmith"):
        assert word not in repr(found), word
    by_id = {row["history_id"]: (row["from_value"], row["to_value"]) for row in found["changelog"]}
    assert (by_id["66"], by_id["67"]) == ((None, "user_1"), ("Red", "Blue"))


CLEO = taught([Person(name="Cleo Larch")]).hex()


def test_redacted_rows_number_whom_only_other_issues_know_behind_their_own():
    known = context(OwnColumn(Column("owner", "text"), "customfield_7"), redacted=True)
    sent = payload(summary="Cleo Larch and user_7", description=document("Larch, Cleo"), customfield_7="Cleo Larch")
    sent["changelog"]["histories"].append(step("66", 18, {"field": "Notes", "from": None, "toString": "by Cleo Larch"}))
    found = rows(sent, known, numbered=CLEO)
    issue = only(found["issues"])
    assert (issue["summary"], issue["description"], issue["owner"]) == ("user_8 and user_7", "user_8", "user_8")
    assert found["changelog"][-1]["to_value"] == "by user_8"
    assert "Larch" not in repr(found)
    assert "Cleo Larch" in repr(rows(sent, known))
    assert only(rows(sent, numbered=CLEO)["issues"])["summary"] == "Cleo Larch and user_7"


def test_a_number_of_others_is_above_those_of_the_people_in_columns():
    found = rows(payload(summary="Cleo Larch"), context(redacted=True), numbered=CLEO)
    listed = [row for each in found.values() for row in each]
    taken = {str(value) for row in listed for name, value in row.items() if name != "summary"}
    assert only(found["issues"])["summary"] not in taken
    assert {"user_0", "user_1"} < taken


def test_redacted_rows_know_by_what_somebody_logs_in_whose_key_is_another():
    ann = {"name": "aash77", "key": "JIRAUSER10100", "displayName": "Ann Ash"}
    sent = payload(reporter=ann, creator=ann, summary="github.com/aash77", description=document("ask @aash77"))
    issue = only(rows(sent, context(redacted=True))["issues"])
    assert (issue["reporter"], issue["summary"], issue["description"]) == ("user_0", "github.com/user_0", "ask @user_0")


@pytest.mark.parametrize("odd", [{"name": 7, "key": "k", "displayName": "A"}, [[[{"displayName": []}]]], {"key": "k"}])
def test_redacted_rows_are_made_of_whatever_stands_where_people_do(odd):
    assert rows(payload(customfield_9=odd), context(redacted=True))["issues"]
    assert rows(b'{"displayName"', context(redacted=True))["issues"]


def test_names_of_another_site_are_not_those_of_this_one():
    other = Context.made([Entry("else", "field", "customfield_1", "Else", "", 1)], {}, {})
    assert {row["name"] for row in rows(known=other)["custom_fields"]} == {None}
