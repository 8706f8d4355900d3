# What is written, byte for byte, and what cannot be: the exceptions with their notes.
import _pickle, copyreg, hashlib, io, re, sys, types
def attempt(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e, getattr(e,'__notes__',None), 'cause', repr(e.__cause__), 'ctx', repr(e.__context__))
class C: pass
class Bad:
    def __repr__(self): return '<Bad>'
    def __init__(self, r): self.r = r
    def __reduce_ex__(self, p): return self.r
class Un:
    def __repr__(self): return '<Un>'
    def __reduce__(self): raise ZeroDivisionError(1)
def f(): pass
def mk():
    def g(): pass
    class L: pass
    return g, L
g, L = mk()
L.__repr__ = lambda s: '<L>'
g2 = lambda: 1

fake = types.FunctionType(f.__code__, {}, 'fake'); fake.__module__='nomod'
fake2 = types.FunctionType(f.__code__, {}, 'f'); fake2.__module__='__main__'
fake3 = types.FunctionType(f.__code__, {}, 'nope'); fake3.__module__='__main__'
fake4 = types.FunctionType(f.__code__, {}, 'nope'); fake4.__module__=5
fake5 = types.FunctionType(f.__code__, {}, 'nope'); fake5.__module__=''
fake6 = types.FunctionType(f.__code__, {}, 'nope'); fake6.__module__=None
fake7 = types.FunctionType(f.__code__, {}, 'n\xe9'); fake7.__module__='__main__'; globals()['n\xe9'] = fake7

def clean(s): return re.sub(r'0x[0-9a-f]+','0x', s)

op = print
def print(*a, **k): op(*[clean(str(x)) for x in a], **k)
un = Un()
it = iter([])
for proto in (0,1,2,4):
    print('PROTO', proto)
    for v in [Bad(5), Bad(()), Bad((1,)), Bad((1,2)), Bad((list,2)), Bad((list,(),None,5)), Bad((list,(),None,None,5)), Bad((list,(),None,None,None,5)), Bad((1,)*7), Bad((list,(un,))), Bad((un.__reduce__,())), Bad((list,(),un)), Bad((list,(),None,iter([un]))), Bad((list,(),None,None,iter([(1,un)]))), Bad((list,(),None,None,iter([(un,1)]))), Bad((list,(),None,None,iter([1]))), Bad((list,(),5,None,None,un.__reduce__)), Bad((list,(),un,None,None,f)), 
      Bad((copyreg.__newobj__,())), Bad((copyreg.__newobj__,(1,))), Bad((copyreg.__newobj__,(int,))), Bad((copyreg.__newobj__,(Bad,un))), Bad((copyreg.__newobj_ex__,(Bad,un))), Bad((copyreg.__newobj_ex__,(5,(),{}))), Bad((copyreg.__newobj_ex__,(int,(),{}))), Bad((copyreg.__newobj_ex__,(Bad,5,{}))), Bad((copyreg.__newobj_ex__,(Bad,(),5))), Bad((copyreg.__newobj_ex__,(Bad,(un,),{}))), Bad((copyreg.__newobj_ex__,(Bad,(),{'a':un}))), Bad('nope'), Bad('f'), Bad('a.b'), 
      un, [un], [1,un], [1,2,(3,un)], {1:un}, {un:1}, {1:2,3:un}, {un}, frozenset({un}), (un,), (1,2,3,un), g, L, L(), [g], g2, fake, fake2, fake3, fake4, fake5, fake6, fake7, sys, type(it), [sys], object(), type(None), type(...), NotImplemented, Ellipsis, int, len, [].append, _pickle.PickleBuffer(b'a'), bytearray(b'ab'), b'\xff', b'', bytearray(), types.SimpleNamespace(a=un), 1<<70, range(3), Exception(un)]:
        print(type(v).__name__, getattr(v,'r',''), end=' '); attempt(_pickle.dumps, v, proto)
class Meta(type): pass
class MC(metaclass=Meta): pass
attempt(_pickle.dumps, MC); 
loc = Meta('Zed', (), {}); attempt(_pickle.dumps, loc)
copyreg.add_extension('__main__','C', 0x100); attempt(_pickle.dumps, C)
copyreg._extension_registry['__main__','Bad'] = 'x'; attempt(_pickle.dumps, Bad)
copyreg._extension_registry['__main__','Bad'] = 1<<40; attempt(_pickle.dumps, Bad)
copyreg._extension_registry['__main__','Bad'] = 0; attempt(_pickle.dumps, Bad)
del copyreg._extension_registry['__main__','Bad']
class NoReduce:
    __reduce_ex__ = None
attempt(_pickle.dumps, NoReduce())
class NR2:
    def __getattribute__(self, n):
        raise AttributeError(n)
attempt(_pickle.dumps, NR2())
for n in (0,1,2,999,1000,1001,2000,2001):
  for proto in range(6):
    for v in (list(range(n)), dict.fromkeys(range(n)), set(range(n)), frozenset(range(n)), tuple(range(n))):
        pass
        print(n, proto, type(v).__name__, hashlib.md5(_pickle.dumps(v,proto)).hexdigest())
