"""_warnings.warn_explicit asks a module's loader for the line; filters and registries that were replaced or deleted; the source of a ResourceWarning."""
import _warnings
import os
import sys
import types
import warnings


class L:
    def __init__(self, r): self.r=r
    def get_source(self, name):
        print('  get_source', repr(name))
        if isinstance(self.r, BaseException): raise self.r
        return self.r
NS=types.SimpleNamespace
def run(label, g, line=1):
    print(label)
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try: print('  ret', _warnings.warn_explicit('eggs', UserWarning, 'bar', line, module_globals=g))
        except BaseException as e: print('  EXC', type(e), e)
        for x in w: print('  ', x.category.__name__, x.message, x.line, x.filename, x.lineno if x.filename == 'bar' else '')
src='a\nb\nc'
l=L(src)
sp=lambda **k: NS(loader=l, **k)
run('plain', {'__name__':'n','__loader__':l,'__spec__':sp()})
run('spec.name', {'__name__':'n','__loader__':l,'__spec__':sp(name='sn')})
run('spec.name main', {'__name__':'__main__','__loader__':l,'__spec__':sp(name='sn')})
run('spec.name none', {'__name__':'n','__loader__':l,'__spec__':sp(name=None)})
run('spec.name int', {'__name__':'n','__loader__':l,'__spec__':sp(name=3)})
run('no name', {'__loader__':l,'__spec__':sp()})
run('no name but spec', {'__loader__':l,'__spec__':sp(name='sn')})
run('name int', {'__name__':4,'__loader__':l,'__spec__':sp()})
run('name None', {'__name__':None,'__loader__':l,'__spec__':sp()})
for line in (0,-1,2,3,4,10): run('line %d'%line, {'__name__':'n','__loader__':l,'__spec__':sp(name='n')}, line)
for r in (None, 3, b'bytes\nx', ImportError('x'), OSError('o'), ValueError('v'), KeyboardInterrupt(), AttributeError('q'), '', 'one'):
    l=L(r); run('src %r'%(r,), {'__name__':'n','__loader__':l,'__spec__':sp(name='n')})
class S(str):
    def splitlines(self): print('own'); return ['Q']
l=L(S('zz\ny')); run('subclass', {'__name__':'n','__loader__':l,'__spec__':sp(name='n')})
l=object(); run('no get_source', {'__name__':'n','__loader__':l,'__spec__':sp(name='n')})
run('spec None no name loader', {'__name__':'__main__','__loader__':l,'__spec__':None})
run('empty', {})
run('only name', {'__name__':'n'})
run('main only', {'__name__':'__main__'})
l=L(src)
run('main loader nospec', {'__name__':'__main__','__loader__':l})
run('main loader spec None', {'__name__':'__main__','__loader__':l,'__spec__':None})
run('loader None spec None main', {'__name__':'__main__','__loader__':None,'__spec__':None})
run('loader builtin', {'__name__':'__main__','__loader__':sys.__loader__ if hasattr(sys,'__loader__') else None,'__spec__':None})
run('loader disagrees', {'__name__':'n','__loader__':L('other'),'__spec__':sp(name='n')})
class P:
    @property
    def name(self): raise ValueError('prop')
    loader=l
run('spec name raises', {'__name__':'n','__loader__':l,'__spec__':P()})
class LP:
    @property
    def get_source(self): raise ValueError('gs')
l=LP(); run('get_source raises', {'__name__':'n','__loader__':l,'__spec__':sp(name='n')})
run('bad loader no name', {'__loader__':None,'__spec__':None})
run('bad loader no name 2', {'__loader__':None,'__spec__':NS(loader=None)})
run('bad loader bad name', {'__loader__':None,'__spec__':NS(loader=None,name='x')})
run('bad loader main spec', {'__name__':'__main__','__loader__':None,'__spec__':NS(loader=None,name='x')})

# what was last seen of an attribute of the module holds when it is deleted
with warnings.catch_warnings(record=True) as w:
    warnings.filters = [('error', None, UserWarning, None, 0)]
    try: warnings._filters_mutated_lock_held()
    except RuntimeError as e: print(e)
    with warnings._lock: warnings._filters_mutated_lock_held()
    for _ in range(2):
        try: _warnings.warn('told')
        except UserWarning as e: print('error:', e)
        if hasattr(warnings, 'filters'): del warnings.filters
    warnings.filters = []
    warnings.defaultaction = 'nonsense'
    for _ in range(2):
        try: _warnings.warn('told')
        except RuntimeError as e: print(str(e).splitlines()[0])
        if hasattr(warnings, 'defaultaction'): del warnings.defaultaction
    warnings.defaultaction = 'default'
    _warnings.warn('now shown')
print(len(w))

with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always')
    f = open(os.devnull)
    f = None
    f = open(os.devnull, 'rb', buffering=0)
    f = None
    scan = os.scandir()
    next(scan, None)
    scan = None
print([(str(x.message).split()[1:2], type(x.source).__name__) for x in w])
