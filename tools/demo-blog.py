"""The last part of `make demo`: starts examples/blog on Krait, with some notes to look at, fetches its front page, and says how to open it.
Where PyPI cannot be reached, that is said, and all is well."""
import html
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

root = Path(__file__).resolve().parent.parent
start = root / "examples" / "blog" / "start"
environment = os.environ | {"KRAIT": sys.executable, "BLOG_ENV": str(root / "build" / "blog"), "PYTHONUNBUFFERED": "1"}
UNAVAILABLE = 69


def front_page(log):
    """What the server answers, as soon as it says where it is."""
    begin = time.monotonic()
    with subprocess.Popen([start, "--port", "0"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT) as server:
        try:
            while not (address := re.search(rb"Running on (http://127\.0\.0\.1:\d+)", Path(log.name).read_bytes())):
                if server.poll() is not None or time.monotonic() - begin > 60:
                    sys.exit("the blog does not start:\n" + Path(log.name).read_text())
                time.sleep(0.01)
            with urllib.request.urlopen(address[1].decode() + "/", timeout=30) as answer:
                return answer.read().decode(), time.monotonic() - begin
        finally:
            server.terminate()


def main():
    print("\n--- examples/blog: a blog on Flask and SQLAlchemy\n", flush=True)
    status = subprocess.run([start, "--prepare"], env=environment).returncode
    if status == UNAVAILABLE:
        return 0  # it has said so
    if status:
        return status
    subprocess.run([root / "build" / "blog" / "bin" / "flask", "--app", start.parent / "app.py", "sample"], env=environment, stdout=subprocess.DEVNULL, check=True)
    with open(root / "build" / "blog" / "server.log", "wb") as log:
        page, seconds = front_page(log)
    title = re.search(r"<title>(.*?)</title>", page)[1]
    print(f"Its front page, {seconds:.2f} s after the command: “{html.unescape(title)}”, {len(page)} characters, with")
    for note in re.findall(r"<h2><a[^>]*>(.*?)</a>", page):
        print(f"    {html.unescape(note)}")
    print("\nTo open it:  examples/blog/start   and then  http://127.0.0.1:5000  in a browser")
    return 0


sys.exit(main())
