"""_elementtree: elements, searching, builders, parsers, events, copies, pickles, errors."""
import re
import _elementtree as E, xml.etree.ElementTree as ET, copy, pickle, warnings
warnings.simplefilter('always')
import sys
warnings.showwarning=lambda m,c,*a: print('WARN',c.__name__,m)
def e(f, *a, **k):
    try:
        r = f(*a, **k)
        print('ok', re.sub('0x[0-9a-f]+', '0x', repr(r))[:160])
        return r
    except Exception as x:
        print(type(x).__name__, re.sub('0x[0-9a-f]+', '0x', str(x)), [getattr(x, n, '-') for n in ('code', 'position')])

El=E.Element
e(El); e(El,5); e(El,'a','x'); e(El,'a',{},5); e(El,'a',{'x':1},y=2); e(El,tag='a'); e(El,'a',attrib={'z':1}); e(El,'a',attrib=5); e(El,'a',None)
a=El('a',{'x':'1'},y='2'); print(a.attrib,a.tag,a.text,a.tail,len(a)); e(bool,a)
for n in ('tag','text','tail','attrib'):
    e(setattr,a,n,5); print(getattr(a,n)); e(delattr,a,n)
a=El('a'); e(setattr,a,'foo',1); e(getattr,a,'nope')
b,c,d=El('b'),El('c'),El('d')
e(a.append,b); e(a.append,5); e(a.extend,[c,d]); e(a.extend,5); e(a.extend,[5]); e(a.extend,(El('x') for i in range(2))); print([x.tag for x in a])
e(a.insert,0,El('first')); e(a.insert,-1,El('prelast')); e(a.insert,100,El('last')); e(a.insert,'x',b); e(a.insert,0,5); print([x.tag for x in a])
e(a.remove,El('no')); e(a.remove,5); e(a.remove,b); print([x.tag for x in a])
e(a.__getitem__,100); e(a.__getitem__,'x'); e(a.__getitem__,-1); e(a.__getitem__,slice(0,2)); e(a.__getitem__,slice(None,None,-1)); e(a.__getitem__,2**70)
e(a.__setitem__,0,5); e(a.__setitem__,100,b); e(a.__setitem__,0,b); e(a.__setitem__,'x',b); e(a.__setitem__,slice(0,1),5); e(a.__setitem__,slice(0,1),[5]); e(a.__setitem__,slice(0,1),[El('p'),El('q')]); e(a.__setitem__,slice(0,4,2),[El('r')]); e(a.__setitem__,slice(0,4,2),[El('r'),El('s')]); e(a.__setitem__,slice(4,0,-2),[El('t'),El('u')]); print([x.tag for x in a]); e(a.__setitem__,slice(0,0,2),[El('v')])
e(a.__delitem__,0); e(a.__delitem__,100); e(a.__delitem__,slice(0,2)); e(a.__delitem__,slice(None,None,2)); e(a.__delitem__,slice(None,None,-1)); print([x.tag for x in a]); e(a.__delitem__,'x')
e(a.get,'k'); e(a.get,'k',5); e(a.set,'k','v'); e(a.get,'k'); e(a.get,key='k',default=3); e(a.keys); e(a.items); e(a.get); e(a.set,'k'); e(a.get,[]); e(El('x').keys); e(El('x').items)
e(a.clear); print(a.attrib,a.text,len(a)); e(a.makeelement,'t',{'a':'b'}); e(a.makeelement,'t',5)
r=ET.fromstring('<r><a>1<b>2</b>3</a>4<c k="v">5</c><a>6</a><!--x--><d/></r>')
for p in ('a','c','nope','.//b','*','a/b','{}a','{*}a','',5,'./a','a[1]','..','.'): 
    e(r.find,p); e(r.findtext,p); e(r.findall,p); e(r.iterfind,p)
