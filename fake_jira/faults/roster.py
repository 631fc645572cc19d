"""What happens to the things that issues refer to: versions come, are released, merged and go; projects are renamed."""

from __future__ import annotations

from collections.abc import Callable

from fake_jira.data.changes import Json
from fake_jira.data.corpus import Corpus
from fake_server import BadOption

VERSION_KINDS = ("created", "updated", "released", "unreleased", "deleted")
Announce = Callable[[str, Json], None]


class Roster:
    """Changes are told under the names that a Jira has for them. Issues go on telling of a thing as they did."""

    def __init__(self, corpus: Corpus, api: str) -> None:
        self.corpus, self.api = corpus, api
        self.listeners: list[Announce] = []

    def version(self, kind: str, project: str, name: str, merged_to: str = "") -> Json:
        """A version of a project, by its name; one that is `merged_to` another is deleted, and says so."""
        if kind not in VERSION_KINDS:
            raise BadOption(f"Nothing called {kind!r} happens to versions; there are {', '.join(VERSION_KINDS)}.")
        with self.corpus.lock:
            listed = self.corpus.vocabulary.versions.setdefault(project, [])
            if kind == "created":
                listed.append(self._new(project, name))
            version = self._named(listed, name)
            if kind == "updated":
                version["description"] = f"{version['description']}+"
            elif kind in ("released", "unreleased"):
                version["released"] = kind == "released"
            elif kind == "deleted":
                listed.remove(version)
            told = {"version": dict(version)}
            if merged_to:
                told["mergedTo"] = dict(self._named(listed, merged_to))
            self._tell(f"jira:version_{kind}", told)
            return version

    def rename(self, project: str, name: str) -> Json:
        if not name:
            raise BadOption(f"Project {project} is to get a name.")
        with self.corpus.lock:
            found = self._project(project)
            found["name"] = name
            self._tell(
                "project_updated", {"project": {part: found.get(part) for part in ("self", "id", "key", "name")}}
            )
            return found

    def _new(self, project: str, name: str) -> Json:
        owner = self._project(project)
        number = str(20_000_000 + sum(map(len, self.corpus.vocabulary.versions.values())))
        return {
            "self": f"{self.api}/version/{number}",
            "id": number,
            "description": "",
            "name": name,
            "archived": False,
            "released": False,
            "overdue": False,
            "projectId": int(owner["id"]),
        }

    def _project(self, key: str) -> Json:
        found: Json | None = next(
            (one for one in self.corpus.vocabulary.listed("project") if one.get("key") == key), None
        )
        if found is None:
            raise BadOption(f"There is no project {key} in this sandbox.")
        return found

    def _named(self, versions: list[Json], name: str) -> Json:
        found = next((one for one in versions if one["name"] == name), None)
        if found is None:
            raise BadOption(f"There is no version {name} to change.")
        return found

    def _tell(self, event: str, about: Json) -> None:
        for listen in self.listeners:
            listen(event, about)
