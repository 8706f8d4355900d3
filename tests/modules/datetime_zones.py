# Time zones, local time with its folds and gaps, derived classes, pickles, hashes.
import copy, os, pickle, time as clock
os.environ['TZ'] = 'CET-1CEST,M3.5.0,M10.5.0/3'
clock.tzset()
from datetime import *

hour = timedelta(hours=1)

class Berlin(tzinfo):
    """Summer time from the last Sunday of March to that of October, at 1:00 UTC."""
    def _change(self, year, month):
        d = datetime(year, month, 31, 1)
        return d - timedelta(days=(d.weekday() + 1) % 7)
    def _is_summer(self, d):
        d = d.replace(tzinfo=None)
        start, end = self._change(d.year, 3) + hour, self._change(d.year, 10) + hour
        if end <= d < end + hour:
            return not d.fold
        if start <= d < start + hour:
            return bool(d.fold)
        return start <= d < end
    def dst(self, d):
        return hour if d is not None and self._is_summer(d) else timedelta(0)
    def utcoffset(self, d):
        return hour + self.dst(d)
    def tzname(self, d):
        return 'CEST' if self.dst(d) else 'CET'
    def fromutc(self, d):
        for fold in 0, 1:
            local = (d + 2 * hour if not fold else d + hour).replace(fold=fold)
            if local.utcoffset() == local.replace(tzinfo=None) - d.replace(tzinfo=None):
                return local

berlin = Berlin()
for text in '2021-03-28T01:30', '2021-03-28T02:30', '2021-03-28T03:30', '2021-07-01T12:00', '2021-10-31T02:30', '2021-10-31T03:30':
    for fold in 0, 1:
        d = datetime.fromisoformat(text).replace(fold=fold)
        aware = d.replace(tzinfo=berlin)
        print(text, fold, d.timestamp(), aware.timestamp(), d.astimezone(), d.astimezone(UTC), aware.astimezone(UTC), aware.strftime('%z %Z'),
              d.astimezone().tzname(), aware.utctimetuple()[:5], aware.timetuple().tm_isdst)
for stamp in 1635640200, 1635643800, 1616893199, 1616893200:
    local = datetime.fromtimestamp(stamp)
    zoned = datetime.fromtimestamp(stamp, berlin)
    print(stamp, repr(local), zoned.isoformat(), zoned.fold, local.timestamp() == zoned.timestamp() == stamp, date.fromtimestamp(stamp))

# Comparison and hash across zones.
noon = datetime(2021, 7, 1, 12, tzinfo=UTC)
same = noon.astimezone(berlin)
print(same, same == noon, hash(same) == hash(noon), same - noon, same > noon, {noon: 1}[same])
problem = datetime(2021, 10, 31, 2, 30, tzinfo=berlin)
print(problem == problem.astimezone(UTC), problem == problem.replace(fold=1), hash(problem) == hash(problem.replace(fold=1)), problem < noon)
print(time(12, tzinfo=UTC) == time(13, tzinfo=timezone(hour)), hash(time(12, tzinfo=UTC)) == hash(time(13, tzinfo=timezone(hour))),
      time(12, tzinfo=UTC) < time(12, tzinfo=timezone(-hour)))

class Day(date):
    def __new__(cls, *args, **kw):
        self = super().__new__(cls, *args, **kw)
        self.made = args
        return self
class Moment(datetime):
    def __repr__(self):
        return 'Moment ' + self.isoformat()
    def isoformat(self, sep='T'):
        return super().isoformat(sep) + '!'
class Span(timedelta):
    pass
d = Day(2020, 2, 29)
print(repr(d), d.made, repr(d + timedelta(1)), (d + timedelta(366)).made, repr(d.replace(day=1)), repr(Day.fromordinal(1)), Day.fromisoformat('20200301').made)
m = Moment(2020, 2, 29, 1, 2, 3, 4, UTC, fold=1)
print(m, str(m), [m + hour, hour + m, m - hour], m.replace(fold=0).fold, m.replace(hour=5).fold, type(m.date()), type(m.timetz()), m.astimezone(berlin), type(m - m))
print(repr(Span(1) + Span(2)), type(Span(1) * 2), repr(Span(hours=25)), Moment.now().tzinfo, Moment.combine(d, time(1, fold=1)).fold)
print(type(Moment.fromtimestamp(0)), Moment.strptime('2000 12', '%Y %d'), Moment.min, Moment.fromisocalendar(2020, 1, 1))
try:
    m.extra = 1
    print(m.__dict__)
    hour.extra = 1
except AttributeError as e:
    print(e)

for x in [date(1, 2, 3), d, time(1, 2, 3, 4, UTC, fold=1), datetime(2021, 10, 31, 2, 30, fold=1), m, hour, Span(1, 2, 3), UTC, timezone(hour, 'name'), berlin,
          date(2020, 1, 1).isocalendar()]:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        y = pickle.loads(pickle.dumps(x, protocol))
        if not isinstance(x, Berlin):
            assert x == y and type(x) is type(y) or isinstance(x, tuple), (x, y)
    z = copy.copy(x), copy.deepcopy(x)
    print(type(y).__name__, x == z[0], x == z[1], getattr(y, 'fold', None))
print(pickle.loads(pickle.dumps(UTC)) is UTC, copy.deepcopy(UTC) is UTC)

# Every day once: ordinals, ISO weeks and texts agree.
day = date(1999, 12, 25)
for _ in range(3000):
    assert date.fromordinal(day.toordinal()) == day == date.fromisoformat(day.isoformat()) == date.fromisocalendar(*day.isocalendar())
    assert day.strftime('%G-%V-%u %j %a') == '%04d-%02d-%d %03d %s' % (*day.isocalendar(), day.timetuple().tm_yday, day.ctime()[:3])
    day += timedelta(1)
print(day, sum([timedelta(n, n, n) for n in range(100)], timedelta()), timedelta(1) / 7 * 7, max(hour, -hour), divmod(-hour, timedelta(minutes=7)))