e(r.findtext,'d'); e(r.findtext,'nope','D'); e(r.findtext,'nope',default=4); e(r.find,'x:a',{'x':'u'}); e(r.find,'a',namespaces={'':'u'}); e(r.find)
print([x.tag for x in r.iter()],[x.tag for x in r.iter('a')],[x.tag for x in r.iter('*')],[x.tag for x in r.iter('')],[x.tag for x in r.iter(None)],list(r.itertext())); e(r.iter,5); e(r.iter); e(r.itertext)
it=r.iter(); print(next(it).tag); e(type(it)); print(type(it)); e(copy.copy,it)

x=El('x'); x.text=5
try: print(list(x.itertext()))
except Exception as q: print(type(q),q)
x.text='t'; x.tail='tl'; x.append(El('y')); 
z=copy.copy(x); print(z.text,z.tail,z[0] is x[0],z.attrib is x.attrib); z=copy.deepcopy(x); print(z.text,z.tail,z[0] is x[0],z.attrib is x.attrib, len(z))
e(x.__getstate__); e(x.__setstate__,{'tag':'n'}); print(x.tag,x.text,x.tail,x.attrib,len(x)); e(x.__setstate__,5); e(x.__setstate__,{'foo':1}); e(x.__setstate__,{'tag':'n','_children':5}); e(x.__setstate__,{'tag':'n','_children':[5]}); e(x.__setstate__,{'tag':'n','attrib':5}); e(x.__setstate__,{'tag':'n','_children':[El('k')],'attrib':{'a':'1'},'text':'T','tail':'L'}); print(ET.tostring(x)); e(x.__setstate__,{})
y=pickle.loads(pickle.dumps(x)); print(ET.tostring(y),type(y))
class S(El): pass
s=S('s'); s.foo=1; q=copy.copy(s); print(type(q)); q=copy.deepcopy(s); print(type(q)); q=pickle.loads(pickle.dumps(El('zz'))); print(q.tag)
e(repr,El(5)) ; e(repr,El(None))
class BadE(El):
    def __repr__(s): return 'BadE'
e(E.SubElement); e(E.SubElement,a); e(E.SubElement,5,'x'); e(E.SubElement,a,'x',5); e(E.SubElement,a,'x',{'a':1},b=2); print(a[-1].attrib); e(E.SubElement,a,'x',attrib={'a':1}); e(E.SubElement, a, tag='x')
B=E.TreeBuilder
e(B); e(B,5); e(B,None); e(B,foo=1); e(B,1,2)
b=B(); e(b.start,'a',{}); e(b.data,'x'); e(b.data,'y'); e(b.start,'b',{'k':'v'}); e(b.end,'b'); e(b.data,'z'); e(b.end,'a'); x=e(b.close); print(ET.tostring(x))
b=B(); e(b.close); e(b.end,'x'); e(b.data,'x'); e(b.start,'a',5); e(b.start,'a'); e(b.start,'b',{}); e(b.end,'zzz'); e(b.end,'q'); e(b.start,'c',{})
b=B(lambda t,a: ET.Element('F'+t,a)); b.start('a',{'k':'v'}); b.start('b',{}); b.data('d'); b.end('b'); b.end('a'); print(ET.tostring(b.close()))
b=B(lambda t,a: [t,a]); b.start('a',{'k':'v'}); e(b.start,'b',{}); 
b=B(insert_comments=True,insert_pis=True); b.start('a',{}); e(b.comment,'c'); e(b.pi,'t','d'); e(b.pi,'t'); b.end('a'); print(ET.tostring(b.close()))
b=B(comment_factory=ET.Comment,pi_factory=ET.PI,insert_comments=True,insert_pis=True); b.start('a',{}); e(b.comment,'c'); e(b.pi,'t','d'); e(b.pi,'t'); b.data('x');b.end('a'); e(b.comment,'after'); print(ET.tostring(b.close()))
X=E.XMLParser
e(X); e(X,target=5); e(X,encoding='x'); e(X,encoding=5); e(X,5); e(X,foo=1); 
p=X(); print(p.entity,type(p.target)); e(setattr,p,'entity',{}); e(setattr,p,'target',1); e(p.feed,'<a>'); e(p.feed,5); e(p.feed,b'</a>'); e(p.flush); e(p.close); e(p.close)
p=X(); e(p.feed,'<a><b></a>'); 
try: p.close()
except Exception as x: print(type(x),x,x.position,x.code)
p=X(); e(p.feed,'<a>&foo;</a>'); p=X(); p.entity['foo']='bar'; e(p.feed,'<!DOCTYPE a SYSTEM "x"><a>&foo;</a>'); print(p.close().text); p=X(); e(p.feed,'<!DOCTYPE a SYSTEM "x"><a>&foo;</a>'); p=X(); e(p.feed,''); e(p.close)
class T:
    def start(s,*a): print('start',a); return 1
    def end(s,*a): print('end',a)
    def data(s,*a): print('data',a)
    def comment(s,*a): print('comment',a)
    def pi(s,*a): print('pi',a)
    def doctype(s,*a): print('doctype',a)
    def start_ns(s,*a): print('start_ns',a)
    def end_ns(s,*a): print('end_ns',a)
    def close(s): print('close'); return 'closed'
