# zoneinfo on zones made here: transitions, rules behind them, caches, pickles.
import gc, io, os, pickle, struct, weakref, zoneinfo
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

def block(times, kinds, types, names, size):
    text = b''.join(n + b'\0' for n in names)
    starts = {n: text.index(n) for n in names}
    head = struct.pack('>6l', 0, 0, 0, len(times), len(types), len(text))
    data = struct.pack('>%d%s' % (len(times), 'q' if size == 8 else 'l'), *times) + bytes(kinds)
    for offset, dst, name in types:
        data += struct.pack('>lbb', offset, dst, starts[name])
    return head + data + text

def tzif(times=(), kinds=(), types=((0, 0, b'UTC'),), rule=b'UTC0', version=2):
    names = [t[2] for t in types]
    if version == 1:
        return b'TZif' + bytes(16) + block(times, kinds, types, names, 4)
    return (b'TZif2' + bytes(15) + block((), (), ((0, 0, b'X'),), [b'X'], 4) + b'TZif2' + bytes(15) + block(times, kinds, types, names, 8)
            + b'\n' + rule + b'\n')

def zone(**kw):
    key = kw.pop('key', 'Here')
    return ZoneInfo.from_file(io.BytesIO(tzif(**kw)), key=key)

def show(z, *moments):
    for text in moments:
        for fold in 0, 1:
            d = datetime.fromisoformat(text).replace(fold=fold, tzinfo=z)
            print(' ', text, fold, d.utcoffset(), d.dst(), d.tzname())
        utc = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
        local = utc.astimezone(z)
        print('  UTC', local, local.fold, local.astimezone(timezone.utc) == utc)

seconds = lambda text: int(datetime.fromisoformat(text + 'Z').timestamp())
old = dict(types=((3208, 0, b'LMT'), (7200, 1, b'CEST'), (3600, 0, b'CET')),
           times=(seconds('1903-03-31T23:06:32'), seconds('1996-03-31T01:00'), seconds('1996-10-27T01:00')), kinds=(2, 1, 2),
           rule=b'CET-1CEST,M3.5.0,M10.5.0/3')
berlin = zone(**old)
print(berlin)
show(berlin, '1800-01-01', '1903-04-01T00:03', '1996-03-31T02:30', '1996-03-31T00:59:59', '1996-10-27T02:30', '1996-10-27T00:30', '1996-10-27T01:30',
     '2021-03-28T02:30', '2021-03-28T01:00', '2021-10-31T02:30', '2021-10-31T00:30', '2021-10-31T01:30', '2021-07-01')
print('version 1')
show(zone(**{**old, 'version': 1}), '1996-10-27T02:30', '2021-07-01')
for rule in (b'A0', b'<-03>3', b'IST-1GMT0,M10.5.0,M3.5.0/1', b'AEST-10AEDT,M10.1.0,M4.1.0/3', b'X5Y,J59/0,J300/-24', b'X5Y4:30:15,0/0,59/167', b'X5Y,J60,365',
             b'EST5EDT,0/0,J365/25'):
    z = zone(rule=rule)
    print(rule, z.utcoffset(None), time(1, tzinfo=z).tzname())
    show(z, '2020-02-28T12:00', '2020-03-01T00:30', '2020-12-31T23:30', '2021-04-04T02:30', '2021-10-03T02:30')
fixed = zone(rule=b'UTC0')
print(fixed.utcoffset(None), fixed.dst(None), fixed.tzname(None), time(1, tzinfo=fixed).isoformat())

for bad in (b'', b'TZif', b'TZif1' + bytes(39), tzif(kinds=(3,), times=(0,)), tzif(rule=b'AB'), tzif(rule=b'CET-1CEST'), tzif(rule=b'CET-1CEST,M3.5.0'), tzif(rule=b'CET-25'),
            tzif(rule=b'A1B,M13.1.0,M1.1.1'), tzif(rule=b'A1B,1,2,3'), tzif(types=(), version=1), tzif()[:-1]):
    try:
        print(ZoneInfo.from_file(io.BytesIO(bad)))
    except Exception as e:
        print(type(e).__name__, e)

# By key, from a directory of our own.
import tempfile
with tempfile.TemporaryDirectory() as folder:
    for i in range(12):
        with open(os.path.join(folder, 'Zone%d' % i), 'wb') as f:
            f.write(tzif(rule=b'Z%s%d' % (b'XYZ', i)))
    zoneinfo.reset_tzpath([folder])
    a = ZoneInfo('Zone1')
    print(a is ZoneInfo('Zone1'), a is ZoneInfo(key='Zone1'), ZoneInfo.no_cache('Zone1') is a, repr(a), str(a), a.key, a.utcoffset(None))
    print(pickle.loads(pickle.dumps(a)) is a, repr(pickle.loads(pickle.dumps(ZoneInfo.no_cache('Zone2')))))
    try:
        pickle.dumps(berlin)
    except pickle.PicklingError as e:
        print(e)
    # Eight stay alive, the last used ones.
    ZoneInfo.clear_cache()
    alive = [weakref.ref(ZoneInfo('Zone%d' % i)) for i in range(8)]
    ZoneInfo('Zone0')
    ZoneInfo('Zone8')
    gc.collect()
    print([r() is not None for r in alive])
    ZoneInfo.clear_cache(only_keys=['Zone0', 'Zone5', 'nothing'])
    print([r() is not None for r in alive])
    class Mine(ZoneInfo):
        pass
    m = Mine('Zone3')
    print(repr(m), Mine('Zone3') is m, m is ZoneInfo('Zone3'), list(Mine._weak_cache), hasattr(ZoneInfo, '_weak_cache'), m == Mine.no_cache('Zone3'))
    m.name = 'x'
    print(m.__dict__, type(pickle.loads(pickle.dumps(m))), datetime(2020, 1, 1, tzinfo=m).isoformat())
    Mine.clear_cache()
    print(list(Mine._weak_cache), Mine('Zone3') is m)
    for key in ('Zone99', '../Zone1', 'x\ud800', '', 3, None):
        try:
            ZoneInfo(key)
        except Exception as e:
            print(type(e).__name__, ascii(str(e)))
    for call in (lambda: a.fromutc(3), lambda: a.fromutc(datetime(2020, 1, 1)), lambda: a.utcoffset(3), lambda: ZoneInfo(), lambda: ZoneInfo.clear_cache(1),
                 lambda: setattr(a, 'key', 1), lambda: setattr(a, 'x', 1), lambda: setattr(ZoneInfo, 'x', 1)):
        try:
            print(call())
        except Exception as e:
            print(type(e).__name__, e)

class Moment(datetime):
    pass
d = berlin.fromutc(Moment(2021, 10, 31, 1, 30, tzinfo=berlin))
print(type(d), d, d.fold, d.utcoffset())
print(ascii(os.path.normpath('a//b/../\ud800/./\udcff')), ascii(os.path.splitroot('/\ud800/x')))
