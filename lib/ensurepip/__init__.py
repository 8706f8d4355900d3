"""Puts pip into an environment, from the wheel that Krait's build has laid into `_bundled`.

The interface is that of the standard library's module of this name: `venv` calls `python -m ensurepip --upgrade --default-pip`, and
programs call `bootstrap()`.
"""
import os
import subprocess
import sys

__all__ = ["version", "bootstrap"]

_BUNDLED = os.path.join(os.path.dirname(__file__), "_bundled")


def _wheel():
    """The path of pip's wheel."""
    try:
        wheels = [name for name in os.listdir(_BUNDLED) if name.startswith("pip-") and name.endswith(".whl")]
    except FileNotFoundError:
        wheels = []
    if not wheels:
        raise RuntimeError(f"no wheel of pip lies in {_BUNDLED}: Krait was built where none could be fetched; run `make pip` in its sources")
    return os.path.join(_BUNDLED, max(wheels))


def version():
    """The version of the bundled pip."""
    return os.path.basename(_wheel()).split("-")[1]


def _run_pip(args, extra_path):
    """Runs the pip that lies at extra_path in an interpreter of its own and returns its exit status."""
    program = f"import sys, runpy; sys.path.insert(0, {extra_path!r}); sys.argv[1:] = {args!r}; runpy.run_module('pip', run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-W", "ignore::DeprecationWarning"]
    if sys.flags.isolated:
        command.append("-I")
    return subprocess.run([*command, "-c", program], check=True).returncode


def _forget_pip_settings():
    """The user's settings for pip are meant for his packages, not for putting pip itself in place."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        del os.environ[name]
    os.environ["PIP_CONFIG_FILE"] = os.devnull


def bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    """Installs pip into the current environment, or below the directory `root`.

    `altinstall` leaves out the script pip3, `default_pip` adds the script pip.
    """
    _bootstrap(root=root, upgrade=upgrade, user=user, altinstall=altinstall, default_pip=default_pip, verbosity=verbosity)


def _bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    if altinstall and default_pip:
        raise ValueError("Cannot use altinstall and default_pip together")
    sys.audit("ensurepip.bootstrap", root)
    wheel = _wheel()
    _forget_pip_settings()
    if altinstall:
        os.environ["ENSUREPIP_OPTIONS"] = "altinstall"
    elif not default_pip:
        os.environ["ENSUREPIP_OPTIONS"] = "install"
    args = ["install", "--no-cache-dir", "--no-index", "--find-links", _BUNDLED]
    if root:
        args += ["--root", root]
    if upgrade:
        args.append("--upgrade")
    if user:
        args.append("--user")
    if verbosity:
        args.append("-" + "v" * verbosity)
    return _run_pip([*args, "pip"], wheel)


def _uninstall_helper(*, verbosity=0):
    """Removes pip if it is the version that is bundled here."""
    try:
        import pip
    except ImportError:
        return 0
    if pip.__version__ != version():
        print(f"ensurepip will only uninstall a matching version ({pip.__version__!r} installed, {version()!r} available)", file=sys.stderr)
        return 0
    _forget_pip_settings()
    args = ["uninstall", "-y", "--disable-pip-version-check"]
    if verbosity:
        args.append("-" + "v" * verbosity)
    return _run_pip([*args, "pip"], _wheel())


def _main(argv=None):
    import argparse

    parser = argparse.ArgumentParser(color=True, prog="python -m ensurepip")
    parser.add_argument("--version", action="version", version=f"pip {version()}", help="show the version of pip that is bundled")
    parser.add_argument("-v", "--verbose", action="count", default=0, dest="verbosity", help="say more; up to three times")
    parser.add_argument("-U", "--upgrade", action="store_true", help="upgrade pip even if it is there")
    parser.add_argument("--user", action="store_true", help="install for the user only")
    parser.add_argument("--root", default=None, help="install below this directory")
    scripts = parser.add_mutually_exclusive_group()
    scripts.add_argument("--altinstall", action="store_true", help="make only the script with the version, pipX.Y")
    scripts.add_argument("--default-pip", action="store_true", help="make the script pip, too")
    args = parser.parse_args(argv)
    return _bootstrap(root=args.root, upgrade=args.upgrade, user=args.user, verbosity=args.verbosity, altinstall=args.altinstall,
                      default_pip=args.default_pip)
