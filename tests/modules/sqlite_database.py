"""_sqlite3: values both ways, cursors, transactions, callbacks, blobs, copies of databases, errors."""
import sys
try:
    import sqlite3
except ImportError as error:
    print("SKIP:", error)
    sys.exit(77)
import gc
import os
import tempfile
import threading


def attempt(f, *args, **kwargs):
    try:
        print("   ", repr(f(*args, **kwargs)))
    except Exception as e:
        name = getattr(e, "sqlite_errorname", None)
        print("   ", type(e).__name__, e, *([name, e.sqlite_errorcode] if name else []))


def connect(**kwargs):
    return sqlite3.connect(":memory:", **kwargs)


print("values")
con = connect()
class Text(str): pass
class Number(int): pass
values = [None, True, 0, -1, 2**62, 2**63 - 1, -2**63, 0.0, -1.5, 1e300, float("inf"), float("nan"), "", "text", "a\0b", "häß\U0001f600",
          b"", b"\0\xff", bytearray(b"ab"), memoryview(b"view"), Text("sub"), Number(7)]
for v in values:
    print("   ", con.execute("select ?, typeof(?1)", (v,)).fetchone())
for v in (2**63, object(), "\ud800", [1], memoryview(b"abcd")[::2]):
    attempt(lambda: con.execute("select ?", (v,)).fetchone() and None)
attempt(con.execute, "select ?, ?", (1,))
attempt(con.execute, "select :a", {"b": 1})
attempt(con.execute, "select :a", (1,))
attempt(con.execute, "select ?", {"a": 1})
attempt(con.execute, "select ?", 5)
print("   ", con.execute("select :a + $b + @c", {"a": 1, "b": 2, "c": 3}).fetchall())

print("cursor")
cur = con.cursor()
print("   ", cur.description, cur.rowcount, cur.lastrowid, cur.arraysize)
cur.execute("create table t(a integer primary key, b text)")
cur.executemany("insert into t(b) values(?)", ((c,) for c in "abcdefg"))
print("   ", cur.rowcount, cur.description)
cur.execute("insert into t(b) values('h') returning a, b")
print("   ", cur.fetchall(), cur.rowcount, cur.lastrowid, [d[0] for d in cur.description])
cur.execute("select * from t order by a")
print("   ", cur.fetchone(), cur.fetchmany(2), next(cur), len(cur.fetchall()), cur.fetchone(), cur.fetchall())
cur.execute("/* c */ update t set b = upper(b) where a > 4 -- end")
print("   ", cur.rowcount, con.total_changes, con.in_transaction)
print("   ", cur.execute("").fetchall(), cur.execute("-- nothing").fetchall())
for sql in ("select 1; select 2", "select 1;;", "selec", "select 1\0", "select * from nowhere", "insert into t values(1, 2)"):
    attempt(lambda: con.execute(sql) and "fine")
attempt(cur.executemany, "select 1", [()])
attempt(cur.execute, 5)
attempt(cur.execute)
def feed():
    cur.execute("select 1")
    yield ("x",)
attempt(cur.executemany, "insert into t(b) values(?)", feed())
cur.close()
attempt(cur.execute, "select 1")
first, second = con.execute("select a from t"), con.execute("select a from t")
print("   ", next(first), next(second), next(first), next(second))
del first, second

print("rows")
con.row_factory = sqlite3.Row
row = con.execute("select 1 as one, 'x' as Two, 3 as \xe4").fetchone()
print("   ", row["ONE"], row["two"], row[-1], row["\xe4"], row[1:], len(row), row.keys(), tuple(row), dict(zip(row.keys(), row)))
for key in ("three", "\xc4", 5, 1.5, 2**100):
    attempt(lambda: row[key])
same = con.execute("select 1 as one, 'x' as Two, 3 as \xe4").fetchone()
print("   ", row == same, row != same, hash(row) == hash(same), row == tuple(row))
con.row_factory = lambda cursor, values: {d[0]: v for d, v in zip(cursor.description, values)}
print("   ", con.execute("select 1 as a, 2 as b").fetchall())
con.row_factory = None
for factory in (bytes, bytearray, lambda data: data[::-1]):
    con.text_factory = factory
    print("   ", con.execute("select 'text'").fetchone())
