"""pyexpat: parsers, every handler, text buffers, interning, external entities, encodings, errors."""
import re
import pyexpat
from pyexpat import *
def e(f, *a, **k):
    try:
        r = f(*a, **k)
        print('ok', re.sub('0x[0-9a-f]+', '0x', repr(r))[:120])
        return r
    except Exception as x:
        print(type(x).__name__, x, [getattr(x, n, '-') for n in ('code', 'lineno', 'offset')])

P=pyexpat.ParserCreate
e(P); e(P,'x'); e(P,5); e(P,None,'xx'); e(P,None,''); e(P,None,'é'); e(P,None,5); e(P,'utf-8',None,5); e(P,intern=None); e(P,intern={}); e(P,'a\0b'); e(P,namespace_separator='!'); e(P,None,'\u1234');e(P, None, '\0')
e(pyexpat.XMLParserType); e(pyexpat.ErrorString,3); e(pyexpat.ErrorString,999); e(pyexpat.ErrorString,-1); e(pyexpat.ErrorString,'x')
p=P()
for n in dir(p):
    if n.startswith('__'): continue
    if callable(getattr(p,n)): continue
    v=getattr(p,n); print(n,repr(v)); e(setattr,p,n,5); print(repr(getattr(p,n))); e(setattr,p,n,None); e(delattr,p,n)
e(setattr,p,'nope',1)
p=P()
for v in (0,-1,1,2**31,2**40,2**70,'x',1.5,100,True): e(setattr,p,'buffer_size',v); print(p.buffer_size)
for n in ('buffer_text','ordered_attributes','specified_attributes','namespace_prefixes'):
    for v in ('x',0,2): e(setattr,p,n,v); print(getattr(p,n))
e(p.Parse,5); e(p.Parse,'<a>',5); e(p.Parse,'</a>',True); e(p.Parse,'x'); print(p.ErrorCode,p.ErrorLineNumber,p.ErrorColumnNumber,p.ErrorByteIndex,p.CurrentLineNumber,p.CurrentColumnNumber,p.CurrentByteIndex)
p=P(); e(p.Parse,b'<a>\n<b></a>'); e(p.Parse,b'<c/>')
p=P(); e(p.Parse,'<a>\ud800</a>')
p=P(); e(p.SetBase,'x'); e(p.GetBase); e(p.SetBase,5); e(p.GetInputContext); e(p.UseForeignDTD); e(p.UseForeignDTD,False); e(p.UseForeignDTD,'x'); e(p.SetParamEntityParsing,2); e(p.SetParamEntityParsing,99); e(p.SetParamEntityParsing,'x'); e(p.ParseFile,5)
e(p.Parse,'<a>'); e(p.UseForeignDTD); e(p.SetParamEntityParsing,1)
import io
class F:
    def __init__(s,d): s.d=d
    def read(s,n): print('read',n); x=s.d[:1]; s.d=s.d[1:]; return x and x[0]
p=P(); e(p.ParseFile,io.BytesIO(b'<a/>')); p=P(); e(p.ParseFile,F([b'<a>',b'</a>',b''])); p=P(); e(p.ParseFile,F(['<a>'])); p=P(); e(p.ParseFile,F([bytearray(b'<a/>')])); p=P(); e(p.ParseFile,F([5])); p=P(); e(p.ParseFile,F([b'x'*5000]))
class G:
    def read(s,n): return b'x'*(n+1)
