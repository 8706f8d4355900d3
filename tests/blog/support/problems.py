"""What keeps a server from starting is told in one line on standard error, with a status that is not 0. Then pip's answers to what cannot be
installed, and a disk that is full while the blog runs:  problems.py settings servers packages full_disk"""
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from server import BLOG, Server, Visitor

folder = Path(tempfile.mkdtemp(prefix="blog-problems-"))
FLASK = [sys.executable, "-m", "flask", "--app", str(BLOG / "app.py"), "run", "--port", "0"]


def run(command, limits=None, **environment):
    """Status and the lines of standard error, without the names of this machine."""
    done = subprocess.run(command, cwd=BLOG, env=os.environ | {"BLOG_FOLDER": str(folder / "data")} | environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=50, preexec_fn=limits)
    text = done.stderr.replace(str(folder), "FOLDER").replace(sys.executable, "PYTHON")
    return done.returncode, [line for line in text.splitlines() if line.strip()]


def show(what, status, lines):
    print(f"{what}: status {status}, {len(lines)} line{'s'[:len(lines) != 1]}: {lines[-1] if lines else ''}")


def settings():
    (folder / "file").write_text("I am no database, and no folder either. " * 50)
    for what, environment in {
        "a DATABASE_URL that is none": {"DATABASE_URL": "my computer"},
        "no such kind of database": {"DATABASE_URL": "oralce://me:secret@localhost/blog"},
        "a driver that is not installed": {"DATABASE_URL": "postgres://me:secret@localhost/blog"},
        "a folder that is not there": {"DATABASE_URL": f"sqlite:///{folder}/absent/blog.db"},
        "a file that is no database": {"DATABASE_URL": f"sqlite:///{folder}/file"},
        "an empty key": {"SECRET_KEY": ""},
        "a short key": {"SECRET_KEY": "1234"},
        "a folder that is a file": {"BLOG_FOLDER": f"{folder}/file"},
    }.items():
        show(what, *run(FLASK, **environment))
    for name in "data/secret_key", "data/blog.db":
        (folder / name).unlink(missing_ok=True)
    show("no room for the key", *run(FLASK, no_room))
    show("no room for the database", *run(FLASK, no_room, SECRET_KEY="a key of sixteen or more"))
    print("half a key:", (folder / "data/secret_key").exists())
    (folder / "data/secret_key").touch()
    show("a key that got lost", *run(FLASK))
    (folder / "data/secret_key").unlink()


def no_room():
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def servers():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, lines = run(FLASK[:-1] + [port])
        show("a port in use", status, [line.replace(port, "PORT") for line in lines])
        status, lines = run([sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:" + port])
        show("a port in use, gunicorn", status, [re.sub(r"^.*\[ERROR\] ", "", line).replace(port, "PORT") for line in lines[-1:]])
    show("no such application", *run([sys.executable, "-m", "flask", "--app", "absent", "run"]))
    show("a wrong DATABASE_URL, gunicorn", *run([sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0"], DATABASE_URL="my computer"))


def packages():
    """Without PyPI: what pip finds is a folder."""
    wheels = folder / "wheels"
    wheels.mkdir()
    (wheels / "broken-1.0-py3-none-any.whl").write_text("no zip archive")
    with zipfile.ZipFile(wheels / "empty-1.0-py3-none-any.whl", "w") as z:
        z.writestr("empty.py", "")
    with zipfile.ZipFile(wheels / "needy-1.0-py3-none-any.whl", "w") as z:
        z.writestr("needy.py", "")
        z.writestr("needy-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: needy\nVersion: 1.0\nRequires-Dist: absent>=2\n")
        z.writestr("needy-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr("needy-1.0.dist-info/RECORD", "needy.py,,\nneedy-1.0.dist-info/METADATA,,\nneedy-1.0.dist-info/WHEEL,,\nneedy-1.0.dist-info/RECORD,,\n")
    (wheels / "native-1.0-cp314-cp314-win_amd64.whl").write_bytes((wheels / "needy-1.0-py3-none-any.whl").read_bytes())
    with zipfile.ZipFile(wheels / "damaged-1.0-py3-none-any.whl", "w") as z:
        z.writestr("damaged.py", "print('damaged')\n" * 100)
    damaged = bytearray((wheels / "damaged-1.0-py3-none-any.whl").read_bytes())
    damaged[60:80] = bytes(20)
    (wheels / "damaged-1.0-py3-none-any.whl").write_bytes(damaged)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", "--find-links", str(wheels), "--target", str(folder / "target")]
    environment = {name: "" for name in os.environ if name.startswith("PIP_")}
    for what, name in {"no such package": "absent", "no archive": "broken", "an archive without metadata": "empty", "a need that is not met": "needy",
                       "another system's": "native", "a damaged archive": "damaged", "a name that is none": "!"}.items():
        status, lines = run(pip + [name], **environment)
        show(what, status, [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")][-1:])


def full_disk():
    """The limit of a file's size stands for the end of the disk."""
    limit = 200_000
    with Server([sys.executable, "-c", f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); from flask.cli import main; sys.argv[0] = 'flask'; main()",
                 *FLASK[3:-1], "{port}"]) as server:
        rosa = Visitor(server).join()
        written = 0
        while (answer := rosa.send("/write", title="Much", body="x" * 40_000)).status == 302:
            written += 1
        print("the disk is full:", answer.status, "Nothing was saved" in answer.text, "Log in" in answer.text, written > 0)
        print("so it stays:", rosa.send("/write", title="Much", body="x" * 40_000).status)
        answer = rosa.send_with_picture("/write", "large.png", b"\x89PNG\r\n\x1a\n" + bytes(limit), title="A picture", body="x")
        print("a picture:", answer.status, len(list((server.folder / "pictures").iterdir())))
        print("reading goes on:", rosa.get("/").status, f"<p>{written} notes</p>" in rosa.get("/by/Rosa").text)


for part in sys.argv[1:]:
    globals()[part]()
shutil.rmtree(folder)
