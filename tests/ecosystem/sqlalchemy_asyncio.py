"""SQLAlchemy's asyncio layer on aiosqlite: greenlets, streams, lazy loading, tasks side by side."""
import asyncio, sys
from sqlalchemy import *
from sqlalchemy.orm import *
from sqlalchemy.ext.asyncio import *
class Base(AsyncAttrs, DeclarativeBase): pass
class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kids: Mapped[list["K"]] = relationship(back_populates="p")
class K(Base):
    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    pid: Mapped[int] = mapped_column(ForeignKey("p.id"))
    p: Mapped[P] = relationship(back_populates="kids")
async def main():
    e = create_async_engine("sqlite+aiosqlite:///async.db")
    async with e.begin() as c:
        await c.run_sync(Base.metadata.drop_all); await c.run_sync(Base.metadata.create_all)
    S = async_sessionmaker(e, expire_on_commit=False)
    async with S() as s, s.begin():
        s.add_all([P(name=f"n{i}", kids=[K() for _ in range(i)]) for i in range(5)])
    async with S() as s:
        for p in await s.scalars(select(P).order_by(P.id).options(selectinload(P.kids))): print(p.name, len(p.kids))
        async for p in await s.stream_scalars(select(P).order_by(P.id)): print(p.name, end=" ")
        print()
    async with S() as s:
        p = (await s.scalars(select(P).where(P.name == "n3"))).one()
        print(len(await p.awaitable_attrs.kids))
        def sync(ss): return [len(q.kids) for q in ss.scalars(select(P).order_by(P.id))]
        print(await s.run_sync(sync))
    async def work(i):
        async with S() as s:
            return (await s.execute(select(func.count()).select_from(K).where(K.pid == i))).scalar()
    print(await asyncio.gather(*(work(i) for i in range(1, 6))))
    try:
        async with asyncio.timeout(0.05):
            async with S() as s:
                await s.execute(text("select 1")); await asyncio.sleep(5)
    except TimeoutError: print("timeout")
    await e.dispose()
asyncio.run(main())
