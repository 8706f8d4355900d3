"""Names that a class body declares to be others, docstrings with tabs, signatures in docstrings, and __contains__ of sets as a method."""
def f():
    __firstlineno__ = 0
    __module__ = 1
    class C:
        nonlocal __firstlineno__, __module__
        x = 1
    print(__firstlineno__, __module__, sorted(C.__dict__))
f()
class D:
    global __static_attributes__, __qualname__
print(__static_attributes__, __qualname__, sorted(D.__dict__))
def g():
	"""One
	  two
		three
	\x20four\tx
	"""
print(repr(g.__doc__))
class S:
    """S(a, b=1)
--

text"""
class T:
    "T(a)"
class U(S): pass
class V:
    __doc__ = "V(x, y)\n--\n\n"
class W:
    __doc__ = 5
for c in S, T, U, V, W: print(repr(c.__text_signature__))
print(frozenset({(1,)}).__contains__((1,)), {frozenset({1})}.__contains__({1}), type(set.__contains__).__name__)
try: {1}.__contains__([])
except TypeError as e: print(e)
