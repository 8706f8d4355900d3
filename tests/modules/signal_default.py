"""SIG_DFL gives a signal back to the system: it ends the process, as it did before anyone handled it."""
import os
import signal
import time


def child(action):
    pid = os.fork()
    if pid == 0:
        action()
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        os._exit(5)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def to_default():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def to_nothing():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def back_again():
    to_default()
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(6))


print(child(to_default), child(to_nothing), child(back_again))
to_default()
print(signal.getsignal(signal.SIGINT))
