"""The chain that every issue goes through, in the order of ITEM_PIPELINES, wherever it is refined.

A step makes of a `Draft` the next one, or drops the issue; `chain` composes the steps that a `Policy` names; what comes
of it is an `Outcome`. A live crawl has each step inside a Scrapy pipeline; a replay, a merge and whoever calls
`refine_chunk` run the same steps without Scrapy. Only who stays of duplicates is said later, by whoever has the store.
"""
