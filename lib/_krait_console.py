"""The interactive prompt: the library's _pyrepl in a terminal, else a plain loop. Where standard input is no terminal, prompts go to
standard error, so that piped output stays clean."""
import codeop
import itertools
import linecache
import os
import sys
import warnings
from _ast import PyCF_ONLY_AST

NAME = "<stdin>"


def in_terminal():
    return os.isatty(0) and os.isatty(1)


def report(error, traceback):
    error.__traceback__ = traceback
    sys.last_exc, sys.last_type, sys.last_value, sys.last_traceback = error, type(error), error, traceback
    try:
        sys.excepthook(type(error), error, traceback)
    except SystemExit:
        raise
    except BaseException as second:
        second.__traceback__, second.__context__ = second.__traceback__.tb_next, None
        sys.stderr.write("Error in sys.excepthook:\n")
        sys.__excepthook__(type(second), second, second.__traceback__)
        sys.stderr.write("\nOriginal exception was:\n")
        sys.__excepthook__(type(error), error, traceback)


def prompt(name):
    """What sys.ps1 or sys.ps2 says now; a prompt that cannot be shown is left out."""
    try:
        return str(getattr(sys, name))
    except Exception:
        return ""


def read_line(name):
    """A line with its end; "" at the end of the input."""
    if in_terminal():
        try:
            return input(prompt(name)) + "\n"
        except EOFError:
            return ""
    sys.stderr.write(prompt(name))
    sys.stderr.flush()
    try:
        return sys.stdin.readline()
    except OSError:  # it was closed
        return ""


def is_blank(source):
    return all(not line.strip() or line.lstrip().startswith("#") for line in source.splitlines())


def parse(source, flags):
    """What is wrong with the text, or None."""
    try:
        compile(source, NAME, "single", flags | PyCF_ONLY_AST, True)
    except SyntaxError as error:
        return error


def is_complete(source, flags):
    """Whether nothing more is to come: the statement is whole, or wrong already. What a further line could be added to is not."""
    if is_blank(source):
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are given when it is compiled
        if parse(source.removesuffix("\n"), flags) is None:
            return True
        error = parse(source, flags)
        return error is not None and not isinstance(error, _IncompleteInputError)


def compile_statement(compiler, source, number):
    if is_blank(source):
        source = "pass"
    try:
        return compiler(source, NAME, "single", incomplete_input=False)
    except SyntaxError as error:
        if error.text is None and error.lineno and error.filename == NAME:  # found after parsing, where no text is at hand
            error.text = source.splitlines(True)[error.lineno - 1]
            error.filename = f"<stdin-{number}>"
        raise


def read_statement(compiler, number):
    """The code of one statement and the lines that it was made of; None and "" at the end of the input."""
    source, line = "", read_line("ps1")
    while line:
        source += line
        if line.endswith("\n") and is_complete(source, compiler.flags):
            return compile_statement(compiler, source, number), source
        line = read_line("ps2")
    if not source:
        return None, ""
    sys.stderr.write("\n")
    return compile_statement(compiler, source, number), source


def run_startup(namespace):
    """Runs the file that PYTHONSTARTUP names, in the namespace of __main__."""
    path = None if sys.flags.ignore_environment else os.environ.get("PYTHONSTARTUP")
    if not path:
        return
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"Could not open PYTHONSTARTUP\n{type(error).__name__}: {error}", file=sys.stderr)
        return
    try:
        code = compile(source, path, "exec")
    except Exception as error:
        report(error, None)
        return
    try:
        exec(code, namespace)
    except Exception as error:
        report(error, error.__traceback__.tb_next)


def loop(namespace):
    compiler = codeop.Compile()
    for number in itertools.count():
        try:
            code, source = read_statement(compiler, number)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
            report(error, None)
            continue
        except KeyboardInterrupt:
            sys.stderr.write("\nKeyboardInterrupt\n")
            continue
        if code is None:
            break
        linecache._register_code(code, source, NAME)
        try:
            exec(code, namespace)
        except SystemExit:
            raise
        except BaseException as error:
            report(error, error.__traceback__.tb_next)
        sys.stdout.flush()


def plain_loop():
    """sys._baserepl: the loop without _pyrepl, in the namespace of __main__."""
    namespace = sys.modules["__main__"].__dict__
    sys.ps1 = getattr(sys, "ps1", ">>> ")
    sys.ps2 = getattr(sys, "ps2", "... ")
    if "__file__" in namespace:
        sys.stdout.flush()
    loop(namespace)
    sys.stderr.write("\n")
    sys.stderr.flush()


def go_on(startup=False):
    """The prompt after a program, or none, in the namespace of __main__; the plain one runs PYTHONSTARTUP only if `startup`."""
    if hasattr(sys, "__interactivehook__"):
        sys.__interactivehook__()
    basic = not sys.flags.ignore_environment and os.environ.get("PYTHON_BASIC_REPL")
    if os.isatty(0) and not basic:
        from _pyrepl.main import interactive_console
        interactive_console(sys.modules["__main__"], sys.flags.quiet, pythonstartup=not sys.flags.ignore_environment)
    else:
        if startup:
            run_startup(sys.modules["__main__"].__dict__)
        plain_loop()


def start():
    """The prompt as all that the process does: it greets, and runs the file that PYTHONSTARTUP names."""
    if not sys.flags.quiet:
        print(f"Python {sys.version} on {sys.platform}", file=sys.stderr)
        if not sys.flags.no_site:
            print('Type "help", "copyright", "credits" or "license" for more information.', file=sys.stderr)
    go_on(startup=True)
