import sys
sys.unraisablehook = lambda u: print("unraisable:", u.exc_type.__name__, u.exc_value)
def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2
g = stubborn()
next(g)
del g
print("dropped")
g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as e:
    print("close:", e)
def raising():
    try:
        yield 1
    finally:
        raise ValueError("in finally")
g = raising()
next(g)
del g
print("end")
