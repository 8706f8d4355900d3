"""The prompt in a terminal: lines are read by the library's editor, results and errors come back, exit() ends it."""
import os
import pty
import re
import select
import signal
import sys
import tempfile
import time

home = tempfile.mkdtemp()
child, terminal = pty.fork()
if child == 0:
    os.environ.update(TERM='xterm-256color', HOME=home, PYTHON_HISTORY=os.path.join(home, 'history'))
    os.execv(sys.executable, [sys.executable, '-q'])

end = time.monotonic() + 40
shown = b''


def answers(pattern):
    """Whether the terminal shows that before the time is over; what it showed is forgotten then."""
    global shown
    while time.monotonic() < end:
        plain = re.sub(rb'\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]', b'', shown)
        if re.search(pattern, plain):
            shown = b''
            return True
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
    print(shown, file=sys.stderr)
    return False


print('prompt', answers(rb'>>> '))
for line, answer in (('6 * 7', rb'42'), ('aa', rb"NameError: name 'aa' is not defined"), ('[i + 5 for i in range(3)]', rb'\[5, 6, 7\]')):
    os.write(terminal, line.encode() + b'\r')
    print(line, answers(answer + rb'[\s\S]*>>> '))
os.write(terminal, b'exit()\r')
while time.monotonic() < end:
    pid, status = os.waitpid(child, os.WNOHANG)
    if pid:
        print('status', os.waitstatus_to_exitcode(status))
        break
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            os.read(terminal, 4096)
        except OSError:
            pass
else:
    os.kill(child, signal.SIGKILL)
    print('it does not end')
