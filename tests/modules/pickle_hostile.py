# Hostile and odd pickles: each is refused with the right exception, from memory and from a file, in bounded memory.
import _pickle, io

def attempt(call, *args, **kwargs):
    try:
        print(call(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e, repr(e.__context__) if e.__context__ else '')

for b in [b'I0x10\n.', b'I010\n.', b'I 7\n.', b'I1_0\n.', b'Iab\n.', b'I00\n.', b'I01\n.', b'I001\n.',b'I-01\n.', b'L0x10L\n.', b'L010\n.', b'L12\n.', b'L\n.',b'I\n.', b'F1.5e3\n.', b'F1.5e3x\n.', b'F\n.', b'Fnan\n.', b'F1e999\n.',b'Lxx\n.',
  b'x.', b'\x01', b'', b'.', b'(.', b'((.', b'0.', b'(0.', b'e.', b'](.', b'](e.', b'](Ka.', b'}(K\x01u.', b'(K\x01d.', b'h\x01.', b'g5\n.', b'gx\n.', b'p-1\n.', b'Np-1\n.', b'j\xff\xff\xff\xff.',
  b'X\xff\xff\xff\xff.', b'B\xff\xff\xff\xff.', b'\x8d\xff\xff\xff\xff\xff\xff\xff\xff.', b'\x8e\xff\xff\xff\xff\xff\xff\xff\xff.', b'\x96\xff\xff\xff\xff\xff\xff\xff\xff.', b'T\xff\xff\xff\xff.', b'\x8b\xff\xff\xff\xff.', b'\x95\xff\xff\xff\xff\xff\xff\xff\xff.', b'\x95\x01\0\0\0\0\0\0\0', b'\x80\x06.', b'\x80\xff.',
  b'Snope\n.', b"S'a\\x41b'\n.", b"S'\\xff'\n.", b'U\x01\xff.', b'NNR.', b'NN\x81.', b'N)\x81.', b'cbuiltins\nlist\n)\x81.', b'cbuiltins\nlist\nN\x81.', b'cbuiltins\nlist\n)N\x92.', b'N)}\x92.', b'cbuiltins\nlist\nN}\x92.', b'cbuiltins\nnope\n.', b'cnope_mod\nx\n.', b'c\nx\n.', b'cx\n\n.', b'\x80\x04\x8c\x08builtins\x8c\x05int.x\x93.', b'\x80\x04\x8c\x08builtins\x8c\x04nope\x93.', b'\x80\x04\x8c\x08builtins\x8c\x08int.real\x93.', b'cbuiltins\nint.real\n.',
  b'NN\x93.', b'\x82\x00.', b'\x82\x05.', b'\x84\xff\xff\xff\xff.', b'P1\n.', b'NQ.', b'P\xff\n.', b'\x97.', b'N\x98.', b'\x98.', b'Nb.', b'NNb.', b'NK\x01b.', b'N(K\x01K\x02tb.', b'N(}K\x02tb.', b'(cbuiltins\nlist\no.', b'(o.', b'(K\x01o.', b'(icolls\nx\n.', b'(ibuiltins\nlist\n.', b'(K\x01ibuiltins\nint\n.', b'a.', b'Na.', b'NNa.', b'NNNs.', b'Ns.', b'2.', b'1.', b'\x85.', b'(\x85.', b'N(\x85.', b'NN\x87.', b'\x90.', b'(\x90.', b'N(K\x01\x90.', b'\x91.', b'q\x00.', b'\x94.', b'K', b'M\x01', b'J\0\0', b'G\0', b'V\xe9\\u20ac\n.', b'V\\u12\n.', b'X\x02\0\0\0\xff\xff.', b'cab', b'I12', b'N(e.', b'NK\x01e.', b'](K\x01K\x02a.', b'(](K\x01e.', b'c\xff\na\n.',b'(i\xff\na\n.', b'cos\nsystem\xff\n.']:
    print(b, end=' '); attempt(_pickle.loads, b)
    print('   file', end=' '); attempt(lambda b: _pickle.Unpickler(io.BytesIO(b)).load(), b)
attempt(_pickle.loads, 'x'); attempt(_pickle.loads, 5); attempt(_pickle.load, 5); attempt(_pickle.load, io.StringIO('x')); attempt(_pickle.dumps, 1, 9); attempt(_pickle.dumps, 1, -5); attempt(_pickle.dumps, 1,'x'); attempt(_pickle.dump, 1, 5); attempt(_pickle.dumps,1,4,buffer_callback=print); attempt(_pickle.dumps,1,buffer_callback=5)
attempt(_pickle.dumps); attempt(_pickle.Pickler); attempt(_pickle.Unpickler); attempt(_pickle.loads, b'.', encoding=5); attempt(_pickle.loads, b'N.', buffers=5); attempt(_pickle.loads,b'N.',buffers=None)

class NoPeek:
    def __init__(self, data):
        f = io.BytesIO(data)
        self.read, self.readline = f.read, f.readline

# Frames: nothing may stretch across their end.
for data in [b'\x80\x04\x95\x0c\0\0\0\0\0\0\0N\x95\0\0\0\0\0\0\0\0NN.', b'\x80\x04\x95\x03\0\0\0\0\0\0\0C\nhelloworld.',
             b'\x80\x04\x95\x06\0\0\0\0\0\0\0Vhelloworld\n.', b'\x80\x04\x95\x09\0\0\0\0\0\0\0cbuiltins\nprint\n.',
             b'\x80\x04\x95\x05\0\0\0\0\0\0\0N.', b'\x80\x04\x95\x05\0\0\0\0\0\0\0N.abc', b'\x80\x04\x95\x02\0\0\0\0\0\0\0C\x03abc.',
             b'\x80\x04\x95\x01\0\0\0\0\0\0\0N\x95\x01\0\0\0\0\0\0\0.', b'\x80\x04B\0\0\0\x40xyz', b'\x80\x04X\0\0\0\x40xyz',
             b'\x80\x04\x96\0\0\0\x40\0\0\0\0xyz']:
    for call in (lambda: _pickle.loads(data), lambda: _pickle.load(io.BytesIO(data)), lambda: _pickle.load(NoPeek(data)),
                 lambda: _pickle.load(io.BufferedReader(io.BytesIO(data)))):
        attempt(call)

# A file stands behind the pickle afterwards.
for proto in range(6):
    data = _pickle.dumps([1, 'a' * 300, b'b' * 70000, bytearray(100000), 2.5], proto)
    for f in io.BytesIO(data + b'rest'), io.BufferedReader(io.BytesIO(data + b'rest')):
        _pickle.load(f)
        print(proto, f.read())

# Deep recursion is refused, not fatal.
deep = []
for i in range(200000):
    deep = [deep]
try:
    _pickle.dumps(deep)
except RecursionError as e:
    print('RecursionError')
while deep:
    deep = deep.pop()
print(len(_pickle.loads(b'(' * 100000 + b'l' * 100000 + b'.')))
