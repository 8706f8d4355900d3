# History, completion and hooks of readline; a line is read from a pseudo-terminal.
import os, pty, sys, tempfile
try:
    import readline
except ImportError:
    print('SKIP: readline is not built')
    sys.exit()
readline.clear_history()
for line in 'one', 'two', 'entr\xe9e', 'four':
    readline.add_history(line)
readline.replace_history_item(1, 'zwei')
readline.remove_history_item(0)
items = lambda: [readline.get_history_item(i) for i in range(readline.get_current_history_length() + 2)]
print(items())
path = os.path.join(tempfile.mkdtemp(), 'history')
readline.write_history_file(path)
readline.append_history_file(1, path)
readline.clear_history()
readline.read_history_file(path)
print(items())
readline.set_history_length(2)
readline.write_history_file(path)
readline.clear_history()
readline.read_history_file(path)
print(items())
for call in (lambda: readline.remove_history_item(99), lambda: readline.replace_history_item(-1, 'x'), lambda: readline.append_history_file(-1, path),
             lambda: readline.read_history_file(path + 'x'), lambda: readline.set_completer(3), lambda: readline.add_history(3), lambda: readline.add_history('a\0')):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, str(e).replace(path, ''))
print(repr(readline.get_completer_delims()), readline.get_completer(), readline.get_history_length())

script = r'''
import readline
calls = []
def complete(text, state):
    calls.append((text, state))
    return '$complete' if state == 0 and text == '$c' else None
readline.parse_and_bind(r'bind "\t" rl_complete' if readline.backend == 'editline' else r'"\t": complete')
readline.set_completer_delims(' \t\n')
readline.set_completer(complete)
readline.set_startup_hook(lambda: calls.append('start'))
readline.set_pre_input_hook(lambda: calls.append('before'))
readline.clear_history()
line = input('? ')
print('read', repr(line), sorted(set(map(str, calls))), readline.get_history_item(1))
'''
pid, fd = pty.fork()
if pid == 0:
    os.execve(sys.executable, [sys.executable, '-c', script], {**os.environ, 'TERM': 'xterm'})
os.write(fd, b'$c\t\n')
out = b''
while True:
    try:
        part = os.read(fd, 1000)
    except OSError:
        break
    if not part:
        break
    out += part
os.waitpid(pid, 0)
print(out[out.index(b'read'):].decode().strip())
