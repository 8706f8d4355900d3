"""A signal that arrives while C code runs is handled before the next instruction, which may wait for long."""
import _thread
import os
import signal
import threading
import time


def handler(number, frame):
    print("handled")


signal.signal(signal.SIGUSR1, handler)
os.kill(os.getpid(), signal.SIGUSR1); print("after kill")
signal.raise_signal(signal.SIGUSR1); print("after raise_signal")
signal.setitimer(signal.ITIMER_REAL, 0)
try:
    os.kill(os.getpid(), signal.SIGINT); print("never")
except KeyboardInterrupt:
    print("interrupted")
# The lock of a condition is held again when an interrupted wait() is left.
for _ in range(20):
    try:
        t = threading.Thread(target=_thread.interrupt_main)
        t.start()
        t.join()
        time.sleep(10)
    except KeyboardInterrupt:
        pass
print("done")
