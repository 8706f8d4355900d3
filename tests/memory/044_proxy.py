import weakref
class C:
    def __init__(self): self.x = 1
    def __len__(self): return 3
    def __getitem__(self, i): return i * 2
    def __add__(self, o): return ("add", o)
    def __radd__(self, o): return ("radd", o)
    def __iadd__(self, o): self.x += o; return self
    def __call__(self, *a, **k): return (a, k)
    def __contains__(self, v): return v == 7
    def __iter__(self): return iter("abc")
    def __bool__(self): return False
    def __int__(self): return 12
    def __str__(self): return "text"
c = C()
p = weakref.proxy(c)
p.y = 2
print(c.y, p.x, len(p), p[4], p + 1, 1 + p, p(1, k=2), 7 in p, 8 in p, list(p), bool(p), int(p), str(p))
del p.y
print(hasattr(c, "y"))
q = p
q += 5
print(c.x, type(q).__name__)
print(p == c, p != c, isinstance(p, C), p.__class__, type(p).__name__)
try:
    hash(p)
except TypeError as e:
    print(e)
del c, q
for f in (lambda: p.x, lambda: len(p), lambda: p + 1, lambda: str(p), lambda: p()):
    try:
        f()
    except ReferenceError as e:
        print(e)
