"""SQLAlchemy: imperative and declarative mapping, relationships, events, transactions, reflection, compiling."""
from __future__ import annotations
import sqlalchemy as sa, sqlalchemy.ext.hybrid
from sqlalchemy import *
from sqlalchemy.orm import *
from sqlalchemy import event, exc
from typing import Optional, List
import datetime, decimal, enum, pathlib, uuid
# imperative
reg = registry()
user_t = Table("user", reg.metadata, Column("id", Integer, primary_key=True), Column("name", String(50)), Column("data", JSON))
addr_t = Table("addr", reg.metadata, Column("id", Integer, primary_key=True), Column("uid", ForeignKey("user.id")), Column("email", String))
class U:
    def __init__(self, name): self.name = name
class A:
    pass
reg.map_imperatively(U, user_t, properties={"addrs": relationship(A, backref="user", order_by=addr_t.c.id, cascade="all, delete-orphan")})
reg.map_imperatively(A, addr_t)
e = create_engine("sqlite://")
reg.metadata.create_all(e)
with Session(e) as s:
    u = U("bob"); u.data = {"x": [1, 2]}; a = A(); a.email = "b@x"; u.addrs.append(a); s.add(u); s.commit()
    print(u.id, u.addrs[0].email, a.user is u, u.data)
    print(s.execute(select(U.name, func.count(A.id)).join(A).group_by(U.name)).all())
    u.addrs.clear(); s.flush(); print(s.scalar(select(func.count()).select_from(A)))
    s.rollback(); print(len(u.addrs))
    try:
        with s.begin_nested():
            s.add(U("al")); s.flush(); raise ValueError("x")
    except ValueError as x: print("nested", x)
    print(s.scalars(select(U.name)).all())
# declarative annotated
class Base(DeclarativeBase): pass
class Color(enum.Enum): red = 1; blue = 2
tags = Table("tags", Base.metadata, Column("p", ForeignKey("post.id"), primary_key=True), Column("t", ForeignKey("tag.id"), primary_key=True))
class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(30))
    body: Mapped[Optional[str]]
    when: Mapped[datetime.datetime] = mapped_column(default=lambda: datetime.datetime(2020, 1, 2, 3, 4, 5))
    price: Mapped[decimal.Decimal] = mapped_column(Numeric(10, 2), default=decimal.Decimal("1.50"))
    color: Mapped[Color] = mapped_column(default=Color.blue)
    key: Mapped[uuid.UUID] = mapped_column(default=lambda: uuid.UUID(int=5))
    comments: Mapped[List[Comment]] = relationship(back_populates="post")
    tags: Mapped[list[Tag]] = relationship(secondary=tags, back_populates="posts", lazy="selectin")
    @validates("title")
    def v(self, k, val):
        if not val: raise ValueError("empty " + k)
        return val
    @sa.ext.hybrid.hybrid_property
    def length(self): return len(self.title)
    @length.expression
    def length(cls): return func.length(cls.title)
class Comment(Base):
    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    text: Mapped[str]
    post: Mapped[Post] = relationship(back_populates="comments")
class Tag(Base):
    __tablename__ = "tag"
    id = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    posts: Mapped[list[Post]] = relationship(secondary=tags, back_populates="tags")
class Emp(Base):
    __tablename__ = "emp"
    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "emp"}
class Boss(Emp):
    level: Mapped[int] = mapped_column(nullable=True)
    __mapper_args__ = {"polymorphic_identity": "boss"}
class DC(MappedAsDataclass, Base):
    __tablename__ = "dc"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    n: Mapped[str] = mapped_column(default="q", kw_only=True)
OldBase = declarative_base()
class Old(OldBase):
    __tablename__ = "old"
    id = Column(Integer, primary_key=True); name = Column(String); pid = Column(Integer, ForeignKey("old.id"))
    kids = relationship("Old", backref=backref("parent", remote_side=[id]))
    __table_args__ = (UniqueConstraint("name", name="uq"),)
log = []
pathlib.Path("file.db").unlink(missing_ok=True)
e = create_engine("sqlite:///file.db")
@event.listens_for(e, "before_cursor_execute")
def bce(conn, cur, stmt, params, ctx, many): log.append((" ".join(stmt.split()), repr(params), many))
@event.listens_for(Post, "before_insert")
def bi(m, c, t): log.append("before_insert " + t.title)
@event.listens_for(e, "connect")
def cc(dbapi, rec): dbapi.execute("pragma foreign_keys=on")
Base.metadata.drop_all(e); Base.metadata.create_all(e); OldBase.metadata.drop_all(e); OldBase.metadata.create_all(e)
S = sessionmaker(e)
with S.begin() as s:
    t = Tag(name="x")
    s.add_all([Post(title=f"t{i}", tags=[t], comments=[Comment(text=str(j)) for j in range(i)]) for i in range(4)])
    s.flush(); s.add_all([Emp(), Boss(level=3)]); s.flush(); s.add_all([DC(n="z"), DC()]); s.flush()
    o = Old(name="root"); o.kids = [Old(name="k1"), Old(name="k2")]; s.add(o)
with S() as s:
    for p in s.scalars(select(Post).options(joinedload(Post.comments)).order_by(Post.id)).unique():
        print(p.id, p.title, p.when, p.price, p.color, p.key, len(p.comments), [t.name for t in p.tags], p.length)
    print(s.scalars(select(Post.title).where(Post.length > 1).order_by(Post.title.desc()).limit(2)).all())
    print([type(x).__name__ for x in s.scalars(select(Emp).order_by(Emp.id))], s.scalars(select(DC)).all())
    print([k.parent.name for k in s.query(Old).filter(Old.parent != None).order_by(Old.id)])
    try: Post(title="")
    except ValueError as x: print(x)
    s.add(Tag(name="x"))
    try: s.commit()
    except exc.IntegrityError as x: print(x); s.rollback()
    sub = select(Comment.post_id, func.count().label("n")).group_by(Comment.post_id).subquery()
    print(s.execute(select(Post.title, func.coalesce(sub.c.n, 0)).outerjoin(sub, sub.c.post_id == Post.id).order_by(Post.id)).all())
    print(s.execute(update(Post).where(Post.id > 2).values(body="new")).rowcount)
    print(s.execute(insert(Tag).returning(Tag.id, Tag.name), [{"name": "a"}, {"name": "b"}]).all())
    cte = select(Old.id, Old.name).where(Old.pid == None).cte(recursive=True); oa = aliased(Old)
    cte = cte.union_all(select(oa.id, oa.name).where(oa.pid == cte.c.id)); print(s.execute(select(cte)).all())
    s.commit()
    p = s.get(Post, 1); s.expunge(p)
    try: p.comments
    except Exception as x: print(type(x).__name__, str(x)[:15], str(x)[-120:])
    print(s.execute(text("select count(*) from post where id > :i"), {"i": 1}).scalar())
try:
    with e.connect() as c: c.execute(text("select * from nix"))
except exc.OperationalError as x: print(x)
m = MetaData(); m.reflect(e); print(sorted(m.tables)); print(repr(m.tables["post"])); insp = inspect(e); print(insp.get_foreign_keys("comment"), insp.get_unique_constraints("old"))
from sqlalchemy.schema import CreateTable
print(CreateTable(Post.__table__))
from sqlalchemy.dialects import postgresql
print(select(Post).where(Post.title.in_(["a", "b"]), Post.title.ilike("%x")).compile(dialect=postgresql.dialect()))
for entry in log:
    if "INTO tags" not in entry[0]: print(entry)  # its rows come in the order of a set of objects
print(e.pool.status())
