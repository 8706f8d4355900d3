"""What goes wrong, told to who asked for it: a page, or JSON below /api/."""
import errno

from flask import Flask, current_app, g, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError

NO_ROOM = errno.ENOSPC, errno.EDQUOT, errno.EFBIG


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(DBAPIError, not_stored)
    app.register_error_handler(OSError, system_error)


def refused(e: HTTPException):
    # Which methods there are, say, or when to come again.
    headers = [(name, value) for name, value in e.get_headers() if name != "Content-Type"]
    return answer(e.code, e.name, e.description, headers)


def not_stored(e: DBAPIError | OSError):
    """A full disk, a database that is gone: this request is lost, its sender is told, nothing else suffers."""
    current_app.logger.error("nothing was stored: %s", e)
    if "db" in g:
        g.db.rollback()
    # Nobody is greeted by name: that could need the database.
    g.user = None
    return answer(507, "Nothing was saved", "The blog has no room left, or its database does not answer. Please try again later.")


def system_error(e: OSError):
    if e.errno in NO_ROOM:
        return not_stored(e)
    if e.errno is None:  # a server's complaint about a body in chunks that are none
        return refused(BadRequest())
    current_app.logger.exception("an error of the system")
    return refused(InternalServerError())


def answer(code: int, name: str, text: str, headers=()):
    if request.path.startswith("/api/"):
        return {"error": text}, code, [*headers, ("WWW-Authenticate", "Basic realm=blog")] if code == 401 else headers
    return render_template("error.html", code=code, name=name, text=text), code, headers
