# The order in which sets are walked, after all kinds of operations.
class Random:
    def __init__(self, seed): self.state = seed
    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self.state >> 33) % n
r=Random(3)
def show(tag,s): print(tag, list(s))
for trial in range(60):
    a=[r.below(60)*1000003 for _ in range(r.below(30))]; b=[r.below(60)*1000003 for _ in range(r.below(30))]
    s=set(a); show('set',s); o=set(b); show('o',o)
    x=set(s); x|=o; show('ior',x)
    x=set(s); x-=o; show('isub',x); x.add(7); show('add',x)
    x=set(s); x^=o; show('ixor',x)
    x=set(s); x&=o; show('iand',x)
    show('or',s|o); show('sub',s-o); show('xor',s^o); show('and',s&o)
    show('union',frozenset(s).union(o,[5])); show('fs',set(frozenset(s)))
    x=set(s)
    for i in range(3):
        if x: show('pop',[x.pop()])
    for v in b: x.add(v)
    show('after',x)
    for v in a[::2]: x.discard(v)
    show('disc',x); show('copy',set(x)); show('copy2',x.copy()); x|={1,2,3}; show('ior2',x)
    show('lit',{v for v in a}); show('dict', set(dict.fromkeys(a))); y=set(); y.update(dict.fromkeys(b)); y.update(a); show('upd', y)
