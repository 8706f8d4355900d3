"""Numbers that are no thread's, where libc would take any for an address."""
import signal, threading, time

print(time.clock_gettime(time.pthread_getcpuclockid(threading.get_ident())) > 0, signal.pthread_kill(threading.get_ident(), 0))
for n in 0, 1, 1 << 40:
    for call in time.pthread_getcpuclockid, lambda n: signal.pthread_kill(n, 0):
        try:
            call(n)
        except OSError as e:
            print(e)
