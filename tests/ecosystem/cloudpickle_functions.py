"""cloudpickle carries a lambda with globals, a closure and a local class into another process."""
import subprocess, sys
import cloudpickle
factor = 7
def make(n):
    total = n
    def add(x, *, scale=2):
        nonlocal total
        total += x * scale
        return total
    class Local:
        kind = "local"
        def __init__(self, v): self.v = v
        @property
        def twice(self): return self.v * 2
        @classmethod
        def of(cls, v): return cls(v + n)
        def __repr__(self): return f"{type(self).__qualname__}({self.v})"
        def parent(self): return super().__hash__() is not None
    return add, Local
add, Local = make(10)
add(1)
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
def counting(n):
    for i in range(n): yield i * factor
payload = cloudpickle.dumps([lambda x: [x * factor, len(str(x))], add, Local, Local(4), even, counting, {"nested": lambda: (lambda y: y + factor)}])
reader = """
import pickle, sys
f, add, Local, instance, even, counting, d = pickle.load(sys.stdin.buffer)
print(f(6), add(5), add(1, scale=0), Local.of(1), instance.twice, instance, isinstance(instance, Local), instance.parent(), even(10), even(7), list(counting(4)), d["nested"]()(1))
print(add.__kwdefaults__, add.__name__, add.__qualname__, Local.__qualname__, f.__module__)
"""
p = subprocess.run([sys.executable, "-c", reader], input=payload, capture_output=True)
print(p.stdout.decode(), p.stderr.decode(), p.returncode)
