"""A small blog on Flask and SQLAlchemy. README.md says how it is started, settings.py what can be set, and the parts stand in files of
their own: models, search; people, posts and api answer the requests; forms, errors."""
import sys

from flask import Flask, g, request, session
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

import errors
import sample
from api import api
from database import open_database
from forms import form_token
from models import User
from people import people
from posts import posts
from settings import data_folder, database_url, secret_key

LARGEST_REQUEST = 4_000_000


class Number(IntegerConverter):
    """What a row is known by: /post/<number:id>. A number that no column can hold is the address of nothing."""

    def __init__(self, rules):
        super().__init__(rules, max=2**31 - 1)


def create_app() -> Flask:
    app = Flask(__name__)
    folder = data_folder(app.instance_path)
    app.config.update(FOLDER=folder, SECRET_KEY=secret_key(folder), MAX_CONTENT_LENGTH=LARGEST_REQUEST, SESSION_COOKIE_SAMESITE="Lax")
    app.extensions["engine"] = engine = open_database(database_url(folder))
    app.url_map.converters["number"] = Number
    for part in people, posts, api:
        app.register_blueprint(part)
    errors.register(app)
    app.cli.command("sample", help="Writes some posts to look at.")(lambda: sample.write(engine))

    @app.before_request
    def open_session():
        g.db, g.user = Session(engine), None
        if "user" in session and request.blueprint != "api":
            g.user = g.db.get(User, session["user"])

    @app.teardown_request
    def close_session(error):
        if "db" in g:
            g.db.close()

    @app.context_processor
    def names_in_templates():
        return {"user": g.get("user"), "form_token": form_token, "python": sys.implementation.name.title()}

    @app.after_request
    def promise(response):
        response.headers["Content-Security-Policy"] = "default-src 'self'; form-action 'self'; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
