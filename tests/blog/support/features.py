"""Flask's own features, as a developer meets them: `flask run --debug` with its reloader and debugger, `flask shell`, commands, async views,
streams, files up and down, blueprints within blueprints."""
import html
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

from server import BOUNDARY, Server, Visitor, wait

HERE = Path(__file__).resolve().parent
FLASK = [sys.executable, "-m", "flask"]


def console(folder):
    """`flask shell` and a command of the application."""
    lines = 'print(app.name, word_length, len(app.url_map._rules))\nwith app.test_client() as c: print(c.get("/word").text)\n\n1/0\nprint("on")\n'
    done = subprocess.run([*FLASK, "--app", "application", "shell"], cwd=folder, input=lines, capture_output=True, text=True, timeout=50)
    print("shell:", done.returncode, done.stdout.split(), done.stderr.splitlines()[-5:])
    print("command:", subprocess.run([*FLASK, "--app", "application", "shout"], cwd=folder, capture_output=True, text=True, timeout=50).stdout.strip())


def views(visitor):
    print("async:", json.loads(visitor.get("/async").text))
    print("blueprints:", visitor.get("/outer/inner/you").text, visitor.get("/outer/inner/you?stop=1").status, visitor.get("/outer/inner/missing").text)

    connection = http.client.HTTPConnection("127.0.0.1", visitor.server.port, timeout=20)
    connection.request("GET", "/stream?n=3")
    answer = connection.getresponse()
    first = answer.read1(100)
    print("stream:", answer.headers["Content-Length"], first, answer.read())
    connection.close()

    connection.request("GET", "/download")
    answer = connection.getresponse()
    data = answer.read()
    print("download:", len(data), answer.headers["Content-Disposition"])
    connection.close()
    connection.request("GET", "/download", headers={"Range": "bytes=250-259"})
    answer = connection.getresponse()
    print("a part of it:", answer.status, answer.headers["Content-Range"], answer.read())
    connection.close()

    parts = b"".join(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f{n}"; filename="ä{n}.txt"\r\n\r\n'.encode() + bytes([n]) * 300_000 * n + b"\r\n" for n in range(4))
    print("upload:", json.loads(visitor.ask("POST", "/upload", parts + f"--{BOUNDARY}--\r\n".encode(), Content_Type=f"multipart/form-data; boundary={BOUNDARY}").text))


def debugger(visitor):
    """An expression at a frame of the page that shows an error."""
    page = visitor.get("/fault")
    print("fault:", page.status, re.search(r"<title>(.*?)</title>", page.text, re.S)[1].split("\n")[0], "| in", re.findall(r'<code class="function">(.*?)</code>', page.text)[-1])
    print("no secret key:", re.search(r"<title>(.*?)</title>", visitor.get("/remember").text, re.S)[1].split("\n")[0])
    print("its line:", re.findall(r'<pre class="line current">.*?</span>(.*?)</pre>', page.text, re.S)[-1].split("\n")[0])
    secret = re.search(r'SECRET = "(.*?)"', page.text)[1]
    frame = re.findall(r'id="frame-(\d+)"', page.text)[-1]

    def evaluate(expression, secret=secret):
        answer = visitor.get("/fault?" + urllib.parse.urlencode({"__debugger__": "yes", "cmd": expression, "frm": frame, "s": secret}))
        lines = [line.strip() for line in html.unescape(re.sub(r"<.*?>", "", answer.text)).splitlines()]
        return answer.status, [line for line in lines if line][-2:]

    for expression in "answer", "sorted(cause)", "answer + ", "undefined", "answer = 7", "answer", "for i in range(2): print(i)", "":
        print(f"there, {expression!r}:", evaluate(expression))
    print("without the secret:", evaluate("answer", "guess")[0])


def reloader(server, folder):
    """The program is changed twice, once to what cannot be compiled."""
    visitor = Visitor(server)
    program = folder / "application.py"
    text = program.read_text()

    def answers(expected):
        try:
            return expected in visitor.get("/word").text
        except (OSError, http.client.HTTPException):
            return False

    print("the word is first:", answers("first"))
    program.write_text(text.replace('"first"', '"second"'))
    wait(lambda: answers("second"), "the second word")
    print("then second")
    program.write_text(text.replace('"first"', '"third" +'))
    wait(lambda: answers("SyntaxError"), "the page that shows the error")
    print("then an error")
    program.write_text(text.replace('"first"', '"third"'))
    wait(lambda: answers("third"), "the third word")
    print("then third")


def main():
    # Not below the interpreter's own folder, whose files the reloader takes for ones that never change.
    folder = Path(tempfile.mkdtemp(prefix="flask-", dir="/tmp"))
    shutil.copy(HERE / "application.py", folder)
    console(folder)
    with Server([*FLASK, "--app", str(folder / "application.py"), "run", "--debug", "--port", "{port}"], WERKZEUG_DEBUG_PIN="off") as server:
        server.port = server.running_on()
        views(Visitor(server))
        debugger(Visitor(server))
        reloader(server, folder)
    shutil.rmtree(folder)


main()
