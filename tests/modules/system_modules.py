# Calls of small modules on the C library: results and error messages.
import os, pty
os.environ['LC_ALL'] = 'C'
import _stat, _statistics, _sysconfig, _locale, syslog, termios, _posixshmem, _multiprocessing
_locale.setlocale(_locale.LC_ALL, 'C')
m, s = pty.openpty()
for e in ["_stat.S_IFMT(-1)","_stat.S_IFMT(2**32)","_stat.S_IFMT(2**70)","_stat.S_IFMT('a')","_stat.S_IFMT(1.5)","_stat.filemode(0o100644)","_stat.filemode(-1)","_stat.S_IMODE(0o107777)","_stat.S_ISDIR(0o40000)","_stat.S_IFMT()","_stat.S_IFMT(True)", "[_stat.filemode(m|s) for m in (0o10000,0o20000,0o40000,0o60000,0o100000,0o120000,0o140000,0o160000,0) for s in (0,0o7777,0o7666,0o6000,0o1000,0o1001,0o4100,0o2010)]",
"_statistics._normal_dist_inv_cdf(0.5,0,1)","_statistics._normal_dist_inv_cdf(0,0,1)","_statistics._normal_dist_inv_cdf(1,0,1)","_statistics._normal_dist_inv_cdf(0.5,0,-1)","_statistics._normal_dist_inv_cdf(0.5,0,0)","_statistics._normal_dist_inv_cdf('a',0,1)","_statistics._normal_dist_inv_cdf(0.5,0)","_statistics._normal_dist_inv_cdf(float('nan'),0,1)","_statistics._normal_dist_inv_cdf(-1,0,1)","_statistics._normal_dist_inv_cdf(0.5,float('nan'),1)",
"_sysconfig.config_vars()",
"_locale.localeconv()","_locale.setlocale(0)","_locale.setlocale(99)","_locale.setlocale(0,'nope')","_locale.setlocale('a')","_locale.setlocale(0,3)","_locale.setlocale(6,'C')","_locale.setlocale(6)","_locale.nl_langinfo(14)","_locale.nl_langinfo(1)","_locale.nl_langinfo('a')","_locale.nl_langinfo(_locale.D_FMT)","_locale.nl_langinfo(_locale.ERA)","_locale.nl_langinfo(_locale.ALT_DIGITS)","_locale.strcoll('a','b')","_locale.strcoll('a\\0','b')","_locale.strcoll('a',3)","_locale.strxfrm('abc')","_locale.strxfrm('a\\0b')","_locale.strxfrm(3)","_locale.strxfrm('')","_locale.getencoding()","_locale.gettext('abc')","_locale.gettext(3)","_locale.dgettext('d','abc')","_locale.dgettext(None,'abc')","_locale.dcgettext('d','abc',5)","_locale.dcgettext('d','abc',99)","_locale.textdomain('x')","_locale.textdomain(None)","_locale.bindtextdomain('x',None)","_locale.bindtextdomain('x','/tmp')","_locale.bindtextdomain('','/tmp')","_locale.bindtextdomain('x',3)","_locale.bind_textdomain_codeset('x',None)","_locale.bind_textdomain_codeset('x','utf-8')","_locale.textdomain('a\\0')","_locale.strxfrm('\\ud800')","_locale.gettext('\\ud800')","_locale.setlocale(6,'C\\0')","_locale.setlocale(6,'\\ud800')","_locale.setlocale(6,'a'*1000)",
"syslog.LOG_MASK(3)","syslog.LOG_UPTO(3)","syslog.LOG_MASK('a')","syslog.LOG_MASK(10**20)","syslog.syslog()","syslog.syslog(1,2)","syslog.syslog('a',2)","syslog.syslog(1,2,3)","syslog.syslog('a\\0b')","syslog.openlog(1)","syslog.openlog('a','b')","syslog.openlog(foo=1)","syslog.setlogmask(0)","syslog.setlogmask('a')","syslog.closelog()","syslog.syslog('hello')","syslog.syslog(3,'hello')","syslog.syslog(priority=3)","syslog.LOG_MASK(31)","syslog.LOG_MASK(63)","syslog.LOG_UPTO(31)","syslog.LOG_UPTO(-1)","syslog.LOG_MASK(-1)","syslog.LOG_UPTO(30)",
"termios.tcgetattr('a')",
'termios.tcgetattr(-1)',
'termios.tcgetattr(999)',
'termios.tcgetattr(s)[6]',
'termios.tcsetattr(s,0,1)',
'termios.tcsetattr(s,0,[1])',
'termios.tcsetattr(s,0,[1,2,3,4,5,6,7])',
'termios.tcsetattr(s,0,[1,2,3,4,5,6,[1]])',
'termios.tcsetattr(s,0,[1,2,3,4,5,6,[1]*32])',
"termios.tcsetattr(s,0,['a',2,3,4,5,6,[1]*32])",
"termios.tcsetattr(s,0,[2**40,2,3,4,5,6,[b'a']*32])",
'termios.tcsetattr(s,99,termios.tcgetattr(s))',
"termios.tcsetattr(s,0,[1,2,3,4,13,13,['a']*32])",
"termios.tcsetattr(s,0,[1,2,3,4,13,13,[b'ab']*32])",
'termios.tcsendbreak(s,0)',
'termios.tcdrain(s)',
'termios.tcflush(s,0)',
'termios.tcflush(s,77)',
'termios.tcflow(s,77)',
'termios.tcflow(s,1)',
'termios.tcgetwinsize(s)',
'termios.tcsetwinsize(s,(3,4))',
'termios.tcgetwinsize(s)',
'termios.tcsetwinsize(s,(3,))',
'termios.tcsetwinsize(s,3)',
'termios.tcsetwinsize(s,(-1,4))',
'termios.tcsetwinsize(s,(70000,4))',
"termios.tcsetwinsize(s,('a',4))",
'termios.tcgetattr()',
'termios.tcsetattr(s,0)',
'termios.tcsetwinsize(s,(2**70,4))',
'termios.error.__mro__',
"termios.tcsetattr(s,0,[1,2,3,4,13,13,(b'a',)*32])",
"_posixshmem.shm_open('a',3)",
"_posixshmem.shm_unlink('/krait_t')",
'_posixshmem.shm_open()',
'_posixshmem.shm_open(1,2,3)',
'_posixshmem.shm_unlink(3)',
"_posixshmem.shm_open('/a\\0',2,3)",
"_posixshmem.shm_unlink('/a\\0')",
'_multiprocessing.SemLock()',
"_multiprocessing.SemLock(5,1,1,'/kr1',1)",
"_multiprocessing.SemLock(0,-1,1,'/kr1',1)",
'_multiprocessing.flags',
"_multiprocessing.sem_unlink('/nope')",
'_multiprocessing.sem_unlink(3)',
'_multiprocessing.SemLock(0,1,1,3,1)',
'_multiprocessing.SemLock.SEM_VALUE_MAX',
"_multiprocessing.SemLock._rebuild(3,1,1,'/kr99')",
"_multiprocessing.SemLock(1,0,1,'kr/1',0)",
"_multiprocessing.SemLock('a',0,1,'kr/1',0)",
"_multiprocessing.SemLock(1,0,1,'/kr',0,3)",
'[x for x in termios.tcgetattr(s) if not isinstance(x, list)][:2]',
]:
    try: print(e, '->', ascii(eval(e)))
    except Exception as x: print(e, '->', type(x).__module__, type(x).__name__, ascii(str(x)))

