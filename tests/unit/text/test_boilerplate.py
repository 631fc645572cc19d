from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.text.boilerplate import strip_boilerplate, without_boilerplate
from jira_crawler.text.normalise import normalise

HEADER = "From: Ann Lee\nSent: Monday, 3 May\nTo: list@example.org\nSubject: RE: pump\n\nIt stops at noon."
DISCLAIMER = (
    "This e-mail and its attachments are confidential and intended solely for the addressee. If you are not the "
    "intended recipient of this message, please delete it and tell the sender at once. Thank you."
)

TAILS = [
    "On Mon, Jan 2, 2012 at 3:04 PM, Ann Lee <ann@example.org> wrote:\n\n> first\n>\n> second",
    "On Mon, Jan 2, 2012 at 3:04 PM, Ann Lee (JIRA) <\njira@example.org> wrote:\n> first",
    "Am 02.01.2012 um 15:04 schrieb Ann Lee:\n\n> erstens",
    "Le 2 janvier 2012, Ann Lee a écrit :\n> d'abord",
    "-----Original Message-----\n" + HEADER,
    "---- Original Message ----\n" + HEADER,
    HEADER,
    "**From:** Ann Lee\n**Sent:** Monday\n**To:** all\n\nIt stops at noon.",
    "--\nAnn Lee\nACME Pumps Ltd.\nhttps://acme.example",
    "Best regards,\nAnn Lee",
    "Thanks!\n\nann",
    "Kind regards,\nAnn Lee\nSenior Engineer, Acme Pumps\nPhone: +1 (479) 555-0142\nwww.acme.example",
    "Mit freundlichen Grüßen\n\nAnn Lee",
    "Sent from my iPhone",
    "Sent from Yahoo! Mail on Android",
    "Get [Outlook for iOS](https://aka.example)",
    DISCLAIMER,
    "--\nThis is an automated message from the Apache Git Service.\nTo respond, log on.\n\nTo unsubscribe, e-mail: x@y",
    "---\nIf your project is set up for it, you can reply to this email and have your\nreply appear on GitHub as well."
    "\ncontact infrastructure or file a JIRA ticket\nwith INFRA.\n---",
    "You can merge this pull request into a Git repository by running:\n\n$ git pull https://x.example/y\n\nMore",
    "Sending src/Pump.java\nAdding src/PumpTest.java\nTransmitting file data ..\nCommitted revision 4711.",
    "Sending        src/Pump.java\nTransmitting file data .done\nCommitting transaction...\nCommitted revision 4711.",
    "Author: ann\nDate: Tue Apr 7 13:54:37 2015\nNew Revision: 4711\n\nURL: http://svn.example/r4711\nLog:\nFixed.",
]


@pytest.mark.parametrize("tail", TAILS)
def test_what_a_program_adds_below_goes_and_the_words_stay(tail: str) -> None:
    assert strip_boilerplate(f"Fine by me, I shall try it.\n\n{tail}") == "Fine by me, I shall try it."


GENERATED = [
    "Integrated in Pumps-trunk #123 (See https://ci.example/job/Pumps-trunk/123/)\n    PUMP-1. Fix it (Revision 4711)"
    "\n\nResult = SUCCESS\nann : https://svn.example/r4711\nFiles :\n\n- /pump/Pump.java",
    "SUCCESS: Integrated in Jenkins build Pumps-trunk #14 (See https://ci.example/14/)\nPUMP-1 (ann: rev a)\n\n- x.c",
    "-1 overall.  Here are the results of testing the latest attachment\n  https://x.example/pump.patch\n  against"
    " trunk revision 17.\n\n+1 @author.  The patch does not contain tags.\n\nThis message is automatically generated.",
    "| ❌ **-1 overall** |\n| --- |\n\n| Vote | Subsystem | Runtime | Comment |\n| --- | --- | --- | --- |\n"
    "| 0 | reexec | 0m 17s | Docker |\n\n| Subsystem | Report/Notes |\n| --- | --- |\n\n"
    "This message was automatically generated.",
    "Here are the results of testing the latest attachment:\nhttps://x.example/pump.patch\n\nERROR: -1 due to tests\n\n"
    "This message is automatically generated.\n\nATTACHMENT ID: 12345 - PreCommit-PUMP-Build",
    "Commit 1234567 from @ann in branch 'pumps/trunk'\nhttps://svn.example/r1234567\n\nPUMP-1 renew the lease",
    "Commit abcdef1234 in pumps's branch refs/heads/master from Ann\n[ https://git.example/abcdef1 ]\n\nPUMP-1",
    "Github user ann closed the pull request at:\n\nhttps://github.com/acme/pumps/pull/2",
    "User 'ann' has created a pull request for this issue:\nhttps://github.com/acme/pumps/pull/2",
    "This message was automatically generated.",
    "This issue has been automatically marked as stale because nobody wrote for 90 days.",
    "Created an attachment (id=4711)",
    "[Ann](https://gitlab.example/ann) mentioned this issue in [a commit of acme/pumps](https://gitlab.example/c/1)",
]


