"""A tour of Python 3.14, statement by statement, as a session at the prompt shows it.

Every statement is printed, then run, then its value or its error is printed. Nothing in the output depends on the machine, so that two
interpreters can be compared:  krait examples/tour.py > a; python3.14 examples/tour.py > b; diff a b
"""
import ast
import sys
import traceback

SECTIONS = [
    ("Numbers and names", r'''
        2 ** 100, 7 // 2, -7 % 3, 0.1 + 0.2, (3 + 4j) * 1j
        a = b = 5
        a += 1
        a, b
        a, b = b, a
        f"{a=} {b=} {a / b:.3f} {10 ** 9:,}"
        aa
        int("x")
        1 / 0
        0 < a <= 5 != b
    '''),
    ("Lists, tuples, sets", r'''
        xs = [3, 1, 2]
        xs.append(4); xs.sort(reverse=True); xs
        xs[1:3], xs[::-1], xs[-1]
        xs[1:3] = ["x", "y", "z"]; xs
        t = (1, "two", [3])
        t[2].append(4); t
        t[0] = 9
        first, *middle, last = range(6); middle
        sorted({3, 1, 2} | {5} - {1}), {1, 2} <= {1, 2, 3}
        [*range(3), *"ab"], (*"xy",)
    '''),
    ("Dicts, from pairs and in order", r'''
        d = dict([("one", 1), ("two", 2), ("three", 3)])
        d
        {k: v * v for k, v in d.items() if v > 1}
        d["four"]
        d.get("four", "nothing"), d.setdefault("four", 4), list(d)
        dict(zip("abc", range(3))) | {"c": "new"}
        del d["one"]; d["one"] = 1; d
    '''),
    ("Functions and lambdas", r'''
        def area(width, height=2, /, *, unit="m", **more):
            return f"{width * height} {unit}²", more
        area(3), area(3, 4, unit="cm", colour="red")
        area()
        area(width=3)
        (lambda x, *rest: (x, rest))(1, 2, 3)
        sorted(["banana", "fig", "apple"], key=lambda w: (len(w), w))
        list(map(lambda x: x ** 2, filter(lambda x: x % 2, range(8))))
    '''),
    ("Closures and namespaces", r'''
        def counter():
            n = 0
            def step():
                nonlocal n
                n += 1
                return n
            return step
        c = counter(); d = counter()
        c(), c(), d(), c()
        c.__closure__[0].cell_contents
        x = "global"
        def scopes():
            x = "local"
            def inner():
                global x
                return x
            return x, inner()
        scopes()
        def unbound():
            print(y)
            y = 1
        unbound()
        del x
        x
    '''),
    ("Decorators", r'''
        def logged(function):
            def wrapper(*args):
                result = function(*args)
                print(f"{function.__name__}{args} -> {result}")
                return result
            return wrapper
        def times(n):
            return lambda function: lambda *args: [function(*args) for _ in range(n)]
        @times(2)
        @logged
        def add(a, b):
            return a + b
        add(1, 2)
    '''),
    ("Shallow and deep copies", r'''
        import copy
        original = [1, [2, 3], {"k": [4]}]
        alias, shallow, deep = original, copy.copy(original), copy.deepcopy(original)
        original[1].append("changed"); original.append("new")
        alias
        shallow
        deep
        alias is original, shallow[1] is original[1], deep[1] is original[1]
        cycle = [1]; cycle.append(cycle)
        clone = copy.deepcopy(cycle); clone[1] is clone, clone
    '''),
    ("Classes", r'''
        class Animal:
            """Something that speaks."""
            legs = 4
            def __init__(self, name):
                self.name = name
            def speak(self):
                return f"{self.name} says {self.sound}"
            def __repr__(self):
                return f"{type(self).__name__}({self.name!r})"
            @property
            def shout(self):
                return self.speak().upper()
            @classmethod
            def twins(cls, a, b):
                return cls(a), cls(b)
        class Dog(Animal):
            sound = "woof"
            def speak(self):
                return super().speak() + "!"
        rex = Dog("Rex")
        rex, rex.speak(), rex.shout, Dog.twins("A", "B")
        Animal("Nobody").speak()
        rex.shout = 1
        [c.__name__ for c in Dog.__mro__], isinstance(rex, Animal), vars(rex)
        class Vector(tuple):
            def __new__(cls, *xs): return super().__new__(cls, xs)
            def __add__(self, other): return Vector(*(a + b for a, b in zip(self, other)))
            def __mul__(self, k): return Vector(*(a * k for a in self))
            __rmul__ = __mul__
        2 * (Vector(1, 2) + Vector(3, 4))
        class Registry(type):
            known = []
            def __init__(cls, name, bases, namespace):
                super().__init__(name, bases, namespace)
                Registry.known.append(name)
        class Plugin(metaclass=Registry): pass
        class Special(Plugin): pass
        Registry.known
    '''),
    ("Iterators and generators", r'''
        def fibonacci():
            a, b = 0, 1
            while True:
                yield a
                a, b = b, a + b
        import itertools
        list(itertools.islice(fibonacci(), 12))
        def running_mean():
            total = n = 0
            mean = None
            while True:
                total += yield mean
                n += 1
                mean = total / n
        mean = running_mean(); next(mean)
        [mean.send(x) for x in (10, 20, 60)]
        def flatten(tree):
            for item in tree:
                if isinstance(item, list): yield from flatten(item)
                else: yield item
        list(flatten([1, [2, [3, [4]], 5]]))
        sum(x * x for x in range(1000) if x % 3 == 0)
    '''),
    ("Coroutines", r'''
        import asyncio
        async def fetch(name, delay):
            await asyncio.sleep(delay)
            return f"{name} is here"
        async def ticks(n):
            for i in range(n):
                await asyncio.sleep(0)
                yield i
        async def main():
            async with asyncio.TaskGroup() as group:
                slow = group.create_task(fetch("slow", 0.02))
                fast = group.create_task(fetch("fast", 0))
            print(await asyncio.gather(fetch("a", 0.01), fetch("b", 0)))
            try:
                async with asyncio.timeout(0.01): await asyncio.sleep(10)
            except TimeoutError: print("too late")
            return slow.result(), fast.result(), [i async for i in ticks(3)]
        asyncio.run(asyncio.wait_for(main(), 5))
    '''),
    ("Pattern matching", r'''
        from dataclasses import dataclass
        @dataclass
        class Point:
            x: int
            y: int
        def describe(value):
            match value:
                case 0 | 0.0: return "zero"
                case int(n) if n < 0: return f"negative {n}"
                case [] | (): return "empty"
                case [Point(x=0, y=0), *rest]: return f"starts at the origin, then {rest}"
                case Point(x, y) if x == y: return f"on the diagonal at {x}"
                case {"kind": "circle", "r": r, **others}: return f"circle {r}, {others}"
                case str() as text: return f"text of {len(text)}"
                case _: return "something else"
        for v in (0, -5, [], [Point(0, 0), 1, 2], Point(3, 3), {"kind": "circle", "r": 2, "c": "red"}, "hello", None):
            print(describe(v))
    '''),
    ("Exceptions and groups of them", r'''
        def risky(n):
            try:
                if n == 0: raise ValueError("zero")
                return 10 / n
            except ValueError as error:
                raise RuntimeError("could not") from error
            else: print("never")
            finally: print("cleaned up")
        risky(4)
        risky(0)
        try: risky(0)
        except RuntimeError as error: print(repr(error.__cause__))
        error
        group = ExceptionGroup("several", [ValueError(1), KeyError("k"), ExceptionGroup("inner", [ValueError(2), OSError("disk")])])
        try: raise group
        except* ValueError as values: print(repr(values))
        except* (KeyError, OSError) as rest: print(repr(rest))
        problem = ValueError("with a note"); problem.add_note("look here"); raise problem
        class Guard:
            def __enter__(self): print("enter"); return self
            def __exit__(self, kind, value, tb): print("exit", kind and kind.__name__); return kind is KeyError
        with Guard(), Guard(): raise KeyError("swallowed")
    '''),
    ("Strings, templates, formats", r'''
        name, n = "Wörld", 42
        f"Hello {name!r:>10}, {n:#x} {n:08.3f} {'nested ' + f'{n + 1}'}"
        "{0} {key[a]}".format(1, key={"a": 2}), "%s is %05.1f%%" % ("half", 50), name.upper().center(11, "*")
        template = t"<b>{name}</b> has {n:>5}"
        template.strings, template.values, template.interpolations[1].format_spec
        "".join(p if isinstance(p, str) else str(p.value).replace("ö", "&ouml;") for p in template)
        "naïve café 日本 😀"[::-1].encode("utf-8").decode()[:4], b"bytes"[1:3], "a,b,,c".split(",")
    '''),
    ("Type parameters and annotations", r'''
        def first[T](items: list[T], default: T | None = None) -> T | None:
            return items[0] if items else default
        first([1, 2]), first([]), first.__type_params__, first.__annotations__["items"]
        class Stack[T]:
            def __init__(self): self.items: list[T] = []
            def push(self, item: T) -> "Stack[T]": self.items.append(item); return self
        Stack[int]().push(1).push(2).items, Stack[int]
        type Tree[T] = T | list[Tree[T]]
        Tree[int], Tree.__value__
        def later(x: NotYetDefined): pass
        later.__annotations__
        class NotYetDefined: pass
        later.__annotations__["x"].__name__
    '''),
    ("Lifetimes: weak references and finalisation", r'''
        import gc, weakref
        class Thing:
            def __init__(self, name): self.name = name
            def __del__(self): print("gone:", self.name)
        thing = Thing("first"); ref = weakref.ref(thing, lambda r: print("callback"))
        ref() is thing
        thing = Thing("second")
        ref()
        things = [Thing("a"), Thing("b"), Thing("c")]
        del things[1]
        things.clear()
        def scope(): local = Thing("local"); print("leaving")
        scope()
        knot = Thing("knot"); knot.me = knot
        del knot
        gc.collect() > 0
        cache = weakref.WeakValueDictionary(); cache["t"] = thing; list(cache)
        del thing
        list(cache)
    '''),
    ("Threads", r'''
        import threading, queue
        total, lock = 0, threading.Lock()
        def work(n):
            global total
            for _ in range(n):
                with lock: total += 1
        workers = [threading.Thread(target=work, args=(1000,)) for _ in range(4)]
        for w in workers: w.start()
        for w in workers: w.join()
        total
        jobs, results = queue.Queue(), []
        def consume():
            while (job := jobs.get()) is not None: results.append(job * job)
        consumer = threading.Thread(target=consume, daemon=True); consumer.start()
        for job in [1, 2, 3, None]: jobs.put(job)
        consumer.join(timeout=5); results
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(2) as pool: print(list(pool.map(str.upper, ["a", "b"], timeout=5)))
    '''),
    ("The standard library", r'''
        import collections, datetime, functools, json, re, statistics, textwrap
        json.loads(json.dumps({"list": [1, 2.5, None, True], "text": "é"}))
        re.sub(r"(\w+)@(\w+)", r"\2 at \1", "me@home")
        collections.Counter("mississippi").most_common(2), collections.deque([1, 2, 3], maxlen=2)
        datetime.date(2024, 2, 28) + datetime.timedelta(days=2)
        functools.reduce(lambda a, b: a * b, range(1, 21)), statistics.median([3, 1, 2])
        @functools.cache
        def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
        fib(90), fib.cache_info().misses
        print(textwrap.fill("The quick brown fox jumps over the lazy dog", 20))
    '''),
]


def statements(source):
    """The statements of a section: their text as it would be typed, and their code."""
    source = "\n".join(line[8:] for line in source.strip("\n").split("\n"))
    lines = source.split("\n")
    for node in ast.parse(source).body:
        start = min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", [])])
        yield start, "\n".join(lines[start - 1:node.end_lineno]), compile(ast.Interactive([node]), "<tour>", "single")


def play(title, source, namespace):
    print(f"\n--- {title} ---")
    shown = 0
    for start, text, code in statements(source):
        if start > shown:       # several statements may share a line
            first, *more = text.split("\n")
            print(">>>", first)
            for line in more:
                print("...", line)
            shown = start + len(more)
        try:
            exec(code, namespace)
        except Exception as error:
            print("".join(traceback.format_exception_only(error)), end="")
            error.__traceback__ = None


def main():
    print("Python", sys.version.split()[0].rpartition(".")[0], "statement by statement")
    for title, source in SECTIONS:
        play(title, source, {"__name__": "__main__"})
    print("\nThe tour is over.")


main()
