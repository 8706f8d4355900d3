"""A page of a web application, called in process through WSGI: what bench/web measures.

The page has a session in a signed cookie, makes three queries through the ORM, and its template loops over what they gave. Prints one line:
CPU milliseconds a request over the first 50, over the best 200 in a row of the 2000 (or the argument's number) after a warm-up of 1000, and
the peak of memory in kilobytes. Each answer is checked; a page that is wrong ends the program.
"""
import datetime
import resource
import sys
import time

from flask import Flask, render_template, session
from jinja2 import DictLoader
from sqlalchemy import ForeignKey, String, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.pool import StaticPool

FIRST, WARM_UP, MEASURED, BLOCK = 50, 1000, 2000, 200
PEOPLE, POSTS, SHOWN = 10, 60, 10
PAGES = {
    "base.html": """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title></head>
<body><nav>{% if user %}{{ user.name }}, visit {{ session.visits }}{% else %}nobody{% endif %}</nav>
<main>{% block main %}{% endblock %}</main></body></html>
""",
    "posts.html": """{% extends "base.html" %}
{% block title %}{{ total }} posts{% endblock %}
{% block main %}
<ul class="people">{% for person, count in people %}<li>{{ person }} wrote {{ count }}</li>{% endfor %}</ul>
{% for post in posts if post.title %}
<article class="{{ loop.cycle('odd', 'even') }}" id="post-{{ post.id }}">
<h2><a href="{{ url_for('post', number=post.id) }}">{{ loop.index }}. {{ post.title|title }}</a></h2>
<p>{{ post.body|truncate(40) }}</p>
<footer>{{ post.author.name }}, {{ post.written.strftime("%d.%m.%Y") }}{% if post.author is sameas user %} (you){% endif %}</footer>
</article>
{% endfor %}
{% endblock %}
""",
}


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    posts: Mapped[list["Post"]] = relationship(back_populates="author")


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str]
    written: Mapped[datetime.datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    author: Mapped[Person] = relationship(back_populates="posts", lazy="joined")


engine = create_engine("sqlite://", poolclass=StaticPool)
app = Flask(__name__)
app.jinja_loader = DictLoader(PAGES)
app.secret_key = "for measuring only"


def fill():
    Base.metadata.create_all(engine)
    start = datetime.datetime(2026, 1, 1, 12)
    with Session(engine) as db:
        people = [Person(name=f"person {i}") for i in range(PEOPLE)]
        db.add_all(Post(title=f"post number {i}", body=f"<{i}> " + "some words & more of them " * 5, author=people[i % PEOPLE],
                        written=start + datetime.timedelta(hours=7 * i)) for i in range(POSTS))
        db.commit()


@app.get("/")
def front():
    session["visits"] = visits = session.get("visits", 0) + 1
    with Session(engine) as db:
        user = db.get(Person, visits % PEOPLE + 1)
        newest = select(Post).where(Post.written >= datetime.datetime(2026, 1, 2)).order_by(Post.written.desc()).limit(SHOWN).offset(visits % 5)
        posts = db.scalars(newest).all()
        people = db.execute(select(Person.name, func.count(Post.id)).join(Person.posts).group_by(Person.id).order_by(Person.name)).all()
        return render_template("posts.html", user=user, posts=posts, people=people, total=sum(count for _, count in people))


@app.get("/post/<int:number>")
def post(number):
    return str(number)


def ask(cookie):
    """One request with a session cookie; the next one's."""
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/", "QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost", "HTTP_USER_AGENT": "bench/web", "HTTP_ACCEPT": "text/html", "HTTP_COOKIE": cookie,
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": sys.stdin.buffer, "wsgi.errors": sys.stderr, "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }
    answer = []
    body = app.wsgi_app(environ, lambda status, headers, exc_info=None: answer.append((status, headers)))
    page = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    status, headers = answer[0]
    if status != "200 OK" or page.count(b"</article>") != SHOWN or b"&lt;5" not in page:
        sys.exit(f"bench/web: {status}, {len(page)} bytes")
    return next(value for name, value in headers if name == "Set-Cookie").partition(";")[0]


def milliseconds(n, cookie):
    """CPU milliseconds a request over n of them, and the last one's cookie."""
    before = time.process_time()
    for _ in range(n):
        cookie = ask(cookie)
    return (time.process_time() - before) / n * 1000, cookie


fill()
first, cookie = milliseconds(FIRST, "")
cookie = milliseconds(WARM_UP, cookie)[1]
blocks = []
for _ in range((int(sys.argv[1]) if len(sys.argv) > 1 else MEASURED) // BLOCK):
    spent, cookie = milliseconds(BLOCK, cookie)
    blocks.append(spent)
print(f"{first:.3f} {min(blocks):.3f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")
