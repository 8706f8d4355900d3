"""Who is there: signing up, logging in and out."""
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forms import check_token, text_field
from models import User

people = Blueprint("people", __name__)
people.before_request(check_token)


def known_user(name: str, password: str) -> User | None:
    user = g.db.scalar(select(User).where(User.name == name))
    return user if user and user.has_password(password) else None


def need_user() -> User:
    """The user, or the way to the form that makes one known."""
    if g.user is None:
        flash("Please log in first.")
        abort(redirect(url_for("people.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)))
    return g.user


def welcome(user: User):
    """A new session, so that nobody who knew the old one is in; then to where the user wanted, within this site."""
    session.clear()
    session["user"] = user.id
    wanted = request.args.get("next", "")
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not urlsplit(wanted).netloc
    return redirect(wanted if inside else url_for("posts.index"))


@people.route("/join", methods=["GET", "POST"])
def join():
    if request.method == "GET":
        return render_template("join.html")
    user = User(name=text_field("name", 40))
    password = text_field("password", 200)
    if len(password) < 8:
        flash("A password has at least 8 characters.")
        return render_template("join.html"), 400
    user.set_password(password)
    g.db.add(user)
    try:
        g.db.commit()
    except IntegrityError:
        g.db.rollback()
        flash("That name is taken.")
        return render_template("join.html"), 409
    return welcome(user)


@people.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "GET":
        return render_template("login.html")
    if user := known_user(text_field("name", 40), text_field("password", 200)):
        return welcome(user)
    flash("Name or password is wrong.")
    return render_template("login.html"), 403


@people.post("/logout")
def logout():
    session.clear()
    return redirect(url_for("posts.index"))