doc='<?xml version="1.0"?><!DOCTYPE r PUBLIC "p" "s"><?pi data?><!--c--><r xmlns="u" xmlns:m="n" m:k="v" j="w">t<m:e/>u<![CDATA[<>]]></r>'
p=X(target=T()); e(p.feed,doc); e(p.close)
class T2:
    def start(s,tag,attrs): print(tag,attrs)
p=X(target=T2()); e(p.feed,doc); e(p.close); print(p.entity)
class T3:
    def start(s,*a): 1/0
p=X(target=T3()); e(p.feed,doc); e(p.close)
import io
p=X(); e(p._parse_whole,io.BytesIO(b'<a>x</a>')); p=X(); e(p._parse_whole,io.StringIO('<a>x\xe9</a>')); p=X(); e(p._parse_whole,5); p=X(); e(p._parse_whole,io.BytesIO(b'<a>')); 
class RF:
    def __init__(s): s.n=0
    def read(s,n): s.n+=1; print('read',n); return [b'<a>','</a>',b''][s.n-1]
p=X(); e(p._parse_whole,RF())
class RG:
    def read(s,n): return 5
p=X(); e(p._parse_whole,RG())
q=[]; p=X(); e(p._setevents,q,('start','end','start-ns','end-ns','comment','pi')); e(p.feed,doc); print([(k, v if not hasattr(v,'tag') else v.tag) for k, v in q]); e(p._setevents,q,5); e(p._setevents,q,['nope']); e(p._setevents,5); e(p._setevents,q,None); e(p._setevents,q,[5]); p=X(target=T()); e(p._setevents,q)
for ev in ET.iterparse(io.BytesIO(doc.encode()),('start','end','start-ns','end-ns','comment','pi')): print(ev[0], getattr(getattr(ev[1], 'tag', ev[1]), '__name__', getattr(ev[1], 'tag', ev[1])))
pp=ET.XMLPullParser(('end',)); pp.feed('<a><b/>'); print([(k,v.tag) for k,v in pp.read_events()]); pp.feed('</a>'); print([(k,v.tag) for k,v in pp.read_events()]); 
e(pickle.dumps,p); e(pickle.dumps,b)
print(ET.tostring(ET.fromstring(doc))); e(ET.fromstring,'<a'); e(ET.fromstring,'x'); 0
print([f.__name__ for f in E._set_factories(None,None)]); e(E._set_factories,5,None); E._set_factories(ET.Comment,ET.PI)
print(E.ParseError.__mro__, El.__module__, E.TreeBuilder.__module__)

import gc
i=ET.fromstring('<a><b/><c/></a>'); it=i.iter(); next(it); i.clear(); e(list,it)
i=El('root'); print(i.attrib is i.attrib, i.attrib)
big=El('r')
cur=big
for _ in range(20000): cur=E.SubElement(cur,'x')
e(lambda: len(list(big.iter())))

del big,cur; print('deep ok')
