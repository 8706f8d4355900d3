"""What arrives while C code runs is dealt with before the next instruction, also where the call has run often."""
import _thread
import signal
import sys
import threading

handled = 0
gate, lock = threading.Lock(), threading.Lock()


def handler(number, frame):
    global handled
    handled += 1


def send():
    gate.acquire()
    _thread.interrupt_main(signal.SIGUSR1)
    lock.release()


acquire = lock.acquire


def known():
    acquire()
    return handled


def unknown(function):
    function()
    return handled


def signalled(function, *arguments):
    gate.acquire()
    lock.acquire()
    thread = threading.Thread(target=send)
    thread.start()
    gate.release()
    print(function(*arguments))
    thread.join()
    gate.release()
    lock.release()


class Key:
    """Begins to trace the frame that looks for it."""
    started = False

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if Key.started:
            sys.settrace(trace)
            sys._getframe(1).f_trace = trace
        return True


def trace(frame, event, argument):
    print(event, frame.f_lineno - look.__code__.co_firstlineno)
    return trace


def look(table, key):
    found = table.get(key)
    found += 1
    return found


signal.signal(signal.SIGUSR1, handler)
table = {Key(): 5}
for _ in range(3000):
    known()
    lock.release()
    unknown(acquire)
    lock.release()
    look(table, Key())
signalled(known)
signalled(unknown, acquire)
Key.started = True
print(look(table, Key()))
sys.settrace(None)
