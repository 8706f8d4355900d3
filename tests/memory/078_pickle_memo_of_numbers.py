"""The memos of pickle hold numbers and other values that are no objects in memory; the collector passes them by."""
import gc
import io
import pickle


class Kept:
    pass


data = b"\x80\x04" + b"K\x01\x940" * 50 + b"G?\xf0\x00\x00\x00\x00\x00\x00\x940" * 50 + b"N\x940" + b"\x88\x940" + b"]\x94."
unpickler = pickle.Unpickler(io.BytesIO(data))
kept = Kept()
kept.unpickler, unpickler.persistent_load = unpickler, kept.__class__
print(unpickler.load())
pickler = pickle.Pickler(io.BytesIO())
pickler.dump([1, 2.0, None, True, (3, 4)])
kept.pickler = pickler
kept.me = kept
for _ in range(3):
    gc.collect()
memo = unpickler.memo.copy()
print(len(memo), sorted({type(v).__name__ for v in memo.values()}))
del kept, unpickler, pickler
print(gc.collect() > 0)
