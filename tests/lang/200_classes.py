# Classes: attributes, methods, inheritance, super, the basic special methods.
class Animal:
    """An animal."""
    kingdom = "Animalia"
    count = 0
    def __init__(self, name):
        self.name = name
        Animal.count += 1
    def speak(self): return f"{self.name} makes a sound"
    def __str__(self): return f"<{self.name}>"
class Dog(Animal):
    def __init__(self, name, breed):
        super().__init__(name)
        self.breed = breed
    def speak(self): return super().speak() + ": woof"
a, d = Animal("cat"), Dog("rex", "lab")
print(a.speak(), d.speak(), str(d), d.kingdom, Animal.count, Dog.count)
print(isinstance(d, Animal), isinstance(a, Dog), issubclass(Dog, Animal), isinstance(d, (int, Dog)), type(d), type(d).__name__, d.__class__ is Dog)
print(Dog.__mro__, Dog.__bases__, Animal.__doc__, Dog.__doc__, Dog.__module__, Dog.__qualname__, d.__dict__, sorted(k for k in vars(Dog) if not k.startswith("__")))
d.kingdom = "own"
print(d.kingdom, a.kingdom, Dog.kingdom); del d.kingdom; print(d.kingdom)
Animal.legs = 4
print(d.legs, hasattr(d, "legs"), hasattr(d, "wings"), getattr(d, "wings", 0))
setattr(d, "wings", 2); print(d.wings); delattr(d, "wings"); print(hasattr(d, "wings"))
m = d.speak
print(m(), m.__self__ is d, m.__func__ is Dog.speak, m.__name__, Dog.speak(d), d.speak == d.speak, d.speak is d.speak)
class A:
    def f(self): return "A"
class B(A):
    def f(self): return "B" + super().f()
class C(A):
    def f(self): return "C" + super().f()
class D(B, C):
    def f(self): return "D" + super().f()
print(D().f(), [k.__name__ for k in D.__mro__], super(B, D()).f(), super(C, D).f(D()))
for bad in ("class X(A, B): pass", "class X(A, A): pass", "class X(5): pass", "class X(bool): pass", "class X(type(None)): pass", "class X(int, str): pass"):
    try: exec(bad)
    except TypeError as e: print(e)
try: d.nothing
except AttributeError as e: print(e, e.name, e.obj is d)
try: Dog.nothing
except AttributeError as e: print(e)
try: del d.nothing
except AttributeError as e: print(e)
try: Dog()
except TypeError as e: print(e)
try: object(1)
except TypeError as e: print(e)
try: object().x = 1
except AttributeError as e: print(e)
try: Animal.__init__()
except TypeError as e: print(e)
class Empty: pass
try: Empty(1)
except TypeError as e: print(e)
class Private:
    def __init__(self): self.__x = 1
    def get(self): return self.__x
    __y = 2
print(Private().get(), Private()._Private__x, Private._Private__y, vars(Private()))
class Meta1:
    n = 1
    n += 1
    l = [n]
    def __init_subclass__(cls, **kw): cls.kw = kw; super().__init_subclass__()
class Meta2(Meta1, a=1, b=2): pass
print(Meta1.n, Meta1.l, Meta2.kw)
class StaticAndClass:
    made = []
    @classmethod
    def make(cls, *a): o = cls(); cls.made.append(a); return o
    @staticmethod
    def twice(x): return x * 2
class Sub(StaticAndClass): pass
print(type(Sub.make(1)).__name__, Sub.made, Sub.twice(4), Sub().twice(5), StaticAndClass.__dict__["twice"].__func__(3))
dyn = type("Dyn", (A,), {"x": 5, "g": lambda self: self.x})
print(dyn, dyn().g(), dyn().f(), dyn.__name__)
class Nest:
    class Inner:
        def who(self): return type(self).__qualname__
print(Nest.Inner().who())
o = Empty(); o.__class__ = Sub
print(type(o).__name__, o.twice(1))
d.speak = lambda: "instance attribute"
print(d.speak())
class Slots:
    __slots__ = ("a", "b")
s = Slots(); s.a = 1
try: s.c = 1
except AttributeError as e: print(e)
try: s.b
except AttributeError as e: print(e)
print(s.a, hasattr(s, "__dict__"), Slots.a.__get__(s))
