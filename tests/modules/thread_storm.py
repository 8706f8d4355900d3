"""Threads begin and end in crowds while others look at all threads there are, and while thread-local data dies."""
import _thread
import sys
import threading

sys.setswitchinterval(1e-5)
started, lock = 0, _thread.allocate_lock()


class Held:
    def __del__(self):
        threading.local().x = 1


def short():
    local = threading.local()
    local.held = Held()
    local.again = local
    sys._current_frames()


def storm():
    for _ in range(15):
        threads = [threading.Thread(target=short) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()


def counted():
    global started
    with lock:
        started += 1


storms = [threading.Thread(target=storm) for _ in range(3)]
for t in storms:
    t.start()
for _ in range(200):
    _thread.start_new_thread(counted, ())
for t in storms:
    t.join()
while started < 200:
    pass
print(started, threading.active_count())
