-- Views over the tables, for DuckDB: run it in the folder that holds `tables`, as in
--   duckdb -init tables/views.sql
-- Every path is relative to that folder. All times are in UTC; what goes on is measured up to now().

CREATE OR REPLACE VIEW issues AS SELECT * FROM read_parquet('tables/issues/*.parquet');
CREATE OR REPLACE VIEW comments AS SELECT * FROM read_parquet('tables/comments/*.parquet');
CREATE OR REPLACE VIEW changelog AS SELECT * FROM read_parquet('tables/changelog/*.parquet');
CREATE OR REPLACE VIEW attachments AS SELECT * FROM read_parquet('tables/attachments/*.parquet');
CREATE OR REPLACE VIEW issuelinks AS SELECT * FROM read_parquet('tables/issuelinks/*.parquet');
CREATE OR REPLACE VIEW remote_links AS SELECT * FROM read_parquet('tables/remote_links/*.parquet');
CREATE OR REPLACE VIEW worklogs AS SELECT * FROM read_parquet('tables/worklogs/*.parquet');
CREATE OR REPLACE VIEW custom_fields AS SELECT * FROM read_parquet('tables/custom_fields/*.parquet');
CREATE OR REPLACE VIEW sla_cycles AS SELECT * FROM read_parquet('tables/sla_cycles/*.parquet');
CREATE OR REPLACE VIEW status_intervals AS SELECT * FROM read_parquet('tables/status_intervals/*.parquet');
CREATE OR REPLACE VIEW issue_flow AS SELECT * FROM read_parquet('tables/issue_flow/*.parquet');
CREATE OR REPLACE VIEW issue_versions AS SELECT * FROM read_parquet('tables/issue_versions/*.parquet');
CREATE OR REPLACE VIEW availability_events AS SELECT * FROM read_parquet('tables/availability_events/*.parquet');
CREATE OR REPLACE VIEW pull_requests AS SELECT * FROM read_parquet('tables/pull_requests/*.parquet');
CREATE OR REPLACE VIEW reviews AS SELECT * FROM read_parquet('tables/reviews/*.parquet');
CREATE OR REPLACE VIEW review_comments AS SELECT * FROM read_parquet('tables/review_comments/*.parquet');
CREATE OR REPLACE VIEW closings AS SELECT * FROM read_parquet('tables/closings/*.parquet');
CREATE OR REPLACE VIEW fields AS SELECT * FROM read_parquet('tables/fields/*.parquet');
CREATE OR REPLACE VIEW statuses AS SELECT * FROM read_parquet('tables/statuses/*.parquet');
CREATE OR REPLACE VIEW projects AS SELECT * FROM read_parquet('tables/projects/*.parquet');
CREATE OR REPLACE VIEW commits AS SELECT * FROM read_parquet('tables/commits/*.parquet');
CREATE OR REPLACE VIEW labels AS SELECT * FROM read_parquet('tables/labels/*.parquet');
CREATE OR REPLACE VIEW milestones AS SELECT * FROM read_parquet('tables/milestones/*.parquet');
CREATE OR REPLACE VIEW links AS SELECT * FROM read_parquet('tables/links/*.parquet');
CREATE OR REPLACE VIEW pairs AS SELECT * FROM read_parquet('tables/pairs/*.parquet');

CREATE OR REPLACE VIEW jira_issues AS SELECT * FROM issues;
CREATE OR REPLACE VIEW jira_comments AS SELECT * FROM comments;
CREATE OR REPLACE VIEW jira_attachments AS SELECT * FROM attachments;
CREATE OR REPLACE VIEW jira_changelog AS SELECT * FROM changelog;
CREATE OR REPLACE VIEW jira_issuelinks AS SELECT * FROM issuelinks;
CREATE OR REPLACE VIEW jira_remote_links AS SELECT * FROM remote_links;

-- The issues that the tracker still shows.
CREATE OR REPLACE VIEW "current" AS
SELECT * FROM issues WHERE availability IN ('present', 'archived');

-- What is not done, how old it is, and which service level runs out first; a clock that stands still has no rest.
CREATE OR REPLACE VIEW open_now AS
WITH running AS (
    SELECT site, issue_id, arg_min(name, breach_at) AS sla, min(breach_at) AS breach_at
    FROM sla_cycles
    WHERE state = 'ongoing' AND NOT coalesce(paused, false) AND breach_at IS NOT NULL
    GROUP BY site, issue_id
)
SELECT
    i.site, i.issue_id, i.issue_key, i.project, i.type, i.status, i.priority, i.assignee, i.summary, i.created,
    i.updated, epoch(now() - i.created) AS age_s, r.sla, r.breach_at, epoch(r.breach_at - now()) AS sla_remaining_s
FROM "current" i
LEFT JOIN issue_flow f USING (site, issue_id)
LEFT JOIN running r USING (site, issue_id)
WHERE f.done_at IS NULL AND i.resolved IS NULL;

