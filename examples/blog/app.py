"""A small blog on Flask and SQLAlchemy.

    krait -m venv env && env/bin/pip install flask sqlalchemy
    env/bin/flask --app examples/blog/app.py run

Its data is in blog.db and pictures/ of the instance folder, or where DATABASE_URL points. SECRET_KEY signs the cookies; without it a key is made
once and kept in the instance folder, too.
"""
import os
import secrets
import uuid
from pathlib import Path

from flask import Flask, abort, flash, g, jsonify, redirect, render_template, request, send_from_directory, session, url_for
from sqlalchemy import create_engine, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from models import Base, Comment, Post, User

PAGE = 5
PICTURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif"}

app = Flask(__name__)
folder = Path(app.instance_path)
pictures = folder / "pictures"
pictures.mkdir(parents=True, exist_ok=True)


def secret_key() -> str:
    if key := os.environ.get("SECRET_KEY"):
        return key
    file = folder / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex())
    return file.read_text()


app.config.update(SECRET_KEY=secret_key(), MAX_CONTENT_LENGTH=4_000_000, SESSION_COOKIE_SAMESITE="Lax")
engine = create_engine(os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'blog.db'}")
Base.metadata.create_all(engine)


# --- Each request has a database session and perhaps a user -----------------------------------------------------------------------------

@app.before_request
def open_session():
    g.db = Session(engine)
    g.user = g.db.get(User, session["user"]) if "user" in session else None


@app.teardown_request
def close_session(error):
    if "db" in g:
        g.db.close()


@app.context_processor
def user_of_templates():
    return {"user": g.get("user")}


def need_user() -> User:
    if g.user is None:
        abort(401)
    return g.user


def field(name: str, limit: int) -> str:
    text = request.form.get(name, "").strip()
    if not text or len(text) > limit:
        abort(400, f"{name}: 1 to {limit} characters, please")
    return text


# --- People --------------------------------------------------------------------------------------------------------------------------------

@app.route("/join", methods=["GET", "POST"])
def join():
    if request.method == "POST":
        user = User(name=field("name", 40))
        user.set_password(field("password", 200))
        g.db.add(user)
        try:
            g.db.commit()
        except IntegrityError:
            g.db.rollback()
            flash("That name is taken.")
            return render_template("login.html", title="Sign up"), 409
        session["user"] = user.id
        return redirect(url_for("index"))
    return render_template("login.html", title="Sign up")


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        user = g.db.scalar(select(User).where(User.name == field("name", 40)))
        if user and user.has_password(field("password", 200)):
            session["user"] = user.id
            return redirect(url_for("index"))
        flash("Name or password is wrong.")
        return render_template("login.html", title="Log in"), 403
    return render_template("login.html", title="Log in")


@app.post("/logout")
def logout():
    session.clear()
    return redirect(url_for("index"))


# --- Posts ---------------------------------------------------------------------------------------------------------------------------------

@app.get("/")
def index():
    page, words = max(request.args.get("page", 1, int), 1), request.args.get("q", "").strip()
    found = select(Post)
    if words:
        found = found.where(or_(Post.title.icontains(words, autoescape=True), Post.body.icontains(words, autoescape=True)))
    total = g.db.scalar(select(func.count()).select_from(found.subquery()))
    posts = g.db.scalars(found.order_by(Post.id.desc()).options(selectinload(Post.comments)).limit(PAGE).offset((page - 1) * PAGE)).all()
    return render_template("index.html", posts=posts, page=page, pages=-(-total // PAGE), words=words)


def stored_picture() -> str | None:
    upload = request.files.get("picture")
    if not upload or not upload.filename:
        return None
    start = upload.stream.read(8)
    upload.stream.seek(0)
    ending = next((ending for mark, ending in PICTURES.items() if start.startswith(mark)), None)
    if ending is None:
        abort(415, "A picture is a PNG, a JPEG or a GIF.")
    name = uuid.uuid4().hex + ending
    upload.save(pictures / name)
    return name


@app.route("/new", methods=["GET", "POST"])
def new():
    author = need_user()
    if request.method == "GET":
        return render_template("new.html")
    post = Post(title=field("title", 120), body=field("body", 50_000), picture=stored_picture(), author=author)
    g.db.add(post)
    g.db.commit()
    return redirect(url_for("show", id=post.id))


@app.get("/post/<int:id>")
def show(id):
    return render_template("post.html", post=g.db.get(Post, id) or abort(404))


@app.post("/post/<int:id>/comment")
def comment(id):
    post = g.db.get(Post, id) or abort(404)
    post.comments.append(Comment(text=field("text", 1000), author=need_user()))
    g.db.commit()
    return redirect(url_for("show", id=id))


@app.get("/picture/<name>")
def picture(name):
    return send_from_directory(pictures, name)


# --- The same as JSON ----------------------------------------------------------------------------------------------------------------------

@app.get("/api/posts")
def api_posts():
    return jsonify([post.as_json() for post in g.db.scalars(select(Post).order_by(Post.id.desc()).limit(50).options(selectinload(Post.comments)))])


@app.get("/api/posts/<int:id>")
def api_post(id):
    return (g.db.get(Post, id) or abort(404)).as_json()


@app.errorhandler(400)
@app.errorhandler(401)
@app.errorhandler(404)
@app.errorhandler(413)
@app.errorhandler(415)
def error(e):
    if request.path.startswith("/api/"):
        return {"error": e.description}, e.code
    return render_template("error.html", error=e), e.code
