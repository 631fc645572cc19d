"""An engine refines issues or makes months of tables: processes here, Ray or Spark, the same bytes from each.

`refining` makes a `job` of each range of a source, and gives what became of each issue to whoever has the store;
`months` makes a `month_job` of each month. An engine (`local`, `ray`, `spark`, chosen in `choice`) brings each job to a
worker, whose `work` leaves a shard and a sidecar in `shards`. `code` tells whether a worker would work as this machine
does, `sources` opens what is read.
"""
