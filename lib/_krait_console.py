"""The plain interactive loop: no editing; prompts go to standard error, so that piped output stays clean."""
import code
import os
import sys


class Console(code.InteractiveConsole):
    def raw_input(self, prompt=""):
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.removesuffix("\n")


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
        exec(compile(source, path, "exec"), namespace)
    except Exception:
        sys.excepthook(*sys.exc_info())


def run(namespace):
    run_startup(namespace)
    sys.ps1 = getattr(sys, "ps1", ">>> ")
    sys.ps2 = getattr(sys, "ps2", "... ")
    Console(namespace).interact(banner="", exitmsg="")
