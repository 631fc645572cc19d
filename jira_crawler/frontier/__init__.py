"""Where requests wait until what they brought is settled: at least once, in memory or on disk.

A request is leased when it goes out and leaves only when its callback has come to its end and everything that it
yielded is committed. Whatever a crash interrupts is asked again; the store makes nothing of what it knows already.
"""

from __future__ import annotations

# Sent by whoever makes items durable, as soon as they are.
committed = object()
# Sent by a frontier when requests have left it, with `floors`: the lowest creation time still to be walked, by project.
acknowledged = object()

# Keys of a request's meta.
LEASE = "lease"  # which row of the frontier this is
ASKED = "asked"  # the number of a question in this process
FLEETING = "fleeting"  # asked anew by every run, so not worth keeping
OURS = "ours"  # asks nobody: its callback goes through what we hold
MARK = "mark"  # tells apart questions with the same address
SAME = "same"  # tells which questions are the same whatever their addresses
DIVISIBLE = "divisible"  # it can be asked in smaller parts: it need not be tried often
ONCE = "once"  # if it takes too long, it does so the next time
FLOOR = "floor"  # [project, ms]: what was created before is listed once this request is settled
GAVE_UP = "gave_up"  # the sentence with which its callback gave up: kept, and tried again by the next run
