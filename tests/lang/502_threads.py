# Threads, locks, queues, thread locals.
import threading, queue, time
out = []
ts = [threading.Thread(target=lambda i=i: out.append(i * i), name=f"t{i}") for i in range(5)]
for t in ts: t.start()
for t in ts: t.join()
print(sorted(out), ts[0].name, ts[0].is_alive(), threading.current_thread().name, threading.active_count())
lock, n = threading.Lock(), 0
def add():
    global n
    for _ in range(2000):
        with lock: n += 1
ts = [threading.Thread(target=add) for _ in range(4)]; [t.start() for t in ts]; [t.join() for t in ts]; print(n, lock.locked())
q = queue.Queue(); res = []
def worker():
    while (x := q.get()) is not None: res.append(x * 2); q.task_done()
w = threading.Thread(target=worker); w.start(); [q.put(i) for i in range(5)]; q.join(); q.put(None); w.join(); print(res)
loc = threading.local(); loc.v = "main"; seen = []
def see(): seen.append(hasattr(loc, "v")); loc.v = "thread"; seen.append(loc.v)
t = threading.Thread(target=see); t.start(); t.join(); print(seen, loc.v)
ev, cond, ready = threading.Event(), threading.Condition(), []
def wait():
    with cond:
        while not ready: cond.wait()
    ev.set()
t = threading.Thread(target=wait); t.start()
with cond: ready.append(1); cond.notify_all()
print(ev.wait(5)); t.join(); print(ev.wait(0), threading.Event().wait(0.01))
sem = threading.Semaphore(2); print(sem.acquire(), sem.acquire(), sem.acquire(blocking=False)); r = threading.RLock(); print(r.acquire(), r.acquire(), r.release(), r.release())
for bad in (lambda: threading.Lock().release(), lambda: r.release(), lambda: ts[0].start(), lambda: threading.current_thread().join()):
    try: bad()
    except RuntimeError as e: print(type(e).__name__, e)
errs = []; threading.excepthook = lambda a: errs.append((a.exc_type.__name__, str(a.exc_value))); t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join(); print(errs)
b, hits = threading.Barrier(3), []
def at(): b.wait(); hits.append(1)
ts = [threading.Thread(target=at) for _ in range(3)]; [t.start() for t in ts]; [t.join() for t in ts]; print(len(hits), lock.acquire(timeout=0.01), lock.acquire(timeout=0.01), lock.release())
tm = threading.Timer(0.01, out.append, ["timer"]); tm.start(); tm.join(); print(out[-1])
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(3) as ex:
    print(list(ex.map(lambda x: x ** 2, range(5))), ex.submit(divmod, 7, 2).result()); f = ex.submit(lambda: [][0])
    print(type(f.exception()).__name__)
def gen():
    for i in range(1000): yield i
shared, got, gl = gen(), [], threading.Lock()
def pull():
    while True:
        with gl:
            try: got.append(next(shared))
            except StopIteration: return
ts = [threading.Thread(target=pull) for _ in range(3)]; [t.start() for t in ts]; [t.join() for t in ts]; print(sorted(got) == list(range(1000)))
class D:
    def __del__(self): died.append(threading.current_thread().name)
died = []; t = threading.Thread(target=lambda: D(), name="killer"); t.start(); t.join(); print(died)
dm = threading.Thread(target=time.sleep, args=(60,), daemon=True); dm.start(); print(dm.daemon, dm.is_alive(), isinstance(dm.ident, int), threading.main_thread() is threading.current_thread()); print("end")
