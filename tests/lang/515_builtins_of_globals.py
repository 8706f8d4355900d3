# What stands under __builtins__ in the globals of a program; f_locals in comprehensions; f_lineno when a frame was left.
import sys, types


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


proxy = types.MappingProxyType
print(attempt(eval, "name", {"__builtins__": proxy({"name": 1})}), attempt(eval, "name", {"__builtins__": proxy({})}))
print(attempt(exec, "print(1)", {"__builtins__": 123}), attempt(exec, "import foo", {"__builtins__": proxy({})}))
ns = {"__builtins__": proxy({"__import__": lambda *args: len(args)})}
exec("import foo.bar", ns)
print(ns["foo"])


class D(dict):
    def __missing__(self, key): return f"<{key}>"


d = D(a=1)
exec("b = a; c = other", d)
print(sorted(d), d["c"])

for scope in "module", "class", "function":
    code = "x = [sys._getframe().f_locals['a'] for a in [5]], 'a' in [sys._getframe().f_locals for a in [0]][0]"
    if scope == "class": code = f"class C:\n    {code}\nx = C.x"
    if scope == "function": code = f"def f():\n    {code}\n    return x\nx = f()"
    ns = {"sys": sys}
    exec(code, ns)
    print(scope, ns["x"])


def other_except():
    try:
        1/0
    except TypeError as e:
        pass


def in_finally():
    try:
        1/0
    finally:
        x = 1
        if x > 5:
            x = 2


def in_with():
    with open(__file__):
        1/0


def in_handler():
    try:
        1/0
    except ZeroDivisionError as e:
        {}[1]


for f in other_except, in_finally, in_with, in_handler:
    try:
        f()
    except Exception as e:
        tb = e.__traceback__.tb_next
        print(f.__name__, tb.tb_lineno - f.__code__.co_firstlineno, tb.tb_frame.f_lineno - f.__code__.co_firstlineno)

tb = types.TracebackType(None, sys._getframe(), 1, 2)
print(tb.tb_lasti, tb.tb_lineno)

print(attempt(type, "A", (), {"__doc__": "x\udcdcy"}), attempt(int.from_bytes, 0, "big"))