con.text_factory = str
attempt(lambda: con.execute("select cast(x'ff41' as text) as bad").fetchone())

print("adapters and converters")
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __conform__(self, protocol): return f"{self.x};{self.y}" if protocol is sqlite3.PrepareProtocol else None
class Pair(Point):
    __conform__ = None
sqlite3.register_adapter(Pair, lambda p: p.x * 100 + p.y)
sqlite3.register_converter("point", lambda data: Point(*map(int, data.split(b";"))))
with connect(detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES) as typed:
    typed.execute("create table p(p point)")
    typed.execute("insert into p values(?)", (Point(1, 2),))
    typed.execute("insert into p values(null)")
    print("   ", [getattr(p, "y", p) for (p,) in typed.execute("select p from p")])
    cursor = typed.execute("""select '7;8' as "q [point]", ?""", (Pair(3, 4),))
    q, n = cursor.fetchone()
    print("   ", q.x, n, cursor.description[0][0])
typed.close()
print("   ", sqlite3.adapt(Pair(1, 1)), sqlite3.adapt(5, int, "none"))
attempt(sqlite3.adapt, object())

print("functions")
con.create_function("plus", -1, lambda *args: sum(args))
con.create_function("kind", 1, lambda v: type(v).__name__, deterministic=True)
print("   ", con.execute("select plus(), plus(1, 2), plus(1.5, 2, 3), kind(1), kind(1.0), kind('a'), kind(x''), kind(null)").fetchone())
for result in (None, 5, 2.5, "t", b"b", 2**64, object(), "\udc00"):
    con.create_function("give", 0, lambda: result)
    attempt(lambda: con.execute("select give()").fetchone())
con.create_function("boom", 0, lambda: 1 / 0)
attempt(con.execute, "select boom()")
class Longest:
    def __init__(self): self.best = ""
    def step(self, value): self.best = max(self.best, value or "", key=len)
    def finalize(self): return self.best
con.create_aggregate("longest", 1, Longest)
print("   ", con.execute("select longest(v) from (select 'a' as v union select 'abc' union select null)").fetchone(), con.execute("select longest(b) from t where 0").fetchone())
class Sum:
    def __init__(self): self.total = 0
    def step(self, value): self.total += value
    def inverse(self, value): self.total -= value
    def value(self): return self.total
    def finalize(self): return self.total
con.create_window_function("total", 1, Sum)
print("   ", con.execute("select total(a) over (order by a rows between 1 preceding and current row) from t").fetchall())
class NoStep: pass
con.create_aggregate("nostep", 1, NoStep)
attempt(con.execute, "select nostep(a) from t")
con.create_collation("back", lambda a, b: (a < b) - (a > b))
print("   ", con.execute("select b from t where a < 4 order by b collate back").fetchall())
con.create_collation("bad", lambda a, b: 1 / 0)
attempt(con.execute, "select b from t order by b collate bad")
log = []
con.set_trace_callback(log.append)
con.execute("select ?, ?", (1, "x")).fetchall()
con.set_trace_callback(None)
print("   ", log)
con.set_authorizer(lambda action, *names: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_DELETE else sqlite3.SQLITE_OK)
attempt(con.execute, "delete from t")
con.set_authorizer(None)
con.set_progress_handler(lambda: 1, 1)
attempt(con.execute, "select count(*) from t, t, t")
con.set_progress_handler(None, 1)
reports = []
sys.unraisablehook = lambda u: reports.append((u.exc_type.__name__, u.err_msg.split(" <")[0], u.object))
sqlite3.enable_callback_tracebacks(True)
con.create_function("boom", 0, lambda: 1 / 0)
attempt(con.execute, "select boom()")
sqlite3.enable_callback_tracebacks(False)
print("   ", reports)

print("transactions")
def states(con):
    return con.isolation_level, con.autocommit, con.in_transaction
tx = connect()
tx.execute("create table t(a)")
print("   ", states(tx))
tx.execute("insert into t values(1)")
print("   ", states(tx))
tx.rollback()
with tx:
    tx.execute("insert into t values(2)")