p=P(); e(p.ParseFile,G())
e(p.SetBillionLaughsAttackProtectionActivationThreshold,5); e(p.SetBillionLaughsAttackProtectionActivationThreshold,'x'); e(p.SetBillionLaughsAttackProtectionActivationThreshold,-1); e(p.SetBillionLaughsAttackProtectionMaximumAmplification,0.5); e(p.SetBillionLaughsAttackProtectionMaximumAmplification,1.5); e(p.SetBillionLaughsAttackProtectionMaximumAmplification,'x'); e(p.SetBillionLaughsAttackProtectionMaximumAmplification,float('nan'))
# handlers
doc='''<?xml version="1.0" encoding="iso-8859-1" standalone="no"?>
<?xml-stylesheet href="stylesheet.css"?>
<!-- comment data -->
<!DOCTYPE quotations SYSTEM "quotations.dtd" [
<!ELEMENT root ANY>
<!ELEMENT a (b|c)*>
<!ELEMENT d (#PCDATA|e)*>
<!ELEMENT f EMPTY>
<!ELEMENT g (h,(i?,j+)*)>
<!ATTLIST root attr1 CDATA #REQUIRED attr2 CDATA #IMPLIED attr3 (x|y) "x" attr4 NOTATION (notation) #FIXED "notation">
<!NOTATION notation SYSTEM "notation.jpeg">
<!ENTITY acirc "&#226;">
<!ENTITY external_entity SYSTEM "entity.file">
<!ENTITY unparsed_entity SYSTEM "entity.file" NDATA notation>
<!ENTITY % pe "x">
%unparsed_entity;
]>
<root attr1="value1" attr2="value2\u00e9" xmlns:m="http://m">
<m:sub/>text &acirc; &external_entity; &undefined; \xb5
<![CDATA[contents of CDATA section]]>
</root>
'''.encode('latin-1')
for kw in ({},{'namespace_separator':'!'},{'namespace_separator':''}):
  for buf in (False,True):
    for oa in (0,1):
        p=P(**kw); p.buffer_text=buf; p.ordered_attributes=oa; p.namespace_prefixes=oa
        hs=[n for n in dir(p) if n.endswith('Handler')or n.endswith('Expand')]
        def mk(n):
            def h(*a): print(n, tuple(sorted(x.split('\f')) if isinstance(x, str) and '\f' in x else x for x in a)); return 1
            return h
        for n in hs: setattr(p,n,mk(n))
        if kw: p.StartNamespaceDeclHandler=None
        if oa: p.DefaultHandlerExpand=None
        e(p.Parse,doc,True)
        print(sorted(map(str,p.intern)))
# errors in handlers
p=P(); 
def bad(*a): 1/0
p.StartElementHandler=bad; p.CharacterDataHandler=lambda *a: print(a); e(p.Parse,'<a>x</a>',True); print(p.StartElementHandler,p.CharacterDataHandler)
p=P(); p.ExternalEntityRefHandler=lambda *a: 0; e(p.Parse,'<!DOCTYPE x [<!ENTITY e SYSTEM "f">]><x>&e;</x>',True)
p=P(); p.ExternalEntityRefHandler=lambda *a: 'x'; e(p.Parse,'<!DOCTYPE x [<!ENTITY e SYSTEM "f">]><x>&e;</x>',True)
p=P(); 
def ext(ctx,base,sysid,pubid):
    q=p.ExternalEntityParserCreate(ctx); q.CharacterDataHandler=lambda d: print('sub',d); print(q.StartElementHandler is p.StartElementHandler,q.buffer_text); return q.Parse('hello <b/>',True)
p.StartElementHandler=lambda *a: print('start',a); p.buffer_text=True
p.ExternalEntityRefHandler=ext; e(p.Parse,'<!DOCTYPE x [<!ENTITY e SYSTEM "f">]><x>&e;</x>',True)
e(p.ExternalEntityParserCreate,None); e(p.ExternalEntityParserCreate,5); e(p.ExternalEntityParserCreate,'x','y'); e(p.ExternalEntityParserCreate,'x',5)
p=P(); p.NotStandaloneHandler=lambda: 0; e(p.Parse,'<?xml version="1.0" standalone="no"?><!DOCTYPE x SYSTEM "f"><x/>',True)
for enc in ('iso-8859-15','cp437','koi8-r','utf-7','nope','utf-8','ascii','utf-16','hex'):
    p=P(); p.CharacterDataHandler=lambda d: print(ascii(d)); e(p.Parse,b'<?xml version="1.0" encoding="%s"?><a>\xa4\xc0</a>'%enc.encode(),True)
p=P('iso-8859-1'); p.CharacterDataHandler=lambda d: print(ascii(d)); e(p.Parse,b'<a>\xe9</a>',True)
p=P(); p.CharacterDataHandler=lambda d: print(ascii(d)); e(p.Parse,'<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>',True)
p=P(); e(p.Parse,'<a>','x'); 
p=P(); p.StartElementHandler=lambda n,a: print(p.GetInputContext(),p.CurrentByteIndex); e(p.Parse,'<a/>',True)
p=P(); p.buffer_text=1; p.buffer_size=5; p.CharacterDataHandler=lambda d: print(d); e(p.Parse,'<a>abcdefghijk\nlm<!--x-->no</a>',True)
p=P(); p.buffer_text=1; p.CharacterDataHandler=lambda d: print(d); e(p.Parse,'<a>abc'); print(p.buffer_used); p.buffer_size=100; p.buffer_text=0; e(p.Parse,'</a>',1)
import pickle,copy
e(pickle.dumps,P()); e(copy.copy,P())
print(pyexpat.errors.codes[pyexpat.errors.XML_ERROR_SYNTAX], pyexpat.errors.messages[2], pyexpat.model.XML_CTYPE_SEQ, pyexpat.errors.__name__)
print([n for n in dir(pyexpat.errors) if n.startswith('XML')][:43])
