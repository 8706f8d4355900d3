"""Finds posts, newest first, a page at a time: for the pages and for the API alike."""
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import Post, User

PAGE = 6


@dataclass
class Found:
    posts: list[Post]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def find_posts(db: Session, words: str = "", author: User | None = None, page: int = 1) -> Found:
    wanted = [or_(Post.title.icontains(word, autoescape=True), Post.body.icontains(word, autoescape=True)) for word in words.split()[:8]]
    if author:
        wanted.append(Post.author_id == author.id)
    total = db.scalar(select(func.count(Post.id)).where(*wanted))
    # A page beyond the last is the last one.
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    posts = db.scalars(select(Post).where(*wanted).order_by(Post.id.desc()).limit(PAGE).offset((page - 1) * PAGE)).all()
    return Found(list(posts), total, page)
