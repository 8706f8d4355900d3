"""Code objects made again from their parts, as pickling by value does it."""
import types
PARTS = ("argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name qualname firstlineno linetable"
         " exceptiontable freevars cellvars").split()
def rebuilt(function):
    code = types.CodeType(*(getattr(function.__code__, "co_" + part) for part in PARTS))
    return types.FunctionType(code, function.__globals__, None, function.__defaults__, function.__closure__)
def calls_a_parameter(f, x): return f(x)
def no_names(): return (lambda f: f(2))(lambda x: x + 1)
def closure(n):
    def call(f, x): return f(x + n)
    return call
def generator(f, n):
    for i in range(n): yield f(i)
def caught(f):
    try: return f()
    except ZeroDivisionError as e: return str(e)
print(rebuilt(calls_a_parameter)(abs, -3), rebuilt(no_names)(), rebuilt(closure(5))(abs, -9), list(rebuilt(generator)(str, 3)), rebuilt(caught)(lambda: 1 / 0))
code = calls_a_parameter.__code__
print(code.replace(co_name="other").co_name, code.replace() == code)
