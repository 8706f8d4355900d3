import gc, weakref
class N: pass
class Last:
    def __del__(self): deaths.append(1)
deaths = []
refs = []
for i in range(30000):
    a = Last(); a.me = a
    del a
print(len(deaths) > 20000)
before = len(deaths)
gc.disable()
for i in range(5000):
    a = Last(); a.me = a
    del a
print(len(deaths) == before)
gc.enable()
for i in range(10000):
    a = Last(); a.me = a
    del a
gc.collect()
print(len(deaths))
