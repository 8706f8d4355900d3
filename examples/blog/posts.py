"""The pages: the list with its search, a post with its comments, writing."""
from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_from_directory, url_for
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload

from forms import check_token, drop_picture, picture_folder, text_field, uploaded_picture
from models import Comment, Post, User
from people import need_user
from search import find_posts

posts = Blueprint("posts", __name__)
posts.before_request(check_token)


@posts.get("/")
def index():
    words = request.args.get("q", "").strip()
    return render_template("index.html", found=find_posts(g.db, words, page=request.args.get("page", 1, int)), words=words)


@posts.get("/by/<path:name>")
def by(name):
    author = g.db.scalar(select(User).where(User.name == name)) or abort(404)
    return render_template("index.html", found=find_posts(g.db, author=author, page=request.args.get("page", 1, int)), author=author)


@posts.get("/post/<number:id>")
def show(id):
    return render_template("post.html", post=g.db.get(Post, id, options=[selectinload(Post.comments)]) or abort(404))


@posts.route("/write", methods=["GET", "POST"])
def write():
    author = need_user()
    if request.method == "GET":
        return render_template("write.html", post=None)
    post = Post(title=text_field("title", 120), body=text_field("body", 50_000), author=author)
    g.db.add(post)
    return keep(post)


@posts.route("/post/<number:id>/edit", methods=["GET", "POST"])
def edit(id):
    post = own_post(id)
    if request.method == "GET":
        return render_template("write.html", post=post)
    post.title, post.body = text_field("title", 120), text_field("body", 50_000)
    return keep(post)


def keep(post):
    """With the picture that came along, if any: a new one takes the old one's place, and none stays of a post that cannot be kept."""
    picture, old = uploaded_picture(), post.picture
    post.picture = picture or old
    try:
        g.db.commit()
    except DBAPIError:
        drop_picture(picture)
        raise
    if picture:
        drop_picture(old)
    return redirect(url_for("posts.show", id=post.id))


@posts.post("/post/<number:id>/delete")
def delete(id):
    post = own_post(id)
    g.db.delete(post)
    g.db.commit()
    drop_picture(post.picture)
    flash(f"“{post.title}” is deleted.")
    return redirect(url_for("posts.index"))


def own_post(id):
    user = need_user()
    post = g.db.get(Post, id) or abort(404)
    return post if post.author_id == user.id else abort(403, "Only its author can change a post.")


@posts.post("/post/<number:id>/comment")
def comment(id):
    post = g.db.get(Post, id) or abort(404)
    g.db.add(Comment(text=text_field("text", 1000), post=post, author=need_user()))
    g.db.commit()
    return redirect(url_for("posts.show", id=id, _anchor="comments"))


@posts.get("/picture/<name>")
def picture(name):
    return send_from_directory(picture_folder(), name, max_age=86_400)
