"""Tables follow the store: only what changed is written, and always to the bytes that the store alone would give."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from jira_crawler.tables import manifest, parquet
from jira_crawler.tables.check import check
from jira_crawler.tables.erasure import rows_about, without
from jira_crawler.tables.run import bring_up
from jira_crawler.tables.schemas import MONTHLY, SMALL, VERSION, Column, schemas
from jira_crawler.tables.thrift import Riddle
from jira_crawler.tables.workers import Workers
from tests.integration.tables.lake import Flow, Lake, OwnColumn, when
from tests.rounds import rounds
from tests.unit.tables.made import ANN, BEN, PAYLOAD, at, document


def test_months_are_files_and_the_manifest_names_every_one(lake):
    lake.up()
    assert lake.months() == ["2024-01", "2024-02", "2024-03"]
    assert [row["issue_id"] for row in lake.read("issues")] == [1, 2, 3, 4, 5, 6]
    told = manifest.read(lake.folder)
    there = {f"{table}/{name}" for table, by_name in told.tables.items() for name in by_name}
    assert there == {name for name in lake.bytes() if name.endswith(".parquet")}
    assert set(told.tables) == {*MONTHLY, *SMALL}
    assert told.through == lake.store.changes.latest()
    assert check(lake.folder) == ([], len(there), sum(each.rows for t in told.tables.values() for each in t.values()))


def test_every_file_of_a_table_has_the_same_columns(lake):
    lake.up()
    made = schemas()
    for table in (*MONTHLY, *SMALL):
        for path in (lake.folder / table).glob("*.parquet"):
            assert pq.read_schema(path).equals(made[table].arrow), path


def test_dictionaries_are_only_where_few_values_are(lake):
    lake.up()
    group = pq.ParquetFile(lake.folder / "issues" / "2024-03.parquet").metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    kept = {each.path_in_schema for each in columns if any("DICTIONARY" in code for code in each.encodings)}
    assert kept == set(schemas()["issues"].dictionaries)
    assert {each.compression for each in columns} == {"ZSTD"}


def test_nothing_is_written_where_nothing_changed(lake):
    lake.up()
    before, told = lake.places(), (lake.folder / manifest.NAME).stat().st_mtime_ns
    assert lake.up().files == 0
    assert lake.places() == before
    assert (lake.folder / manifest.NAME).stat().st_mtime_ns == told


def test_only_months_that_changed_are_written(lake):
    for number in range(10, 20):
        lake.put(number, "2024-03")
    lake.up()
    before = lake.places()
    lake.put(4, summary="Another one")
    result = lake.up()
    after = lake.places()
    assert {name for name in after if after[name] != before.get(name)} == {
        "issues/2024-03.parquet",
        "issue_versions/2024-03.parquet",
        "sla_cycles/2024-03.parquet",
    }
    assert (result.months, result.files) == (1, 3)
    assert lake.column("summary")[4] == "Another one"


@pytest.mark.parametrize("seed", range(rounds(1, 20)))
def test_what_was_merged_is_what_the_store_alone_gives(lake, seed):
    chance = random.Random(seed)
    for number in range(10, 40):
        lake.put(number, f"2024-0{1 + number % 4}")
    lake.up()
    for _ in range(5):
        for _ in range(chance.randrange(1, 5)):
            number, what = chance.randrange(1, 45), chance.randrange(10)
            month = f"2024-0{1 + number % 4}"
            if what == 0 and number in lake.payloads:
                lake.remove(number)
            elif what == 1:
                lake.put(number, month, status=lake.status(chance.choice(["1", "3", "5", "9"]), "new", "Parked"))
            elif what == 2:
                lake.put(number, month, comment={"comments": []}, attachment=[], customfield_1=None)
            elif what == 3:
                lake.put(number, month, "OTHER")
            elif what == 4:
                lake.put(
                    number, month, description=document(f"Text {chance.random()}"), customfield_1=chance.randrange(3)
                )
            elif what == 5:
                comment = {
                    "id": "22",
                    "body": document(f"Word {chance.randrange(3)}"),
                    "created": at(12),
                    "author": BEN,
                }
                lake.put(number, month, comment={"comments": [comment]}, reporter=chance.choice([ANN, BEN]))
            elif what == 6:
                lake.payloads[number] = lake.payloads.get(number, PAYLOAD) | {"changelog": {"histories": []}}
                lake.put(number, month)
            else:
                lake.put(number, month, summary=f"Edit {chance.random()}", labels=["a", "b"][: chance.randrange(3)])
        lake.up()
        merged = lake.bytes()
        lake.up(rebuild=True)
        assert lake.bytes() == merged
    assert check(lake.folder)[0] == []


@pytest.mark.parametrize("laid_out", ["as we do it", "by an earlier writer"])
def test_only_columns_that_changed_go_through_a_writer(lake, monkeypatch, laid_out):
    for number in range(10, 20):
        lake.put(number)
    lake.up()
    encoded, spliced = [], parquet.spliced

    def seen(content, columns):
        encoded.extend(pq.read_schema(pa.BufferReader(columns)).names)
        if laid_out != "as we do it":
            raise Riddle
        return spliced(content, columns)

    monkeypatch.setattr(parquet, "spliced", seen)
    lake.put(4, summary="Another one")
    lake.put(14, labels=["b", "c"])
    lake.up()
    assert sorted(encoded) == ["fetched_at", "labels", "payload_hash", "summary"]
    merged = lake.bytes()
    lake.up(rebuild=True)
    assert lake.bytes() == merged


def test_texts_that_are_as_they_were_are_not_converted_again(lake, monkeypatch):
    for number in range(10, 20):
        lake.put(number)
    lake.up()
    converted = []
    monkeypatch.setattr("jira_crawler.tables.texts.to_markdown", lambda source, _: converted.append(source) or "x")
    lake.put(4, summary="Another one")
    lake.up()
    assert converted == []
    lake.put(5, description=document("Other"))  # in the same month, where others have theirs
    lake.up()
    assert converted == [document("Other")]
    lake.put(4, comment={"comments": [{"id": "22", "body": document("Mine."), "created": at(11)}]})
    lake.up()
    assert document("Mine.") in converted
    monkeypatch.undo()
    assert len(set(lake.column("description").values())) == 2


def test_side_by_side_the_bytes_are_the_same(lake, monkeypatch):
    monkeypatch.setattr("jira_crawler.tables.workers.FEW", 0)
    lake.up()
    alone = lake.bytes()
    lake.up(rebuild=True, processes=2)
    assert lake.bytes() == alone


def test_a_large_month_is_written_in_groups_that_end_at_the_same_rows(lake, monkeypatch):
    monkeypatch.setattr("jira_crawler.tables.parquet.GROUP_ROWS", 7)
    for number in range(100, 130):
        lake.put(number)
    lake.up()
    lake.put(110, summary="Changed")
    lake.up()
    merged = lake.bytes()
    assert pq.ParquetFile(lake.folder / "issues" / "2024-03.parquet").num_row_groups == 5
    lake.up(rebuild=True)
    assert lake.bytes() == merged


# --- names, columns, statuses


def test_a_status_that_is_heard_of_is_told_to_the_months_that_name_it(lake):
    moved = {
        "id": "90",
        "created": at(11),
        "items": [{"field": "status", "from": "1", "fromString": "Open", "to": "77", "toString": "Parked"}],
    }
    for number in range(10, 20):
        lake.put(number, "2024-01")
    lake.payloads[1] = lake.payloads[1] | {"changelog": {"histories": [moved]}}
    lake.put(1, "2024-01")
    lake.up()
    intervals = [row for row in lake.read("status_intervals") if row["status"] == "Parked"]
    assert [(row["issue_id"], row["category"]) for row in intervals] == [(1, None)]
    before = lake.places()
    lake.put(3, "2024-02", status=lake.status("77", "indeterminate", "Parked"))
    lake.up()
    after = lake.places()
    assert {row["category"] for row in lake.read("status_intervals") if row["status"] == "Parked"} == {"indeterminate"}
    assert after["issues/2024-03.parquet"] == before["issues/2024-03.parquet"]
    merged = lake.bytes()
    lake.up(rebuild=True)
    assert lake.bytes() == merged


def test_columns_of_a_site_make_all_months_anew_once(lake):
    lake.up()
    columns = {
        "acme": (
            OwnColumn(Column("points", "number"), "customfield_1"),
            OwnColumn(Column("cf_type", "text"), "customfield_2"),
        )
    }
    result = lake.up(columns=columns)
    assert result.notes == ["Other custom fields are columns of issues now: all months are written anew."]
    assert set(lake.column("points").values()) == {5.0}
    assert set(lake.column("cf_type").values()) == {"Europe / Austria"}
    assert lake.up(columns=columns).files == 0
    assert lake.up().notes  # and back again


def test_statuses_that_count_are_those_of_the_site(lake):
    lake.up()
    result = lake.up(flows={"acme": Flow(frozenset({"open"}), frozenset({"resolved"}))})
    assert result.notes == ["Other statuses count as started or done now: all months are written anew."]
    assert {row["is_started"] for row in lake.read("statuses") if row["status"] == "Open"} == {True}


@pytest.mark.parametrize("redacted", [False, True])
def test_what_is_forgotten_is_in_no_table_and_other_months_stay(lake, redacted):
    lake.up(redacted=redacted)
    before, month = lake.places(), lake.months()
    (found,) = lake.store.erasure.find("1")
    held = rows_about(lake.output, *found.identity)
    assert {"issues", "status_intervals", "issue_versions"} <= held.keys()
    lake.store.erasure.erase(found, 1)
    assert without(lake.output, lake.url, lake.store, "", lambda _: "") == ""
    assert rows_about(lake.output, *found.identity) == {}
    after = lake.places()
    changed = {name.partition("/")[2] for name in before if before[name] != after.get(name)}
    assert len(month) > len(changed - {"all.parquet", "none.parquet"}) == 1
    merged = lake.bytes()
    lake.up(rebuild=True, redacted=redacted)
    assert lake.bytes() == merged


def test_without_tables_there_is_nothing_to_take_an_issue_out_of(tmp_path):
    lake = Lake(tmp_path / "none")
    assert rows_about(lake.output, "acme", "1") == {}
    assert without(lake.output, lake.url, lake.store, "", lambda _: "") == ""
    assert not lake.folder.exists()
    lake.store.close()


def test_a_schema_that_grew_makes_all_months_anew_once_and_says_so(lake):
    lake.up()
    told = json.loads((lake.folder / manifest.NAME).read_bytes())
    (lake.folder / manifest.NAME).write_text(json.dumps(told | {"schema_version": 0}))
    for table in ("issues", "comments"):
        path = lake.folder / table / "2024-01.parquet"
        pq.write_table(pq.read_table(path, partitioning=None).drop_columns(["project"]), path)
    result = lake.up()
    present = f"Their schemas are of version 0, and {VERSION} is the present one: all months are written anew."
    assert result.notes == [present]
    assert result.months == 1  # the others were the same already
    assert lake.up().files == 0


def test_redacted_tables_are_made_of_all_months(lake):
    lake.up()
    assert lake.up(redacted=True).notes == ["They were not redacted: all months are written anew."]
    assert set(lake.column("reporter").values()) == {"user_0"}
    assert b"Ann Ash" not in b"".join(path.read_bytes() for path in lake.folder.rglob("*.parquet"))


# --- what is gone


def test_what_is_gone_says_how_and_leaves_no_children(lake):
    for number in range(10, 20):
        lake.put(number)
    lake.up()
    lake.remove(4, "deleted (status 410)")
    lake.store.progress.verify("acme", "ACME", ["1"], 2)  # another crawl
    lake.remove(5, "hidden from this visitor (status 403)")
    lake.remove(6, "moved to OTHER-6")
    lake.up()
    state = lake.column("availability")
    assert (state[4], state[5], state[6], state[1]) == ("deleted", "access_lost", "moved", "present")
    assert {4, 5, 6}.isdisjoint(lake.column("comment_id", "comments"))
    assert lake.column("summary")[4] is None
    events = {row["issue_id"]: row for row in lake.read("availability_events")}
    assert (events[6]["kind"], events[6]["before"], events[6]["after"], events[6]["evidence"]) == (
        "issue",
        "present",
        "moved",
        "moved to OTHER-6",
    )


def test_half_of_a_project_at_once_is_not_taken_for_deleted(lake):
    for number in range(10, 14):
        lake.put(number, "2024-02")
    lake.up()
    for number in (1, 2, 3, 4):
        lake.remove(number, "deleted or hidden (status 404)")
    lake.up()
    assert {lake.column("availability")[number] for number in (1, 2, 3, 4)} == {"deleted"}  # four of ten
    lake.remove(10, "deleted or hidden (status 404)")  # the same crawl, and now it is half
    lake.up()
    assert {lake.column("availability")[number] for number in (1, 2, 3, 4, 10)} == {"unobserved"}
    assert {row["evidence"] for row in lake.read("availability_events")} == {
        "deleted or hidden (status 404); 5 of 10 issues of the project were gone at once"
    }
    merged = lake.bytes()
    lake.up(rebuild=True)
    assert lake.bytes() == merged


def test_an_issue_that_comes_back_is_present_and_both_are_events(lake):
    lake.up()
    lake.remove(3)
    lake.up()
    lake.put(3, "2024-02")
    lake.up()
    assert lake.column("availability")[3] == "present"
    assert [(row["before"], row["after"]) for row in lake.read("availability_events")] == [
        ("present", "deleted"),
        ("deleted", "present"),
    ]
    assert 3 in lake.column("comment_id", "comments")


def test_children_that_are_gone_leave_their_tables_and_are_events(lake):
    lake.up()
    lake.put(
        4,
        comment={"total": 1, "comments": [{"id": "21", "body": document("More."), "created": at(11)}]},
        issuelinks=[],
        attachment=[],
    )
    lake.up()
    assert [row["comment_id"] for row in lake.read("comments") if row["issue_id"] == 4] == ["21"]
    assert 4 not in lake.column("link_id", "issuelinks")
    told = [(row["kind"], row["child_id"], row["after"]) for row in lake.read("availability_events")]
    assert told == [("attachment", "41", "deleted"), ("comment", "22", "deleted"), ("link", "51", "deleted")]
    versions = [row for row in lake.read("issue_versions") if row["issue_id"] == 4]
    assert [(row["version"], row["n_comments"]) for row in versions] == [(1, 2), (2, 1)]
    assert versions[0]["seen_until"] == versions[1]["seen_from"]


def test_a_table_month_in_which_nothing_is_any_more_goes(lake):
    lake.up()
    lake.put(3, "2024-02", issuelinks=[])
    lake.up()
    assert lake.months("issuelinks") == ["2024-01", "2024-03"]
    merged = lake.bytes()
    lake.up(rebuild=True)
    assert lake.bytes() == merged


def test_an_issue_whose_creation_was_read_wrongly_changes_its_month(lake):
    lake.put(7, created=0)
    lake.up()
    assert lake.months()[-1] == "undated"
    lake.put(7, "2024-02")
    lake.up()
    assert lake.months() == ["2024-01", "2024-02", "2024-03"]
    assert 7 in lake.column("summary")


def test_an_issue_whose_creation_is_read_otherwise_from_the_same_payload_is_there_once(lake):
    lake.put(7, "2024-02")
    row = next(row for chunk in lake.store.chunks(10) for row in chunk if row.number == 7)
    lake.store.save([replace(row, created=0, version="", stage="Validate", reason="beyond us")], {})
    lake.up()
    assert lake.months()[-1] == "undated"
    lake.store.save([row], {})  # which a later version of the program can read
    lake.up()
    merged = lake.bytes()
    assert [each["issue_id"] for each in lake.read("issues")].count(7) == 1
    lake.up(rebuild=True)
    assert lake.bytes() == merged


# --- bad input


def test_issues_whose_ids_are_beyond_all_numbers_are_there_once(lake):
    for number in range(10, 20):
        lake.put(number)
    for number in (10**20, 10**20 + 1):
        lake.put(number, created=when("2024-03"))
        lake.up()
    lake.put(10**20, created=when("2024-03"), summary="Another one")
    lake.up()
    merged = lake.bytes()
    assert sorted(row["summary"] for row in lake.read("issues") if not row["issue_id"]) == [
        "Another one",
        "Page is blank",
    ]
    lake.up(rebuild=True)
    assert lake.bytes() == merged


def test_years_that_nobody_expects_and_a_project_called_con(lake):
    lake.put(7, created=253_402_300_799_000, project="CON")
    lake.put(8, created=0)
    lake.put(9, created=-62_135_596_800_000)
    lake.up()
    assert lake.months() == ["2024-01", "2024-02", "2024-03", "9999-12", "undated"]
    assert {row["project"] for row in lake.read("projects")} == {"ACME", "CON"}
    assert check(lake.folder)[0] == []


def test_a_custom_field_that_changes_its_type_is_no_other_column(lake):
    lake.up()
    lake.put(4, customfield_1="five")
    lake.put(5, customfield_1={"value": "V"})
    lake.up()
    values = {row["issue_id"]: row for row in lake.read("custom_fields") if row["field_id"] == "customfield_1"}
    assert [values[number]["value_text"] for number in (3, 4, 5)] == ["5", "five", "V"]


@pytest.mark.parametrize("harm", ["edited", "cut off", "gone", "another schema", "no parquet"])
def test_a_month_that_is_not_as_it_was_written_is_made_again(lake, harm):
    lake.up()
    whole, path = lake.bytes(), lake.folder / "issues" / "2024-03.parquet"
    table = pq.read_table(path, partitioning=None)
    if harm == "edited":
        pq.write_table(table.slice(1), path)
    elif harm == "cut off":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "gone":
        path.unlink()
    elif harm == "another schema":
        pq.write_table(table.drop_columns(["summary"]), path)
    else:
        path.write_bytes(b"x" * path.stat().st_size)
    wrong, *_ = check(lake.folder)
    assert len(wrong) == 1
    assert wrong[0].startswith("issues/2024-03.parquet ")
    result = lake.up()
    assert [note for note in result.notes if note.startswith("issues/2024-03.parquet ")] == result.notes != []
    assert lake.bytes() == whole
    assert lake.up().notes == []


def test_what_nobody_is_told_of_is_said_and_goes(lake):
    lake.up()
    (lake.folder / "issues" / "1999-01.parquet").write_bytes(b"left over")
    (lake.folder / "issues" / "notes.txt").write_text("mine")
    assert check(lake.folder)[0] == ["issues/1999-01.parquet is not in the manifest."]
    lake.up()
    assert check(lake.folder)[0] == []
    assert (lake.folder / "issues" / "notes.txt").read_text() == "mine"


def test_a_broken_manifest_is_one_sentence_and_rebuilding_mends_it(lake):
    lake.up()
    whole = lake.bytes()
    (lake.folder / manifest.NAME).write_bytes(b"{")
    for refused in (lake.up, lambda: check(lake.folder)):
        with pytest.raises(BadArgument, match="is no manifest of tables, or a broken one"):
            refused()
    lake.up(rebuild=True)
    assert lake.bytes() == whole


def test_tables_of_another_store_or_of_changes_that_are_not_told_are_made_anew(lake, tmp_path):
    lake.up()
    other = Lake(tmp_path / "other")
    other.put(77)
    other.folder.parent.joinpath("tables").mkdir()
    for path in lake.folder.iterdir():
        path.rename(other.folder / path.name)
    assert other.up().notes == ["They were made from another store: all months are written anew."]
    assert list(other.column("summary")) == [77]
    other.put(78)
    other.store.consumers.advance("tables", other.store.changes.latest())
    assert other.up().notes == ["What changed since they were made is not told any more: all months are written anew."]
    assert list(other.column("summary")) == [77, 78]
    other.store.close()


def test_tables_are_made_anew_of_a_store_that_was_put_back_and_went_on(lake):
    lake.up()
    lake.store.close()
    copy = (lake.output / "store.sqlite").read_bytes()
    put_back = Lake(lake.output, payloads=dict(lake.payloads))
    put_back.put(4, summary="Nobody knows of it any more")
    put_back.up()
    put_back.store.close()
    (lake.output / "store.sqlite").write_bytes(copy)
    lake.store = Store(connect(lake.url))
    for number in (1, 2):  # as far as it was, and further
        lake.put(number, "2024-01", summary="Later")
    assert lake.up().notes == ["They are ahead of the store, which is an older one: all months are written anew."]
    assert lake.column("summary")[4] == "Page is blank"


def test_what_changed_is_kept_until_the_tables_have_it(lake):
    lake.up()
    lake.put(4, summary="Later")
    lake.store.consumers.advance("somebody else", lake.store.changes.latest())
    assert [change.id for change in lake.store.changes(manifest.read(lake.folder).through, 10)] == ["4"]


def refused(folder: Path, url: str = "") -> str:
    with pytest.raises(Refused) as caught:
        bring_up(folder, url, redacted=False, processes=1)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_no_store_and_a_later_store_are_one_sentence(tmp_path, lake):
    assert refused(tmp_path / "nothing").startswith("There is no store in ")
    with lake.store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999_unheard_of'"))
    assert "it is of a later version of jira_crawler" in refused(lake.output)


def test_a_store_that_is_not_there_is_not_made_nor_taken_for_an_empty_one(lake):
    lake.up()
    whole, path = lake.bytes(), lake.output / "sotre.sqlite"
    assert refused(lake.output, f"sqlite:///{path}").startswith("There is no store ")
    assert not path.exists()
    assert lake.bytes() == whole


def test_a_folder_that_is_no_lake_is_not_written_to(lake):
    lake.folder.mkdir()
    (lake.folder / "holiday.jpg").write_bytes(b"")
    assert "holds what is no table, such as holiday.jpg" in refused(lake.output)
    assert [path.name for path in lake.folder.iterdir()] == ["holiday.jpg"]
    (lake.folder / "holiday.jpg").unlink()
    lake.folder.rmdir()
    lake.folder.write_bytes(b"a file")
    assert "Tables cannot be written to " in refused(lake.output)
    lake.folder.unlink()
    lake.folder.symlink_to(lake.output)
    assert "is a symbolic link" in refused(lake.output)


def test_what_lies_where_tables_would_is_not_taken_for_ours(lake):
    (lake.folder / "issues").mkdir(parents=True)
    (lake.folder / "issues" / "2024-01.parquet").write_bytes(b"somebody's own")
    assert "holds what is no table, such as issues" in refused(lake.output)
    assert (lake.folder / "issues" / "2024-01.parquet").read_bytes() == b"somebody's own"


def test_a_link_in_the_place_of_a_table_is_not_written_through(lake, tmp_path):
    lake.up()
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "2024-09.parquet").write_bytes(b"somebody's own")
    for path in (lake.folder / "worklogs").iterdir():
        path.unlink()
    (lake.folder / "worklogs").rmdir()
    (lake.folder / "worklogs").symlink_to(tmp_path / "else")
    assert f"{lake.folder / 'worklogs'} is a symbolic link" in refused(lake.output)
    assert [path.name for path in (tmp_path / "else").iterdir()] == ["2024-09.parquet"]


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("issues", "../../store.sqlite"),
        ("issues", "../../2024-01.parquet"),
        ("../..", "2024-01.parquet"),
        ("issues", "2024-13.parquet"),
        ("issues", "0000-01.parquet"),
        ("/etc", "all.parquet"),
    ],
)
def test_a_manifest_that_names_a_file_elsewhere_is_none(lake, table, name):
    lake.up()
    whole, told = lake.bytes(), json.loads((lake.folder / manifest.NAME).read_bytes())
    told["tables"].setdefault(table, {})[name] = {"rows": 1, "bytes": 1, "sha256": "0" * 64}
    (lake.folder / manifest.NAME).write_text(json.dumps(told))
    for refused in (lake.up, lambda: check(lake.folder)):
        with pytest.raises(BadArgument, match="is no manifest of tables, or a broken one"):
            refused()
    lake.up(rebuild=True)
    assert lake.bytes() == whole


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_table_that_a_later_version_has_besides_is_left_alone(lake, rebuild):
    lake.up()
    whole, told = lake.bytes(), json.loads((lake.folder / manifest.NAME).read_bytes())
    shutil.copytree(lake.folder / "worklogs", lake.folder / "field_intervals")
    told["tables"]["field_intervals"] = told["tables"]["worklogs"]
    (lake.folder / manifest.NAME).write_text(json.dumps(told))
    assert check(lake.folder)[0] == []
    lake.put(4)
    lake.up(rebuild=rebuild)
    assert manifest.read(lake.folder).tables.keys() == {*MONTHLY, *SMALL}
    assert {name: each for name, each in lake.bytes().items() if name.startswith("field_intervals/")} == {
        name.replace("worklogs", "field_intervals"): each
        for name, each in whole.items()
        if name.startswith("worklogs/")
    }


def test_a_copy_that_lacks_a_whole_table_is_said_to(lake):
    lake.up()
    shutil.rmtree(lake.folder / "worklogs")
    wrong, *_ = check(lake.folder)
    assert wrong == [f"worklogs/{name}.parquet is not there." for name in ("2024-01", "2024-02", "2024-03", "none")]


def test_a_file_that_is_as_the_manifest_says_and_no_table_is_one_sentence(lake):
    lake.up()
    path = lake.folder / "issues" / "2024-03.parquet"
    path.write_bytes(b"no table\n")
    told = json.loads((lake.folder / manifest.NAME).read_bytes())
    told["tables"]["issues"][path.name] |= {"bytes": 9, "sha256": hashlib.sha256(b"no table\n").hexdigest()}
    (lake.folder / manifest.NAME).write_text(json.dumps(told))
    assert refused(lake.output).startswith(f"Tables cannot be written to {lake.folder}: ")
    lake.up(rebuild=True)
    assert check(lake.folder)[0] == []


def test_a_process_that_is_killed_is_one_sentence(lake, monkeypatch):
    def killed(*_: object) -> None:
        raise BrokenProcessPool("A process in the process pool was terminated abruptly")

    monkeypatch.setattr(Workers, "rebuild", killed)
    assert "a process that wrote them was killed" in refused(lake.output)


def test_two_do_not_write_at_once(lake):
    from jira_crawler.tables.folder import writing

    with writing(lake.folder), pytest.raises(BadArgument, match="Somebody else is writing tables to "):
        lake.up()


def test_a_manifest_of_a_later_version_is_left_alone(lake):
    lake.up()
    told = json.loads((lake.folder / manifest.NAME).read_bytes())
    (lake.folder / manifest.NAME).write_text(json.dumps(told | {"format": 99}))
    with pytest.raises(BadArgument, match="is of a later version of jira_crawler"):
        lake.up()


def test_an_issue_that_no_json_is_has_a_row_that_says_so(lake):
    row = next(row for chunk in lake.store.chunks(10) for row in chunk if row.number == 4)
    lake.store.save(
        [replace(row, number=40, id="40", key="ACME-40", payload=b"{", version="", created=when("2024-03"))], {}
    )
    lake.up()
    assert lake.column("availability")[40] == "unobserved"
