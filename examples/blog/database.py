"""Opens the database that a URL names and makes its tables. What is wrong with it is told in one line, without its password."""
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from models import Base
from settings import Problem


def open_database(url: str) -> Engine:
    try:
        engine = create_engine(make_url(url))
    except ArgumentError as e:  # no URL at all, or no such kind of database
        raise Problem(f"DATABASE_URL is of no use: {e}") from None
    except ImportError as e:
        raise Problem(f"DATABASE_URL needs a driver that is not installed: {e}. Perhaps:  pip install {e.name}") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", prepare_sqlite)
    try:
        Base.metadata.create_all(engine)
    except DBAPIError as e:
        raise Problem(f"The database {engine.url} cannot be used: {' '.join(str(e.orig).split())}") from None
    return engine


def prepare_sqlite(connection, record) -> None:
    """Readers and a writer at the same time, writers that wait for each other, foreign keys that are kept."""
    for setting in "journal_mode = wal", "busy_timeout = 5000", "foreign_keys = on":
        connection.execute(f"PRAGMA {setting}").close()
