from array import array
l=list(range(10)); 
for k in range(-12,12):
    assert l[k::-1]==list(reversed(l[:k+1] if k!=-1 else l)) or k<-10, k
print(l[::-2], l[8:1:-3], l[::3], l[5:2], l[2:5:-1], l[-3::], l[:-100:-1], l[100::-1], l[1:2**80:2], l[2**80::-1])
a=array('d',[1.5,2.0]); a[0]=7; a[-1]=0.0; print(a, a[-1], a[0])
try: a[2]
except IndexError as e: print(e)
try: a[-3]=1.0
except IndexError as e: print(e)
try: a[0]='x'
except TypeError as e: print(e)
for c in 'bBhHiIlLqQfd':
    x=array(c,[1,2,3]); x[1]=9; x[-1]=x[0]; print(c, x, x[-3])
for c in 'bBhHiIlLqQ':
    x=array(c,[1])
    for v in (-1,255,256,2**31,2**32,2**63,2**64,1.5,True):
        try: x[0]=v; print(c,v,x[0])
        except Exception as e: print(c,v,type(e).__name__,e)
print('abc'[1],'abc'[-1],b'abc'[1],bytearray(b'abc')[-1], 'aé漢😀'[3])
for s in ('abc', b'abc', bytearray(b'abc'), bytearray()):
    for i in (3,-4, 0):
        try: print(s[i])
        except IndexError as e: print(e)
l=[1,2,3,4]; l[1:3]=l; print(l); l[1:1]=(7,8); print(l); l[:]=l[::-1]; print(l); l[2:]=[]; print(l); l[5:9]=range(3); print(l)
d={}
for i in range(1000): d['q']=i; del d['q']
print(d)
d={i:i for i in range(100)}
for i in range(1000): d.pop(5); d[5]=1
print(list(d)[-1], len(d))
class I:
    def __index__(s): return 2
print(l[I()], l[I()::-1], l[None:I():None], 'abcd'[I():], (1,2,3)[I()::-1])
try: l[::0]
except ValueError as e: print(e)
try: l['a'::2]
except TypeError as e: print(e)
