"""What the environment decides: where the data lies, which database, the key that signs the cookies.

BLOG_FOLDER   holds pictures/, secret_key and, without DATABASE_URL, blog.db; by default Flask's instance folder, beside the program
DATABASE_URL  any database that SQLAlchemy has a driver for
SECRET_KEY    without one a key is made at the first start and kept in the folder
"""
import os
import secrets
from pathlib import Path

from click import ClickException

KEY_LENGTH = 16


class Problem(ClickException, RuntimeError):
    """What keeps the blog from starting, in one line: `flask` shows a ClickException so, gunicorn a RuntimeError."""


def data_folder(default: str) -> Path:
    folder = Path(os.environ.get("BLOG_FOLDER") or default).absolute()
    try:
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise Problem(f"The blog cannot keep its data in {folder}: {e.strerror}") from None
    return folder


def database_url(folder: Path) -> str:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'blog.db'}"
    # The form that hosting services still hand out.
    return url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url


def secret_key(folder: Path) -> str:
    if (key := os.environ.get("SECRET_KEY")) is not None:
        source = "SECRET_KEY"
    else:
        source = folder / "secret_key"
        try:
            keep_new_key(source)
            key = source.read_text()
        except OSError as e:
            raise Problem(f"There is no SECRET_KEY, and {source} cannot keep one: {e.strerror}") from None
    if len(key) < KEY_LENGTH:
        raise Problem(f"{source} has fewer than {KEY_LENGTH} characters. A good key:  python -c 'import secrets; print(secrets.token_hex())'")
    return key


def keep_new_key(file: Path) -> None:
    """The first of several processes that start together wins, and none sees half a key: the name appears with the whole content."""
    if file.exists():
        return
    draft = file.with_name(f".key-{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write(secrets.token_hex())
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
