"""What the blog keeps: people, their posts, comments on them."""
from datetime import datetime, timezone

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship
from werkzeug.security import check_password_hash, generate_password_hash


def now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    posts: Mapped[list["Post"]] = relationship(back_populates="author")

    def set_password(self, password: str) -> None:
        self.password_hash = generate_password_hash(password)

    def has_password(self, password: str) -> bool:
        return check_password_hash(self.password_hash, password)


class Comment(Base):
    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(1000))
    written: Mapped[datetime] = mapped_column(default=now)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    post: Mapped["Post"] = relationship(back_populates="comments")
    author: Mapped[User] = relationship(lazy="joined")

    def as_json(self) -> dict:
        return {"author": self.author.name, "written": self.written.isoformat(timespec="seconds"), "text": self.text}


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    picture: Mapped[str | None] = mapped_column(String(60))
    written: Mapped[datetime] = mapped_column(default=now)
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    author: Mapped[User] = relationship(back_populates="posts", lazy="joined")
    comments: Mapped[list[Comment]] = relationship(back_populates="post", cascade="all, delete-orphan", order_by=Comment.id)

    @property
    def paragraphs(self) -> list[str]:
        return [p for p in self.body.replace("\r\n", "\n").split("\n\n") if p.strip()]

    @property
    def minutes(self) -> int:
        """How long reading it takes."""
        return 1 + len(self.body.split()) // 220

    def as_json(self) -> dict:
        return {"id": self.id, "title": self.title, "body": self.body, "author": self.author.name, "written": self.written.isoformat(timespec="seconds"),
                "comments": self.comment_count}


# Counted by the database, in the query that loads the post.
Post.comment_count = column_property(select(func.count(Comment.id)).where(Comment.post_id == Post.id).correlate_except(Comment).scalar_subquery())
