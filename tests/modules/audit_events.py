"""Audit events of fcntl, time, gc, marshal, socket, syslog, _thread and sys.excepthook, with their arguments, before the arguments are judged."""
import _thread
import fcntl
import gc
import io
import marshal
import os
import socket
import sys
import syslog
import time

on = []
def hook(e, a):
    if on and not e.startswith(('exec','compile','import','open','object')): print(e, [x if isinstance(x,(int,str,bytes,float,type(None),tuple)) else type(x).__name__ for x in a])
sys.addaudithook(hook); on.append(1)
def t(f):
    try: f()
    except Exception as e: print(type(e).__name__, e)
r,w=os.pipe(); os.dup2(r,70); os.dup2(w,71)
t(lambda: fcntl.fcntl(70,1)); t(lambda: fcntl.fcntl(70,1,0)); t(lambda: fcntl.fcntl(70,1,b'ab')); t(lambda: fcntl.fcntl(70,1,None)); t(lambda: fcntl.ioctl(70,0x541B, b'1234')); t(lambda: fcntl.ioctl(70,0x5413)); t(lambda: fcntl.flock(70,8)); t(lambda: fcntl.lockf(70,8)); t(lambda: fcntl.lockf(70,8,1,2,0)); t(lambda: fcntl.lockf(70,0)); t(lambda: fcntl.ioctl(70,-1,None));t(lambda: fcntl.fcntl(70,'x'))
t(lambda: time.sleep(0)); t(lambda: time.sleep(-1)); t(lambda: time.sleep('x')); t(lambda: time.sleep(0.0))
t(lambda: gc.get_objects()); t(lambda: gc.get_objects(1)); t(lambda: gc.get_objects(9)); t(lambda: gc.get_objects(None)); t(lambda: gc.get_referrers(77)); t(lambda: gc.get_referents(1, 2))
t(lambda: marshal.dumps(1)); t(lambda: marshal.dumps(1, 2)); t(lambda: marshal.loads(b'N')); t(lambda: marshal.loads(bytearray(b'N')))
b=io.BytesIO(); t(lambda: marshal.dump((1,), b)); b.seek(0); t(lambda: marshal.load(b)); t(lambda: marshal.load(3))
t(lambda: socket.gethostname())
s=socket.socket(); t(lambda: s.bind(('127.0.0.1',0))); t(lambda: s.connect(('127.0.0.1',1))); t(lambda: s.connect_ex(('127.0.0.1',1))); s.close()
t(lambda: syslog.openlog('a')); t(lambda: syslog.syslog('x')); t(lambda: syslog.syslog(3,'x')); t(lambda: syslog.closelog()); t(lambda: syslog.closelog()); t(lambda: syslog.setlogmask(255)); t(lambda: syslog.syslog('y')); t(lambda: syslog.openlog(logoption=2,facility=16));sys.argv=None; t(lambda: syslog.openlog())


class Call:
    def __init__(self): self.done = _thread.allocate_lock(); self.done.acquire()
    def __call__(self): self.done.release()
call = Call()
_thread.start_new_thread(call, ())
call.done.acquire()
_thread.start_joinable_thread(call, daemon=False).join()
call.done.acquire()
t(lambda: _thread.start_joinable_thread(call, handle=3))

def refuse(event, args):
    if on and event in ('time.sleep', 'marshal.loads', 'gc.get_objects', 'syslog.openlog', 'fcntl.flock', 'socket.__new__'): raise RuntimeError(event)
sys.addaudithook(refuse)
for f in lambda: time.sleep(0), lambda: marshal.loads(b'N'), lambda: gc.get_objects(), lambda: syslog.openlog('a'), lambda: fcntl.flock(70, 8), lambda: socket.socket(): t(f)
sys.excepthook = lambda *a: print('shown', a[0].__name__)
1 / 0
