import weakref
class C:
    def __del__(self): print("del")
c = C()
refs = [weakref.ref(c, lambda r, i=i: print("callback", i)) for i in range(4)]
plain = weakref.ref(c)
proxy = weakref.proxy(c, lambda p: print("proxy callback"))
refs.append(weakref.ref(c, lambda r: print("callback last")))
del refs[1]
del c
print(plain())