# A semaphore and a recursive lock.
name = '/krait-test-%d' % os.getpid()
lock = _multiprocessing.SemLock(0, 1, 1, name, True)
print(lock.acquire(), lock.acquire(), lock._count(), lock._is_mine(), lock._is_zero(), lock.name, lock.kind, lock.maxvalue)
lock.release(); lock.release()
for call in (lock.release, lambda: lock.acquire(timeout='a'), lambda: lock._rebuild(0, 0, 0, 3)):
    try: print(call())
    except Exception as x: print(type(x).__name__, x)
sem = _multiprocessing.SemLock(1, 2, 3, name, False)
other = sem._rebuild(0, 1, 3, name)
_multiprocessing.sem_unlink(name)
print(sem.name == name, [sem.acquire(False) for _ in range(3)], other.acquire(True, 0.01), other._get_value(), other._is_zero())
print([other.release() for _ in range(3)], sem._get_value(), sem._count(), other._count())
try: other.release()
except Exception as x: print(type(x).__name__, x)
with sem as s_: print(s_, sem._get_value(), sem._is_mine())
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    sem._after_fork()
    os.write(w, b'%d %d' % (sem._count(), sem.acquire()))
    os._exit(0)
os.waitpid(pid, 0)
print(os.read(r, 10), sem._get_value())
# Shared memory.
fd = _posixshmem.shm_open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode=0o600)
os.write(fd, b'shared')
again = _posixshmem.shm_open(name, os.O_RDONLY)
print(os.read(again, 10), _posixshmem.shm_unlink(name))
# Sizes of terminals and modes.
mode = termios.tcgetattr(s)
mode[3] &= ~(termios.ICANON | termios.ECHO)
mode[6][termios.VMIN] = 3
mode[6][termios.VTIME] = b'\x01'
termios.tcsetattr(s, termios.TCSADRAIN, mode)
print(termios.tcgetattr(s)[6][:8], termios.tcgetattr(s)[3] & termios.ECHO)
print([_statistics._normal_dist_inv_cdf(p / 1000, 100.0, 15.0).hex() for p in (1, 7, 20, 75, 76, 500, 924, 925, 999)], _statistics._normal_dist_inv_cdf(1e-300, 0, 1))
