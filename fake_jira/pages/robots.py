"""Which pages robots may read → robots.txt, as Jira brings it, with what its owner adds."""

from __future__ import annotations

from fake_jira.exchange import Answer

_USUAL = ("/sr/", "/si/", "/charts", "/secure/ConfigureReport.jspa", "/secure/attachmentzip/", "/login.jsp")


def robots(access: str, delay: float) -> Answer:
    """`access` is allow, disallow (of issue pages), or none for a site without the file; `delay` in seconds."""
    if access == "none":
        return Answer(b"Not Found", 404, content_type="text/plain;charset=UTF-8")
    lines = ["# robots.txt for Jira", "User-agent: *"]
    lines += [f"Crawl-delay: {delay:g}"] if delay else []
    lines += [f"Disallow: {path}" for path in (*_USUAL, *(("/browse/",) if access == "disallow" else ()))]
    return Answer(("\n".join(lines) + "\n").encode(), content_type="text/plain;charset=UTF-8")
