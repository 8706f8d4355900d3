"""The same as JSON. Who writes names himself in every request (HTTP's basic authentication); cookies count for nothing here."""
from flask import Blueprint, abort, g, request, url_for
from sqlalchemy.orm import selectinload

from forms import fits
from models import Comment, Post, User
from people import known_user
from search import find_posts

api = Blueprint("api", __name__, url_prefix="/api")


def need_author() -> User:
    given = request.authorization
    user = known_user(given.username, given.password) if given and given.type == "basic" and given.username and given.password else None
    return user or abort(401, "Name and password, please: HTTP's basic authentication.")


def json_fields(**limits: int) -> dict[str, str]:
    try:
        given = request.get_json()
    except RecursionError:
        abort(400, "That is nested too deeply.")
    if not isinstance(given, dict):
        abort(400, "A JSON object, please.")
    for name, limit in limits.items():
        if not isinstance(given.get(name), str) or not fits(given[name].strip(), limit):
            abort(400, f"{name}: a text of 1 to {limit} characters, please.")
    return {name: given[name].strip() for name in limits}


@api.get("/posts")
def posts():
    found = find_posts(g.db, request.args.get("q", ""), page=request.args.get("page", 1, int))
    return {"posts": [post.as_json() for post in found.posts], "total": found.total, "page": found.page, "pages": found.pages}


@api.get("/posts/<number:id>")
def post(id):
    found = g.db.get(Post, id, options=[selectinload(Post.comments)]) or abort(404)
    return found.as_json() | {"comments": [c.as_json() for c in found.comments]}


@api.post("/posts")
def new_post():
    author = need_author()
    post = Post(**json_fields(title=120, body=50_000), author=author)
    g.db.add(post)
    g.db.commit()
    return post.as_json(), 201, {"Location": url_for("api.post", id=post.id)}


@api.post("/posts/<number:id>/comments")
def new_comment(id):
    author = need_author()
    comment = Comment(**json_fields(text=1000), post=g.db.get(Post, id) or abort(404), author=author)
    g.db.add(comment)
    g.db.commit()
    return comment.as_json(), 201
