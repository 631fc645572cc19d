"""Which place an address of a snapshot means."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.snapshot.place import Place

_URL: Final = re.compile(r"(?:s3|s3a|gs|az|abfs)://[^\s/]+\S*")


def place(address: str, environment: Callable[[str], str]) -> Place:
    """Finds the place of an address; raises BadArgument for what is no folder and no URL of an object store."""
    if _URL.fullmatch(address):
        if "@" in address.partition("://")[2].partition("/")[0]:
            raise BadArgument("The address of a snapshot holds no user or password: put them into the environment.")
        from jira_crawler.snapshot.bucket import Bucket

        return Bucket(address, environment)
    if "://" in address or not address.strip() or "\x00" in address:
        raise BadArgument("A snapshot is in a folder, or at s3://BUCKET/PATH, or gs:// or az://, and nowhere else.")
    from jira_crawler.snapshot.folder import Folder

    return Folder(Path(address))
