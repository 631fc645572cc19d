"""Issues are refined by an engine: in processes of this machine, by Ray or by Spark, with the same bytes from each.

`refining` makes a `job` of each range of a source, and gives what became of each issue to whoever has the store. An
engine (`local`, `ray`, `spark`, chosen in `engine`) brings each job to a worker, whose `work` leaves a shard and a
sidecar in `shards`. `code` tells whether a worker would refine as this machine does, `sources` opens what is read.
"""
