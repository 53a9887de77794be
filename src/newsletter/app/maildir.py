"""A Maildir that returned mail is put into: each mail is taken, then lies among the read ones, for people to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from newsletter.app.taking import FAILED, taken
from newsletter.deliver.feedback.mime import MOST_BYTES
from newsletter.errors import NewsletterError

AT_ONCE = 500  # mails a look
SEEN, FLAGGED = ":2,S", ":2,FS"  # maildir(5): read; read, and a person should look at it


class Maildir:
    """A Maildir (`new/`, `cur/`). `take` does what a mail asks for and says what that was."""

    def __init__(self, path: Path, take: Callable[[bytes], str]) -> None:
        self._path = path
        self._take = take

    def look(self) -> Counter[str]:
        """Take what is new; how often what was done. Raises NewsletterError where the folder cannot be read.

        A mail that cannot be made sense of is flagged and never stops the others; where the database cannot be written,
        what is left stays new.
        """
        done: Counter[str] = Counter()
        for file in _new(self._path)[:AT_ONCE]:
            try:
                what = taken(partial(self._taken, file), file.name)
            except FileNotFoundError:
                continue  # somebody else took it
            _put_away(file, self._path, FLAGGED if what == FAILED else SEEN)
            done[what] += 1
        return done

    def _taken(self, file: Path) -> str:
        return self._take(_read(file))

    def find(self, message_id: str) -> bytes | None:
        """The mail with a Message-ID, read or not, if it came. Raises NewsletterError."""
        read = self._path / "cur"
        newest = sorted([*_new(self._path), *(read.glob("*") if read.is_dir() else ())], reverse=True)
        with suppress(OSError):
            for file in newest[:AT_ONCE]:
                if message_id.encode() in (raw := _read(file)):
                    return raw
        return None

    def waiting(self) -> int:
        """How many mails wait. Raises NewsletterError where the folder cannot be used."""
        found = _new(self._path)
        probe = self._path / "cur" / ".newsletter"
        try:
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise _unusable(probe.parent, error) from error
        return len(found)


def _new(path: Path) -> list[Path]:
    folder = path / "new"
    try:
        return sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    except OSError as error:
        raise _unusable(folder, error) from error


def _put_away(file: Path, path: Path, flags: str) -> None:
    try:
        file.rename(path / "cur" / f"{file.name.partition(':')[0]}{flags}")
    except OSError as error:
        raise _unusable(path / "cur", error) from error


def _unusable(folder: Path, error: OSError) -> NewsletterError:
    return NewsletterError(
        f"mail.feedback.path: {folder} cannot be used: {error.strerror}; it is to be a Maildir (with new/ and cur/) "
        "that the user who runs newsletter may read and write"
    )


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES)
