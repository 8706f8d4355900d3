"""Compares the parser's problems with those of a reference Python, over broken programs.

    problems.py make DIRECTORY SEED COUNT > snippets    from the Python files of a folder: their strings,
                                                        and COUNT statements with a token changed
    problems.py answer snippets > reference             run with the reference Python
    astdump -e < snippets > ours
    problems.py compare snippets reference ours         differences by class, the most frequent first

Snippets are separated by NUL; each begins with its mode (x exec, e eval, s single), flags (i incomplete input
allowed, d no implied dedent) and a colon. The same seed makes the same snippets.
"""
import ast
import collections
import doctest
import io
import pathlib
import random
import re
import sys
import textwrap
import tokenize
import warnings

warnings.simplefilter('ignore')

REPLACEMENTS = '''( ) [ ] { } , : = == := * ** / . not if else for in lambda x 1 "s" f"{x}" print def class import from as with
try except finally async await yield return pass del raise match case type _ ; -> @ + - ~ None True ! is and or while elif
global ... $ ? ' \\ 0777 1_ é t"{y}"'''.split() + ['\n', '    ', '\t']


def trees(directory):
    for path in sorted(pathlib.Path(directory).glob('*.py')):
        source = path.read_bytes()
        try:
            yield source.decode(), ast.parse(source)
        except (SyntaxError, ValueError):
            pass


def strings(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        text = node.value
        if '>>>' in text and len(text) < 20000:
            try:
                for example in doctest.DocTestParser().get_examples(text):
                    yield 'x', example.source
            except ValueError:
                pass
        if len(text) < 2000:
            yield 'x', text
            yield 'x', textwrap.dedent(text)
            if '\n' not in text:
                yield 'e', text


def tokens_of(text):
    try:
        return [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.string.strip()]
    except (SyntaxError, tokenize.TokenError):
        return []


def mutation(rnd, source, statements):
    statement = rnd.choice(statements)
    lines = source.splitlines(True)[statement.lineno - 1:statement.end_lineno]
    text = textwrap.dedent(''.join(lines))
    tokens = tokens_of(text)
    if not tokens or len(text) > 600:
        return None
    starts = [0]
    for line in text.splitlines(True):
        starts.append(starts[-1] + len(line))
    token = rnd.choice(tokens)
    a = starts[token.start[0] - 1] + token.start[1]
    b = starts[token.end[0] - 1] + token.end[1]
    return text[:a] + rnd.choice([
        '',                                       # deleted
        text[a:b] + ' ' + text[a:b],              # doubled
        rnd.choice(REPLACEMENTS) + ' ' + text[a:b],  # another before it
        rnd.choice(REPLACEMENTS),                 # another instead
        rnd.choice(tokens).string,                # another of the statement
    ]) + text[b:]


def make(directory, seed, count):
    rnd = random.Random(int(seed))
    snippets = {}
    sources = []
    for source, tree in trees(directory):
        snippets.update(dict.fromkeys(strings(tree)))
        statements = [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and n.end_lineno - n.lineno < 8]
        if statements:
            sources.append((source, statements))
    for _ in range(int(count)):
        text = mutation(rnd, *rnd.choice(sources))
        if text:
            snippets['x', text] = None
    texts = []
    for mode, text in snippets:
        if '\0' not in text:
            texts.append(f'{mode}:{text}'.encode('utf-8', 'replace'))
    sys.stdout.buffer.write(b'\0'.join(texts))


def read_snippets(path):
    return pathlib.Path(path).read_bytes().split(b'\0')


def answer(path):
    sys.stdout.reconfigure(encoding='utf-8', errors='replace')
    for snippet in read_snippets(path):
        head, text = snippet.split(b':', 1)
        mode = {'x': 'exec', 'e': 'eval', 's': 'single'}[chr(head[0])]
        flags = ast.PyCF_ONLY_AST | (0x4000 if b'i' in head else 0) | (0x200 if b'd' in head else 0)
        try:
            compile(text.decode(), '<s>', mode, flags, dont_inherit=True)
            print('OK')
        except SyntaxError as e:
            where = e.args[1] if len(e.args) > 1 else ()
            _, line, offset, text, end_line, end_offset = (*where, *[None] * (6 - len(where)))[:6]
            text = (text or '').replace('\n', '\\n')
            print(type(e).__name__, e.args[0], line, offset, end_line, end_offset, text, sep='\t')
        except Exception as e:
            print(type(e).__name__, e, sep='\t')


def compare(path, reference, ours):
    classes = collections.defaultdict(list)
    lines = [pathlib.Path(p).read_text(encoding='utf-8', errors='replace').split('\n') for p in (reference, ours)]
    total = errors = 0
    for snippet, theirs, mine in zip(read_snippets(path), *lines):
        total += 1
        errors += theirs != 'OK'
        if theirs == mine:
            continue
        a, b = theirs.split('\t'), mine.split('\t')
        if a[:2] != b[:2]:
            key = tuple(re.sub(r'\d+', 'N', ' '.join(x[:2])) for x in (a, b))
        else:
            key = ('place' if a[2:6] != b[2:6] else 'line', a[1])
        classes[key].append((snippet, a[:6], b[:6]))
    print(total, 'snippets,', errors, 'with problems,', sum(map(len, classes.values())), 'different')
    for key, cases in sorted(classes.items(), key=lambda item: -len(item[1])):
        print(len(cases), *key, sep='  ')
        for snippet, a, b in sorted(cases, key=lambda case: len(case[0]))[:2]:
            print('   ', snippet[:200], *a, '   ours:', *b)


{'make': make, 'answer': answer, 'compare': compare}[sys.argv[1]](*sys.argv[2:])
