# Builtin functions on every kind of argument.
print(abs(-3), abs(3 + 4j), all([]), any([]), ascii("é'"), bin(-5), callable(len), callable(5), chr(955), divmod(7, -2), hex(255), oct(-8), ord("λ"), pow(2, 5), pow(2, -1), round(3.14159, 2), sum([1, 2], start=10), len({1: 2}), max(3, 1), max([1, 5], key=lambda x: -x), min("abc"), max("a", "b", default=1) if False else 0, min([], default=None), repr("x"), hash(1.5), id(1) == id(1))
print(sorted([3, 1, 2], key=None), list(reversed("abc")), list(zip("ab", [1, 2], strict=True)), list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1], [2])), list(filter(str.isdigit, "a1b2")), list(enumerate("ab", start=5)), next(iter([]), "d"), isinstance(1, (str, int)), issubclass(bool, int), type(1) is int, vars(type("X", (), {"a": 1})())== {}, dir([])[:2], getattr(1, "real"), hasattr(1, "imag"), format(255, "x"), list(map(lambda a, b: (a, b), [1, 2], [3, 4], strict=True)))
print(eval("1 + 2"), eval("x + y", {"x": 1}, {"y": 2}), eval(compile("3 * 4", "f", "eval")), eval("[i for i in range(3)]"), eval(" 5 "), eval(b"6"))
ns = {}; exec("a = 1\nfor i in range(3): a += i\ndef f(): return a * 2", ns); print(ns["a"], ns["f"](), sorted(k for k in ns if k != "__builtins__")); exec("b = 5", ns, loc := {}); print(loc); exec(compile("c = 7", "f", "exec"), ns); print(ns["c"]); c = compile("print('single')\n5", "f", "single") if False else compile("5 + 5", "f", "single"); exec(c)
def fn():
    x = 1; exec("x = 2"); return x, eval("x + 1"), sorted(locals()), (lambda: sorted(globals())[:1])() != []
print(fn()); print(__name__, __builtins__ is not None, __doc__, eval("__name__", {"__name__": "z"}))
for bad in (lambda: abs("x"), lambda: chr(-1), lambda: ord("ab"), lambda: ord(5), lambda: divmod(1, 0), lambda: len(5), lambda: max(), lambda: max([]), lambda: max(5), lambda: min(1, "a"), lambda: sum(["a"]), lambda: sum("ab", ""), lambda: sum([b"a"], b""), lambda: sum([[1]], 5), lambda: sorted(5), lambda: sorted([1], 5), lambda: iter(5), lambda: iter(5, 6), lambda: next([]), lambda: next(iter([])), lambda: zip(5), lambda: map(), lambda: map(len), lambda: list(map(5, [1])), lambda: filter(None), lambda: enumerate(5), lambda: isinstance(1, 5), lambda: isinstance(1, [int]), lambda: issubclass(1, int), lambda: getattr(1, "zz"), lambda: getattr(1, 5), lambda: hasattr(1, 5), lambda: setattr(1, "x", 2), lambda: vars(5), lambda: hash({}), lambda: hex(1.5), lambda: bin("x"), lambda: round("x"), lambda: round(1.5, "x"), lambda: pow("a", 2), lambda: pow(1, 2, 3, 4), lambda: eval("1 +"), lambda: eval(5), lambda: exec(5), lambda: compile("1", "f", "bad"), lambda: compile("x = 1", "f", "eval"), lambda: __import__("no_such_module"), lambda: print(1, sep=5), lambda: print(1, foo=2), lambda: open("/no/such/file"), lambda: format(5, 5), lambda: repr(), lambda: callable(), lambda: id(), lambda: input.x, lambda: reversed({1}), lambda: type.__call__(), lambda: memoryview(), lambda: super().x, lambda: len([], []), lambda: len(x=1), lambda: eval("1", 5), lambda: exec("1", {}, 5), lambda: list(zip([1], [], strict=True)), lambda: list(zip([], [1], strict=True)), lambda: any(5), lambda: range(10)[1.0], lambda: bytes.fromhex(5), lambda: staticmethod(), lambda: property(1)(2), lambda: aiter(5), lambda: anext(5), lambda: list(map(lambda: 0, [1]))):
    try: print(bad())
    except BaseException as e: print(type(e).__name__, e)
class A:
    def __dir__(self): return ["z", "a"]
    def __round__(self, n=None): return n
    def __abs__(self): return "abs"
    def __divmod__(self, o): return "dm"
    def __rdivmod__(self, o): return "rdm"
    def __len__(self): return 3
    def __getitem__(self, i): return i * 10 if i < 3 else (_ for _ in ()).throw(IndexError)
    def __length_hint__(self): return 5
a = A(); print(dir(a), round(a), round(a, 1), abs(a), divmod(a, 1), divmod(1, a), list(a), list(reversed(a)), a[1], max(a), sum(a), list(enumerate(a)), list(zip(a, a)), 20 in a)
print(print, len, type(len), len.__name__, len.__self__, [].append.__self__, str.join, type(str.join), int.__add__, type((5).__add__), print.__module__, type(type.__dict__["mro"]), type(dict.__dict__["fromkeys"])); print(*map(type, (iter([]), iter(()), iter({}), iter(set()), iter(range(1)), reversed([]), zip(), map(len, []), filter(None, []), enumerate([]), iter(b""))))
