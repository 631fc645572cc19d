"""An engine refines issues, makes months of tables or reads feeds for exports, the same bytes from each.

`refining` makes a `job` of each range of a source, and gives what became of each issue to whoever has the store;
`months` makes a `month_job` of each month, `readings` a `reading_job` of each stretch of a feed. An engine (`local`,
`ray`, `spark`, chosen in `choice`) brings each job to a worker, whose `work` leaves a shard and a sidecar in `shards`.
`code` tells whether a worker would work as this machine does, `sources` opens what is read.
"""
