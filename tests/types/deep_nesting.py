# Containers and iterators nested far deeper than the C stack: repr, comparison, stepping, hashing and deletion end in a result or a RecursionError.
import itertools, functools, collections
N = 100000
def nest(f, x):
    for _ in range(N): x=f(x)
    return x
for name,f,x in [('list',lambda v:[v],[]),('tuple',lambda v:(v,),()),('dict',lambda v:{1:v},{}),('dictstr',lambda v:{'a':v},{}),('deque',lambda v:collections.deque([v]),None),('partial',lambda v:functools.partial(print,v),None),('od',lambda v:collections.OrderedDict(a=v),None),('dd',lambda v:collections.defaultdict(None,a=v),None),('map',lambda v:map(None,v),[]),('zip',lambda v:zip(v),[]),('enum',lambda v:enumerate(v),[]),('filter',lambda v:filter(None,v),[]),('chain',lambda v:itertools.chain(v),[]),('islice',lambda v:itertools.islice(v,1),[]),('cycle',lambda v:itertools.cycle(v),[1]),('slice',lambda v:slice(v),1),('it',lambda v:iter([v]),1)]:
    v=nest(f,x)
    try: repr(v)
    except RecursionError: pass
    try:
        if name in('list','tuple','dict','deque','od'): v==nest(f,x)
    except RecursionError: pass
    try:
        if name in ('map','zip','enum','filter','chain','islice'): next(v)
    except (RecursionError,StopIteration,TypeError) as e: pass
    try: hash(v)
    except (RecursionError,TypeError): pass
    del v
    print(name,'ok')
