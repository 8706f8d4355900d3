# fork() in a thread: that thread is the child's main thread, and the only one; interrupt_main() raises where it is called.
import _posixsubprocess, _thread, os, signal, sys, threading

ev = threading.Event()
for _ in range(3):
    threading.Thread(target=ev.wait, daemon=True).start()

def work():
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            old = signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGUSR1, lambda *a: os.write(w, b'signal '))
            os.kill(os.getpid(), signal.SIGUSR1)
            t = threading.Thread(target=lambda: os.write(w, b'thread '))
            t.start()
            t.join()
            os.write(w, b'%d %s %d' % (threading.active_count(), str(threading.main_thread() is threading.current_thread()).encode(), old))
        except BaseException as e:
            os.write(w, repr(e).encode())
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 300))

def join_main():
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        threading.Thread(target=lambda: (main.join(), os.write(w, b'joined'))).start()
        for t in threading.enumerate():
            if t is not threading.current_thread():
                t.join()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 300))

main = threading.current_thread()
import warnings
warnings.simplefilter('ignore')
t = threading.Thread(target=work)
t.start()
t.join()
work()
t = threading.Thread(target=join_main)
t.start()
t.join()
ev.set()

try:
    _thread.interrupt_main()
    print('not interrupted')
except KeyboardInterrupt:
    print('interrupted')

# The error pipe need not be among the descriptors that stay open.
r, w = os.pipe()
er, ew = os.pipe()
pid = _posixsubprocess.fork_exec([b'/bin/sh', b'-c', b'echo child >/dev/fd/%d' % w], [b'/bin/sh'], True, (w,), None, None, -1, -1, -1, -1, -1, -1, er, ew, False, False, -1,
                                 None, None, None, -1, None)
os.close(w)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 10))