try:
    with tx:
        tx.execute("insert into t values(3)")
        raise KeyError
except KeyError:
    pass
print("   ", tx.execute("select a from t").fetchall(), states(tx))
tx.isolation_level = "immediate"
tx.execute("insert into t values(4)")
tx.isolation_level = None
print("   ", states(tx), tx.execute("select a from t").fetchall())
tx.autocommit = False
print("   ", states(tx))
tx.executescript("insert into t values(5); select * from t;")
tx.rollback()
tx.autocommit = True
print("   ", states(tx), tx.execute("select a from t").fetchall())
for name, value in (("isolation_level", "abc"), ("isolation_level", 1), ("autocommit", 2), ("total_changes", 1)):
    attempt(setattr, tx, name, value)
attempt(delattr, tx, "isolation_level")
tx.close()
attempt(tx.execute, "select 1")
attempt(lambda: tx.total_changes)

print("blobs")
con.execute("create table b(d blob)")
con.execute("insert into b values(zeroblob(10))")
with con.blobopen("b", "d", 1) as blob:
    blob.write(b"hello")
    blob.seek(-2, 2)
    blob.write(b"!!")
    attempt(blob.write, b"more")
    blob[5] = 32
    blob[6:8] = b"**"
    blob[0:5:2] = b"HLO"
    blob.seek(0)
    print("   ", blob.read(3), blob.tell(), blob.read(), len(blob), blob[0], blob[-1], blob[2:5], blob[::3])
    for f in (lambda: blob[10], lambda: blob["a"], lambda: blob.seek(11), lambda: blob.seek(0, 9), lambda: blob.__setitem__(0, 256),
              lambda: blob.__setitem__(slice(0, 2), b"abc"), lambda: blob.__delitem__(0)):
        attempt(f)
attempt(blob.read)
attempt(con.blobopen, "b", "d", 99)
print("   ", con.execute("select d from b").fetchone())

print("copies")
con.commit()
other = connect()
steps = []
con.backup(other, pages=1, progress=lambda status, remaining, total: steps.append((status, remaining == total)))
print("   ", steps[-1], other.execute("select count(*) from t").fetchone())
attempt(con.backup, con)
attempt(con.backup, 5)
data = other.serialize()
third = connect()
third.deserialize(data)
print("   ", data[:15], third.execute("select count(*) from t").fetchone())
print("   ", list(third.iterdump())[-3:])
print("   ", third.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) > 0, third.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 20) > 20)
attempt(third.execute, "select 1 as a_long_query")
attempt(third.getlimit, 999)
third.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY)
print("   ", third.getconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY))
attempt(third.getconfig, -1)

print("threads")
result = []
def elsewhere():
    try:
        con.execute("select 1")
    except sqlite3.ProgrammingError as e:
        result.append(str(e).split(". The object")[0])
    shared.execute("insert into t values(2)")
shared = connect(check_same_thread=False)
shared.execute("create table t(a)")
thread = threading.Thread(target=elsewhere)
thread.start()
thread.join()
print("   ", result, shared.execute("select * from t").fetchall())
def work(n):
    for i in range(50):
        assert shared.execute("select ?", (i,)).fetchone() == (i,)
threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("    done")

print("life")
class Odd(sqlite3.Connection):
    def __init__(self): pass
attempt(Odd().execute, "select 1")
attempt(sqlite3.Cursor.__new__(sqlite3.Cursor).fetchone)
attempt(sqlite3.Cursor, 5)
attempt(sqlite3.Blob)
half = con.execute("select longest(t.b) from t, t as u group by t.a")
next(half)
del half
con.execute("drop table t")
cycle = connect()
cycle.create_function("itself", 0, lambda: cycle)
cycle.close()
del cycle
gc.collect()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "d\xe4ta.db")
    for form in (path, os.fsencode(path)):
        file = sqlite3.connect(form)
        file.execute("create table if not exists t(a)")
        file.close()
    uri = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    attempt(uri.execute, "insert into t values(1)")
    uri.close()
    attempt(sqlite3.connect, folder)
attempt(sqlite3.connect, "a\0b")
print("   ", sqlite3.complete_statement("select 1;"), sqlite3.complete_statement("select"))
con.close()
