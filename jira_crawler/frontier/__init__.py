"""Where tasks wait until what they brought is committed: at least once, in memory, on disk or in Redis.

A task is leased when it is asked and leaves only when all that came of it is durable. Whatever a crash interrupts is
asked again; the store makes nothing of what it knows already.
"""
