# Greenlets: switching, throwing, parents, death, tracing, contexts, threads, what is refused.
import greenlet, sys, gc, weakref, contextvars, threading
from greenlet import greenlet as G, getcurrent, GreenletExit, error
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
main=getcurrent(); print(main.parent, main.dead, bool(main), main.gr_frame, type(main))
def f(*a,**k):
    print('f',a,k)
    x=main.switch('one'); print('x',x)
    x=main.switch(1,2); print('x',x)
    x=main.switch(a=1); print('x',x)
    x=main.switch(1,a=2); print('x',x)
    x=main.switch(); print('x',x)
    return (9,)
g=G(f); print(g.parent is main, g.dead, bool(g), g.gr_frame)
for a in ((1,),(),(2,3),((4,),),(5,),(6,)): print(g.switch(*a), g.dead, bool(g), g.gr_frame is not None)
print(g.switch('dead'), g.switch(1,2), g.switch(), g.switch(a=1), g.dead)
t(g.throw); t(g.throw, ValueError, 'v'); t(g.throw, ValueError('w')); t(g.throw, 5); t(g.throw, ValueError, 1, 2); t(g.throw, ValueError('x'), 3); t(g.throw, GreenletExit); t(g.throw, GreenletExit('bye'))
h=G(f); t(h.throw); print(h.dead); h=G(f); t(h.throw, KeyError, 'k'); print(h.dead)
def boom(): 1/0
t(G(boom).switch)
def ex():
    try: main.switch()
    except GreenletExit as e: print('exit', e); raise
h=G(ex); h.switch(); t(h.throw, GreenletExit('q')); 
h=G(ex); h.switch(); del h; print('deleted')
p=G(lambda *a: ('p',a)); c=G(lambda: 5, parent=p); t(c.switch); print(p.dead,c.dead)
p=G(lambda *a: ('p',a)); c=G(lambda: (5,6), parent=p); t(c.switch)
p=G(lambda *a: ('p',a)); c=G(boom, parent=p); t(c.switch); print(p.dead)
t(setattr, c, 'parent', 5); t(setattr, p, 'parent', c); t(delattr, p, 'parent'); t(setattr, main, 'parent', p)
n=G(f); t(lambda: n.run is f); n.run=boom; t(lambda: n.run is boom); t(delattr,n,'run'); t(lambda: n.run); t(n.switch)
n=G(); t(n.switch); t(G, 1, 2); t(G, parent=5); t(G, f, main, 3); t(G, foo=1)
n=G(lambda: getcurrent().run); t(n.switch); 
n=G(lambda: main.switch()); n.switch(); t(setattr, n, 'run', f); print(n.run if hasattr(n,'run') else 'norun'); n.switch()
class S(G):
    def run(self, x): print('S.run', x, getcurrent() is self); return x*2
    def __init__(self): super().__init__()
s=S(); print(s.switch(21), s.dead); s.foo=1; print(s.__dict__)
r=weakref.ref(s); del s; print(r())
import copy, pickle
t(copy.copy, main); t(pickle.dumps, main)
def tr(ev, args): log.append((ev, args[0] is main, args[1] is main))
log=[]; print(greenlet.settrace(tr), greenlet.gettrace() is tr)
g=G(lambda: main.switch(3)); g.switch(); t(g.throw, ValueError, 'z'); print(greenlet.settrace(None) is tr, log)
def badtr(ev,a): raise RuntimeError('bad')
greenlet.settrace(badtr); t(G(lambda: 1).switch); print(greenlet.gettrace())
v=contextvars.ContextVar('v', default=0)
v.set(1)
def cv(): print('cv', v.get()); v.set(5); main.switch(); print('cv2', v.get())
g=G(cv); print(g.gr_context); g.switch(); print(v.get(), g.gr_context[v]); g.switch(); print(v.get(), g.gr_context[v])
g=G(cv); ctx=contextvars.copy_context(); g.gr_context=ctx; g.switch(); print(ctx[v]); t(setattr, g, 'gr_context', 5); t(delattr, g, 'gr_context'); g.switch()
def other():
    
    try: g2.switch()
    except error as e: print(str(e).splitlines()[0])
    t(lambda: setattr(G(f),'parent',g2)); print(getcurrent() is main, getcurrent().parent)
    t(G(lambda: 7).switch)
g2=G(lambda: main.switch()); g2.switch()
th=threading.Thread(target=other); th.start(); th.join(); g2.switch()
box=[]
def inthread():
    gg=G(lambda: getcurrent().parent.switch(1)); gg.switch(); box.append(gg)
th=threading.Thread(target=inthread); th.start(); th.join(); t(box[0].switch); print(box[0].dead)
# generators, exceptions handled per greenlet
def gen():
    for i in range(3):
        main.switch(i); yield i
def ug(): return list(gen())
g=G(ug); print(g.switch(), g.switch(), g.switch(), g.switch())
def exc():
    try: 1/0
    except ZeroDivisionError:
        main.switch(); print(sys.exc_info()[0]); raise
g=G(exc); g.switch(); print(sys.exc_info()[0])
try: raise KeyError
except KeyError: t(g.switch); print(sys.exc_info()[0])
def rec(n): return 0 if n==0 else 1+rec(n-1)
t(G(lambda: rec(500)).switch)
def inf(): return inf()+1
try: G(inf).switch()
except RecursionError: print('RecursionError')
def stack():
    main.switch(); 
g=G(stack); g.switch(); fr=g.gr_frame; print(fr.f_code.co_name, fr.f_back, fr.f_lineno>0); g.switch(); print(g.gr_frame)
def chain(n):
    if n: return G(chain).switch(n-1)+1
    return 0
print(chain(100))
gs=[G(lambda i=i: main.switch(i)) for i in range(1000)]
print(sum(x.switch() for x in gs)); del gs
gc.collect()
def cyc():
    me=getcurrent(); main.switch(); 
g=G(cyc); g.switch(); r=weakref.ref(g); del g; gc.collect(); print(r() is not None)
print(issubclass(error, Exception), issubclass(GreenletExit, BaseException), issubclass(GreenletExit, Exception), G.__module__, error.__module__, GreenletExit.__module__, G.getcurrent, G.error is error, G.GreenletExit is GreenletExit, G.settrace, G.gettrace)
import re
print(re.sub(r' at 0x.*?\)(?= )', '', re.sub(r'\(nil\)', '', repr([main, G(f), g2, box[0]]))))
print('end')
