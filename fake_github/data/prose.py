"""Words for made-up titles and texts: the same seed writes the same ones."""

from __future__ import annotations

from random import Random

from fake_github.data.model import User


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN = [
    "Alba",
    "Bjarne",
    "Celia",
    "Dario",
    "Edda",
    "Fabio",
    "Gesa",
    "Henrik",
    "Ilse",
    "Jorge",
    "Kaisa",
    "Luca",
    "Mirja",
    "Nuno",
    "Oda",
    "Pavel",
]
_FAMILY = [
    "Aalto",
    "Brandao",
    "Cernik",
    "Dahl",
    "Esposito",
    "Farkas",
    "Gruber",
    "Holm",
    "Ivanova",
    "Juhl",
    "Keller",
    "Lund",
]
_PARTS = [
    "parser",
    "scheduler",
    "cache",
    "encoder",
    "router",
    "broker",
    "index",
    "planner",
    "writer",
    "loader",
    "shell",
    "session",
]
_THINGS = [
    "offset",
    "header",
    "token",
    "cursor",
    "buffer",
    "lock",
    "segment",
    "timestamp",
    "checksum",
    "quota",
    "lease",
    "snapshot",
]
_VERBS = [
    "drops",
    "duplicates",
    "ignores",
    "truncates",
    "leaks",
    "reorders",
    "swallows",
    "overflows",
    "blocks",
    "forgets",
]
_MOMENTS = (
    "after a restart",
    "when the disk is full",
    "with an empty input",
    "under load",
    "on the second call",
    "when two clients connect at once",
    "behind a proxy",
    "once the limit is reached",
)
_REMARKS = (
    "I can reproduce this on the current branch.",
    "Could you attach the log of the run in which it happened?",
    "The reason seems to be that the state is read before it is written.",
    "Thanks, that explains what we saw last week.",
    "A test for this would be good before we touch it.",
    "This also happens with the smallest configuration that we ship.",
    "I would rather not change the default for everybody.",
)
_REVIEWS = (
    "Please give this a name that says what it holds.",
    "This can be empty here, and then the loop never ends.",
    "Is there a test that fails without this line?",
    "I think the lock has to be taken before this is read.",
    "Nit: the comment repeats the code.",
    "Why is this not done where the value is made?",
)


class Writer:
    """Draws words from a chance."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def pick(self, choices: tuple[str, ...] | list[str]) -> str:
        return choices[self.chance.randrange(len(choices))]

    def trouble(self) -> str:
        """A title of something that is wrong."""
        part, thing = self.pick(_PARTS), self.pick(_THINGS)
        return f"{part.capitalize()} {self.pick(_VERBS)} the {thing} {self.pick(_MOMENTS)}"

    def change(self) -> str:
        """A title of a change that belongs to no issue."""
        return f"{self.pick(['Rename', 'Split', 'Document', 'Simplify'])} the {self.pick(_PARTS)} {self.pick(_THINGS)}"

    def report(self, title: str) -> str:
        """The body of an issue."""
        number = self.chance.randrange(10, 900)
        return (
            f"{title}.\n\n### Steps\n\n1. Start the {self.pick(_PARTS)} with `--{self.pick(_THINGS)} {number}`\n"
            f"2. Wait until it has read {number} entries\n\n"
            f"```\nerror: {self.pick(_THINGS)} {number} is not there\n```\n\n"
            f"I expected it to go on. {self.pick(_REMARKS)}"
        )

    def remedy(self) -> str:
        """What a pull request says that it does."""
        return (
            f"The {self.pick(_PARTS)} kept its {self.pick(_THINGS)} for too long. It is now let go "
            f"{self.pick(_MOMENTS)}, and a test says so."
        )

    def remark(self) -> str:
        return self.pick(_REMARKS)

    def review(self) -> str:
        return self.pick(_REVIEWS)

    def path(self) -> str:
        """A file of the project, sometimes a test."""
        part = self.pick(_PARTS)
        return f"tests/test_{part}.py" if self.chance.random() < 0.3 else f"src/{part}/{self.pick(_THINGS)}.py"

    def hunk(self, line: int) -> str:
        """A hunk of a diff."""
        thing, other = self.pick(_THINGS), self.pick(_THINGS)
        head = f"@@ -{line},3 +{line},4 @@ def {thing}(self):\n     self.{other} = None\n"
        return f"{head}-    return {thing}\n+    {thing}.close()\n+    return {thing}"

    def sha(self) -> str:
        return f"{self.chance.getrandbits(160):040x}"


def people(chance: Random) -> list[User]:
    """Sixteen people with logins that are not their names, and profile names."""
    found = []
    for number, given in enumerate(_GIVEN):
        family = _FAMILY[number % len(_FAMILY)]
        login = f"{given[0]}{family}{chance.randrange(10, 99)}".lower()
        found.append(User(1000 + number, login, f"{given} {family}"))
    return found


BOT = User(9001, "bumper[bot]", kind="Bot")