@pytest.mark.parametrize("text", GENERATED)
def test_a_comment_that_only_a_program_wrote_has_no_own_words(text: str) -> None:
    assert strip_boilerplate(text) == ""


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (
            "GitHub user ann opened a pull request:\n\nhttps://x.example/pull/2\n\nRenews the lease.\n\nYou can merge"
            " this pull request into a Git repository by running:\n\n$ git pull",
            "Renews the lease.",
        ),
        (
            "ann commented on PR #12:\nURL: https://github.com/acme/pumps/pull/12\n\nLooks good\n\n--\n"
            "This is an automated message from the Apache Git Service.\nTo respond, log on.",
            "Looks good",
        ),
        (
            "---\n\nThis is an automatically generated e-mail. To reply, visit:\nhttps://reviews.example/r/1/\n\n---\n\n"
            "Ship it!",
            "Ship it!",
        ),
        ("Created an attachment (id=12)\nPatch with a test", "Patch with a test"),
        ("Sending a.java\nTransmitting file data .\nCommitted revision 7.\n\nPlease try.", "Please try."),
    ],
)
def test_in_a_mixed_comment_only_the_generated_part_goes(text: str, own: str) -> None:
    assert strip_boilerplate(text) == own


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Submitted to trunk r12345, thank you.",
        "Committed revision 4711.",
        "Sending mails fails\nSending x",
        "Commit abc1234 in branch main broke this, I think.",
        "Integrated in trunk, see the notes.",
        "I opened a pull request: https://github.com/acme/pumps/pull/2",
        "The build -1 overall is wrong.",
        "As Ann wrote:\n\n> the pump stops\n\nI see that too.",
        "You wrote:\n\nThere is no way.",
        "On Mon, Jan 2, 2012 Ann wrote:\n\n> first\n\nNo, second.",
        "On Monday the log said this\n> lease gone",
        "From the mailing list:\n\n" + HEADER,
        HEADER,
        "> quoted\n\nanswer",
        "First part.\n\n--\n\nSecond part, as long as the first one was.",
        "Options are\n--\nverbose: print everything that happens to the screen.",
        "We sent from my machine to yours.\nSent from my machine it takes an hour, and then the pump stops. Why is "
        "that so, when the same thing takes two seconds if it is sent from any other one?",
        "Is the message confidential? The intended recipient gets an e-mail.",
        "```\nSending a.java\nTransmitting file data .\nCommitted revision 7.\n```",
        "```\nIntegrated in x #1 (See y)\n```",
        "~~~\n-1 overall\n~~~\nWhy?",
        "```\nOn 1 Jan Ann wrote:\n> a\n```",
    ],
)
def test_the_words_of_people_stay(text: str) -> None:
    assert strip_boilerplate(text) == text


def test_a_report_loses_footers_only() -> None:
    assert without_boilerplate(f"The pump stops.\n\n{DISCLAIMER}\n\nSent from my iPhone") == "The pump stops."
    assert without_boilerplate(HEADER) == HEADER
    assert without_boilerplate(GENERATED[0]) == GENERATED[0]
    assert without_boilerplate("Sent from my iPhone") == "Sent from my iPhone"


_PIECES = st.sampled_from(
    [
        *TAILS,
        *GENERATED,
        "I see.",
        "\n",
        "\n\n",
        "```\n",
        "~~~\n",
        "> ",
        "--\n",
        "On 1 Ann wrote:\n",
        "From: x\n",
        "word ",
    ]
)


@given(st.lists(_PIECES | st.text(max_size=5), max_size=8).map("".join).map(normalise))
def test_nothing_is_added_and_no_word_is_new(text: str) -> None:
    for clean in (strip_boilerplate, without_boilerplate):
        assert set(clean(text).split()) <= set(text.split())


@given(st.lists(st.sampled_from(["a b. ", "\n", "\n\n", "- ", "> ", "--", "```\n", "wrote:", "#1"])).map("".join))
def test_text_without_any_mark_of_programs_is_returned_as_it_is(text: str) -> None:
    assert strip_boilerplate(text) == text or "\n--\n" in text
