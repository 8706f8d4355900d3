# Deep recursion is a RecursionError, never a crash; the program goes on.
def down(n): return 0 if n == 0 else 1 + down(n - 1)
print(down(500))
def endless(): return endless()
for _ in range(2):
    try:
        endless()
    except RecursionError as e:
        print(type(e).__name__, str(e)[:32])
class R:
    def __repr__(self): return repr(self)
    def __eq__(self, o): return self == o
    def __getattr__(self, n): return getattr(self, n)
    def __call__(self): return self()
    def __iter__(self): return iter(self)
    def __hash__(self): return hash(self)
    def __add__(self, o): return self + o
    def __len__(self): return len(self)
    def __getitem__(self, i): return self[i]
    def __del__(self): pass
r = R()
for f in (repr, lambda r: r == r, lambda r: r.x, lambda r: r(), iter, hash, lambda r: r + 1, len, lambda r: r[0], str, print, lambda r: [r] == [R()]):
    try:
        f(r)
        print("no error")
    except RecursionError:
        print("RecursionError")
deep = []
for _ in range(100000):
    deep = [deep]
try:
    repr(deep)
except RecursionError:
    print("repr of a deep list")
other = []
for _ in range(100000):
    other = [other]
try:
    deep == other
except RecursionError:
    pass
print("comparison of deep lists")
del deep, other
t = ()
for _ in range(200000):
    t = (t,)
del t
d = {}
for _ in range(100000):
    d = {"k": d}
del d
class Node: pass
n = None
for _ in range(100000):
    m = Node(); m.next = n; n = m
del n, m
print("deallocated")
g = (i for i in ())
for _ in range(1000):
    g = (i for i in g)
print(list(g))
def mutual_a(n): return mutual_b(n - 1) if n else "done"
def mutual_b(n): return mutual_a(n - 1) if n else "done"
print(mutual_a(400))
try:
    eval("(" * 300 + ")" * 300)
except (MemoryError, RecursionError, SyntaxError) as e:
    print("nested parentheses")
print(eval("-" * 50 + "1"), eval("+".join(["1"] * 500)))
