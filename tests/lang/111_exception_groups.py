# ExceptionGroup and except*.
eg = ExceptionGroup("group", [ValueError(1), TypeError("t"), ExceptionGroup("inner", [KeyError("k"), ValueError(2)])])
print(repr(eg), eg.message, eg.exceptions, str(eg))
print(eg.subgroup(ValueError), eg.split(ValueError), eg.subgroup(lambda e: isinstance(e, KeyError)), eg.subgroup(OSError))
try:
    raise eg
except* ValueError as e:
    print("values", repr(e))
except* (TypeError, KeyError) as e:
    print("types and keys", repr(e))
else:
    print("never")
finally:
    print("finally")
try:
    try:
        raise eg
    except* ValueError:
        print("some")
except ExceptionGroup as rest:
    print("rest", repr(rest))
try:
    raise ValueError("naked")
except* ValueError as e:
    print(repr(e))
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* ValueError:
        raise OSError("new")
except BaseException as e:
    print(repr(e), [repr(x.__context__) for x in e.exceptions if isinstance(x, OSError)])
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* ValueError as e:
        raise
except BaseException as e:
    print(repr(e))
try:
    print("body")
except* ValueError:
    print("never")
else:
    print("else")
class MyGroup(ExceptionGroup):
    def derive(self, excs): return MyGroup(self.message, excs)
m = MyGroup("mine", [ValueError(1), TypeError(2)])
print(repr(m.subgroup(ValueError)), repr(m.split(TypeError)))
m.add_note("noted")
print(m.subgroup(ValueError).__notes__)
print(repr(BaseExceptionGroup("b", [ValueError(1)])), repr(BaseExceptionGroup("b", [KeyboardInterrupt()])))
for bad in (lambda: ExceptionGroup("x", []), lambda: ExceptionGroup("x", [1]), lambda: ExceptionGroup("x", [KeyboardInterrupt()]), lambda: ExceptionGroup(1, [ValueError()]), lambda: ExceptionGroup("x"), lambda: ExceptionGroup("x", 5)):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
def handle(exc):
    try:
        raise exc
    except* ValueError as e:
        return_value = "V%d" % len(e.exceptions)
        print(return_value)
    except* TypeError:
        print("T")
    return "after"
print(handle(ExceptionGroup("", [ValueError(), ValueError()])), handle(ExceptionGroup("", [TypeError()])))
try:
    raise ExceptionGroup("outer", [ExceptionGroup("deep", [ExceptionGroup("deeper", [OSError(1, "x")])])])
except* OSError as e:
    print(repr(e))
for src in ("try: pass\nexcept* E: pass\nexcept F: pass", "try: pass\nexcept*: pass", "def f():\n try: pass\n except* E: return"):
    try:
        compile(src, "s", "exec")
    except SyntaxError as e:
        print(e.msg)
try:
    try: raise ValueError(1)
    except* ExceptionGroup: pass
except TypeError as e:
    print(e)
