"""Runs examples/blog for a test, in a data folder of its own, and speaks HTTP with it as a browser without windows would."""
import http.client
import http.cookies
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

BLOG = Path(__file__).resolve().parents[3] / "examples" / "blog"
BOUNDARY = "-----------one-part-after-the-other"


class Server:
    """`flask run`, or another command with {port} in it. The log is a file, so that no pipe can fill."""

    def __init__(self, command=None, folder=None, **environment):
        self.folder = Path(folder or tempfile.mkdtemp(prefix="blog-"))
        self.command = command or [sys.executable, "-m", "flask", "--app", str(BLOG / "app.py"), "run", "--port", "{port}"]
        self.environment = os.environ | {"BLOG_FOLDER": str(self.folder), "PYTHONUNBUFFERED": "1"} | environment
        self.log, self.process, self.port = self.folder / "log", None, 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *problem):
        self.stop()
        if problem[0]:
            print(self.log.read_text()[-4000:], file=sys.stderr)
        shutil.rmtree(self.folder)

    def start(self):
        """At a free port the first time, at the same port after that."""
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([part.format(port=self.port) for part in self.command], cwd=BLOG, env=self.environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        wait(lambda: self.process.poll() is not None or self.running_on(), "the server to start")
        if self.process.poll() is not None:
            sys.exit(f"the server ended with status {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        self.port = self.running_on()
        return self

    def running_on(self) -> int:
        found = re.search(r"(?:Running on|Listening at:) http://127\.0\.0\.1:(\d+)", self.log.read_text())
        return int(found[1]) if found else 0

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(20)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"


def wait(done, what, seconds=40):
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.03)


class Visitor:
    """Keeps cookies, fills in the token of forms. An answer is `status`, `text`, `headers`."""

    def __init__(self, server: Server):
        self.server, self.cookies = server, {}

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", ()):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if not morsel.value:
                    del self.cookies[name]
        return answer

    def get(self, path):
        return self.ask("GET", path)

    def token(self, path):
        return re.search(r'name="token" value="([^"]+)"', self.get(path).text)[1]

    def send(self, path, form=None, **fields):
        """Posts the form that stands at the page `form`, or at `path` itself."""
        return self.ask("POST", path, urllib.parse.urlencode(fields | {"token": self.token(form or path)}), Content_Type="application/x-www-form-urlencoded")

    def send_with_picture(self, path, name, content: bytes, **fields):
        parts = "".join(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in (fields | {"token": self.token(path)}).items())
        last = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
        return self.ask("POST", path, parts.encode() + last.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode(), Content_Type=f"multipart/form-data; boundary={BOUNDARY}")

    def join(self, name="Rosa", password="a long password"):
        answer = self.send("/join", name=name, password=password)
        assert answer.status == 302, (answer.status, answer.text)
        return self
