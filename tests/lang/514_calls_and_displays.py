# Names of keyword arguments in classes, displays of many items, comparison methods that cannot be had.
class A:
    def f(self): return dict(__x=1), dict(**{}, __x=2), dict(*[], __x=3)
    def g(self, *, __y=1): return __y
    k = (lambda __z=3: 0).__code__.co_varnames


print(A().f(), A.g.__code__.co_varnames, A.k, A.g.__kwdefaults__)

log = []


def n(i):
    log.append(i)
    return i


source = ", ".join(f"n({i})" for i in range(40))
for text in f"[{source}]", f"({source})", f"{{{source}}}", f"[{source}, *[1, 2]]", f"[*[0], {source}]", f"print({source})":
    log.clear()
    value = eval(text)
    print(type(value).__name__, value == eval(text.replace("n(", "int(")), log == list(range(40)))
pairs = ", ".join(f"n({i}): n({i} + 100)" for i in range(20))
log.clear()
d = eval(f"{{{pairs}}}")
print(list(d.items()), log[:6])
log.clear()
print(len(eval(f"{{{pairs}, **{{1: 2}}}}")), len(eval(f"{{**{{1: 2}}, {pairs}}}")))


def raises(self): raise AttributeError("no")


class E:
    __eq__ = property(raises)
    __lt__ = property(raises)


e = E()
print(E() == E(), e == e, E() != E())
try:
    E() < E()
except TypeError as error:
    print(error)

print((lambda: 1000).__code__.co_consts)
