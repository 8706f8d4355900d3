"""A fork waits for a thread that holds the import lock; the child can take it."""
import _imp
import os
import threading
import time
import warnings

warnings.simplefilter("ignore")
held, state = threading.Event(), []


def importer():
    _imp.acquire_lock()
    _imp.acquire_lock()
    state.append("half")
    held.set()
    time.sleep(0.02)
    state.append("whole")
    _imp.release_lock()
    _imp.release_lock()


t = threading.Thread(target=importer)
t.start()
held.wait()
pid = os.fork()
if pid == 0:
    _imp.acquire_lock()
    os._exit(len(state))
t.join()
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), _imp.lock_held())
try:
    _imp.release_lock()
except RuntimeError as e:
    print(e)
_imp.acquire_lock()
print(_imp.lock_held())
_imp.release_lock()
