"""Words that are said in any thread whatever it is about: they make no answer.

The first are small words of English, the rest move tickets, merge, test and thank.
"""

from __future__ import annotations

from typing import Final

_SMALL: Final = """
a about above after again all already also am an and any are as at back be because been before being below but by
can could did do does done for from get got had has have he hello her here hey hi his how i if in into is it its
just know let like ll m make may me might more most my need needs no not now of off ok okay on once one only or our
out over per please pls re s same see seems she should so some soon still such sure t than that the their them then
there these they this those thx to too try up us ve very was we were what when where which while who why will with
would yes yet you your
"""
_BUSY: Final = """
accidentally added affected agreed appreciate approve approved asap assign assigned assigning attach attached
attaching attachment available awesome backport backported backporting branch build bump cc cherry ci clean cleaning
clone close closed closes closing code comment comments commit commits committed committing complete completed
confirm confirmed correct correctly cr created days description discussed dupe duplicate duplicated duplicates edit
error eta everyone expected file files final fine fix fixed fixes fixing folks follow following followup forward fr
ft functional further github go good great guys happy help hope incorrect info information internal invalid issue
issues jira job latest lgtm link linked links log logged longer look looking looks main master merge merged merges
merging mistake month months move moved moving new news next nice older open opened original passed passes passing
patch patches pending pick picked pr progress prs public pull push pushed qa qe r ready reassign reassigned
reassigning release released remaining removed removing reopen reopened reopening report reported reporter request
requests resolve resolved resolves resolving retest review reviewed reviewer reviewing reviews revision sample
screenshot screenshots sir sorry sounds sprint stale status steps story submitted subtask take team test tested
testing tests thank thanks ticket tickets time today tomorrow trunk update updated updates updating uploaded valid
verification verified verify verifying version waiting week weeks wip wontfix work worked working works wrong x year
yesterday
"""
ROUTINE: Final = frozenset((_SMALL + _BUSY).split())