CREATE OR REPLACE VIEW time_in_status AS
SELECT
    site, issue_id, issue_key, project, status, category, count(*) AS visits,
    sum(coalesce(seconds, epoch(now() - valid_from))) AS seconds
FROM status_intervals
WHERE valid_from <= now()
GROUP BY ALL;

-- How many issues of a project were in each status at the end of each day: a cumulative flow diagram.
CREATE OR REPLACE VIEW cfd_daily AS
WITH steps AS (
    SELECT site, project, status, category, CAST(valid_from AT TIME ZONE 'UTC' AS DATE) AS day, 1 AS n
    FROM status_intervals WHERE valid_from <= now()
    UNION ALL
    SELECT site, project, status, category, CAST(valid_until AT TIME ZONE 'UTC' AS DATE), -1
    FROM status_intervals WHERE valid_from <= now() AND valid_until <= now()
),
daily AS (SELECT site, project, status, category, day, sum(n) AS n FROM steps GROUP BY ALL),
spans AS (SELECT site, project, status, category, min(day) AS first_day FROM daily GROUP BY ALL),
days AS (
    SELECT site, project, status, category,
        CAST(unnest(generate_series(first_day, CAST(now() AT TIME ZONE 'UTC' AS DATE), INTERVAL 1 DAY)) AS DATE) AS day
    FROM spans
)
SELECT
    d.day, d.site, d.project, d.status, d.category,
    CAST(sum(coalesce(n.n, 0)) OVER (
        PARTITION BY d.site, d.project, d.status, d.category ORDER BY d.day
    ) AS BIGINT) AS issues
FROM days d LEFT JOIN daily n
    ON n.site = d.site AND n.project = d.project AND n.status = d.status AND n.day = d.day
    AND n.category IS NOT DISTINCT FROM d.category;

CREATE OR REPLACE VIEW throughput_weekly AS
SELECT
    site, project, CAST(date_trunc('week', done_at AT TIME ZONE 'UTC') AS DATE) AS week, count(*) AS done
FROM issue_flow WHERE done_at IS NOT NULL
GROUP BY ALL;

CREATE OR REPLACE VIEW cycle_time_percentiles AS
SELECT
    f.site, f.project, i.type, count(*) AS issues, quantile_cont(cycle_s, 0.5) AS p50_s,
    quantile_cont(cycle_s, 0.85) AS p85_s, quantile_cont(cycle_s, 0.95) AS p95_s
FROM issue_flow f JOIN issues i USING (site, issue_id)
WHERE cycle_s IS NOT NULL
GROUP BY ALL;

CREATE OR REPLACE VIEW wip_age AS
SELECT
    i.site, i.issue_id, i.issue_key, i.project, i.status, i.assignee, f.started_at,
    epoch(now() - f.started_at) AS age_s
FROM "current" i JOIN issue_flow f USING (site, issue_id)
WHERE f.started_at IS NOT NULL AND f.done_at IS NULL;

-- Goals that were missed, also by what still runs. A clock that is paused has no time at which it runs out, and one that
-- was over its goal before is missed all the same.
CREATE OR REPLACE VIEW sla_breaches AS
SELECT site, issue_id, issue_key, project, sla_id, name, cycle, state, start_at, stop_at, breach_at, goal_ms
FROM sla_cycles
WHERE breached OR (state = 'ongoing' AND NOT coalesce(paused, false) AND breach_at < now());

CREATE OR REPLACE VIEW reopened AS
SELECT i.site, i.issue_id, i.issue_key, i.project, i.status, i.assignee, f.reopened
FROM issues i JOIN issue_flow f USING (site, issue_id)
WHERE f.reopened > 0;

-- Issues of which the tracker would not give a list in full.
CREATE OR REPLACE VIEW cut_lists AS
SELECT site, issue_id, issue_key, project, unnest(cut) AS list FROM issues;

-- When something of a project changed last, and when we fetched last what was new to us.
CREATE OR REPLACE VIEW freshness AS
SELECT
    site, project, count(*) AS issues, max(updated) AS last_updated, max(fetched_at) AS last_fetched,
    count(*) FILTER (WHERE availability NOT IN ('present', 'archived')) AS unavailable
FROM issues
GROUP BY ALL;

-- How long pull requests were open, and how large they are; sizes that nobody told are NULL, not 0.
CREATE OR REPLACE VIEW pull_request_sizes AS
SELECT
    i.site, i.issue_id, i.issue_key, i.project, i.milestone, i.reporter, i.created, p.merged_at, p.closed_at,
    p.merged_at IS NOT NULL AS merged, epoch(coalesce(p.closed_at, now()) - i.created) AS open_s,
    p.additions + p.deletions AS lines, p.changed_files, p.landed_how, p.landed_at
FROM "current" i JOIN pull_requests p USING (site, issue_id);
