import sys
class N:
    def __del__(self):
        print("in del:", sys.exception())
        try:
            raise RuntimeError("inside")
        except RuntimeError as e:
            print("context:", repr(e.__context__))
def f():
    n = N()
    raise ValueError("outer")
try:
    f()
except ValueError as e:
    e.__traceback__ = None
    print("handling", repr(sys.exception()))
print("after")
try:
    n = N()
    1/0
except ZeroDivisionError:
    del n
    print("still", repr(sys.exception()))
