"""krait -m http.server, venv, sqlite3, platform, site and sysconfig: files are served, folders and databases made, the machine described."""
import http.client
import re
import signal

from support.tool import show

PAGE = b"<!doctype html><title>Page</title>" + bytes(range(256)) * 500


class Server:
    """http.server at a free port, until the block is left: then it is interrupted, and what it wrote is shown."""

    def __init__(self, t, *arguments):
        self.t, self.arguments = t, arguments

    def __enter__(self):
        self.log = open(self.t.path("log"), "wb")
        self.process = self.t.start("-u", "-m", "http.server", "--bind", "127.0.0.1", *self.arguments, "0", stdout=-1, stderr=self.log)
        line = self.process.stdout.readline().decode()
        self.port = int(re.search(r"port (\d+)", line)[1])
        self.t.neutral(rf"\b{self.port}\b", "PORT")
        self.t.say("$ -m http.server", *self.arguments)
        self.t.text(line)
        return self

    def __exit__(self, *problem):
        self.process.send_signal(signal.SIGINT)
        rest = self.process.communicate(timeout=30)[0]
        self.log.close()
        self.t.text(rest)
        self.t.text(self.t.read("log"))
        self.t.say("status", self.process.returncode)

    def get(self, path, method="GET", shown=("Content-type", "Content-Length", "Location"), **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        self.t.say(method, path, headers, "->", f"HTTP/{response.version / 10}", response.status, response.reason,
                   {name: response.headers[name] for name in shown if response.headers[name]})
        modified = response.headers["Last-Modified"]
        connection.close()
        return body, modified


def http_server(t):
    t.neutral(r"\b3\.14\.\d+", "3.14.N")
    t.neutral(r"\d\d/\w{3}/\d{4} \d\d:\d\d:\d\d", "DATE")
    t.neutral(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "DATE")
    t.write("www/page.html", PAGE)
    t.write("www/data.json", '{"a": 1}')
    t.write("www/an ü & <b>.txt", "text")
    t.write("www/archive.tar.gz", b"\x1f\x8b")
    t.write("www/sub/index.html", "index")
    t.write("www/list/x.py", "x = 1")
    with Server(t, "--directory", "www") as server:
        body, modified = server.get("/page.html")
        t.say(body == PAGE)
        server.get("/page.html", **{"If-Modified-Since": modified})
        server.get("/page.html?query#part", "HEAD")
        for path in ("/data.json", "/archive.tar.gz", "/an%20%C3%BC%20%26%20%3Cb%3E.txt", "/sub", "/sub/", "/list/x.py", "/../../etc/passwd",
                     "/missing", "/page.html/", "//evil.example/%2e%2e"):
            server.get(path)
        for path in ("/", "/list/", "/missing"):
            page = server.get(path)[0].decode()
            t.text(page, brief=True)
            t.say(re.findall("<li>.*", page))
        server.get("/page.html", "POST")
        server.get("/page.html", "NONSENSE")
    with Server(t, "-d", "www", "-p", "HTTP/1.1") as server:
        server.get("/data.json", shown=("Server", "Connection", "Content-type"))
    t.run("http.server", "--bind", "127.0.0.1", "port", brief=True)
    t.run("http.server", "--bind", "127.0.0.1", "--tls-cert", "missing.pem", "0", brief=True)
    t.run("http.server", "--tls-key", "key.pem", brief=True)
    t.run("http.server", "--nonsense", brief=True)
    t.run("http.server", "-h", brief=True)


def venv(t):
    """Without pip: it is not in the library."""
    t.run("venv", "--without-pip", "env")
    done = t.start("-c", "import subprocess; print(subprocess.run(['env/bin/python', '-c', "
                   "'import sys; print(sys.prefix, sys.prefix != sys.base_prefix, sys.path[-1])'], capture_output=True, text=True).stdout)", stdout=-1)
    t.text(done.communicate(timeout=60)[0])
    t.say(sorted(name for name in t.names("env/bin") if not name.startswith("env/bin/python3.")))
    config = dict(line.split(" = ") for line in t.read("env/pyvenv.cfg").decode().splitlines())
    t.say(sorted(config), config["include-system-site-packages"], config["version"])
    t.run("venv", "--without-pip", "--clear", "--prompt", "here", "--system-site-packages", "env")
    config = dict(line.split(" = ") for line in t.read("env/pyvenv.cfg").decode().splitlines())
    t.say(config["prompt"], config["include-system-site-packages"])
    t.run("venv", "--without-pip", "--symlinks", "--without-scm-ignore-files", "one", "two")
    t.say([name for name in t.names("one") if "activate" in name or name == "one/.gitignore"])
    t.run("venv", "--without-pip", "--upgrade", "one")
    t.write("file", "")
    t.run("venv", "--without-pip", "file")
    t.run("venv", "--without-pip", "a:b")
    t.run("venv", "--upgrade", "--clear", "one")
    t.run("venv", brief=True)
    t.run("venv", "--nonsense", "env", brief=True)
    t.run("venv", "-h", brief=True)


def sqlite(t):
    t.neutral(r"\b\d+\.\d+\.\d+\b", "VERSION")
    t.neutral(r"\(main, .*|\(krait .*", "(BUILD)")
    t.neutral("SQLITE_SCHEMA", "SQLITE_ERROR")  # older versions of SQLite say it of a name that is not there
    t.run("sqlite3", ":memory:", "select 1 + 1, 'text', null, 1.5, x'00ff'")
    t.run("sqlite3", "a.db", "create table t (a integer primary key, b text unique)")
    t.run("sqlite3", "a.db", "insert into t (b) values ('one'), ('two')")
    t.run("sqlite3", "a.db", "select * from t order by b desc")
    t.run("sqlite3", "a.db", "insert into t (b) values ('one')")
    t.run("sqlite3", "a.db", "select nonsense")
    t.run("sqlite3", "a.db", "select 1; select 2")
    t.run("sqlite3", "missing/a.db", "select 1")
    t.write("text.db", "no database " * 100)
    t.run("sqlite3", "text.db", "select * from t")
    t.run("sqlite3", "a.db", input="select a,\n b\n from t;\n.help\n.version\n.nonsense\nselect 1 from nowhere;\nselect count(*) from t;\n.quit\n")
    t.run("sqlite3", input="create table x (y); insert into x values (5);\ninsert into x values (6);\nselect * from x;\nselect")
    t.run("sqlite3", "-v")
    t.run("sqlite3", "--nonsense", brief=True)
    t.run("sqlite3", "-h", brief=True)


def machine(t):
    t.neutral(r"\bLinux-\S+", "MACHINE")
    t.neutral(r"^frozen \[", "LIB/site.py [")
    t.run("platform")
    t.run("platform", "--terse")
    t.run("platform", "--nonaliased", "terse")
    t.run("site", "--user-base")
    t.run("site", "--user-site")
    t.run("site", "--user-base", "--user-site")
    t.run("site", "--user-site", environment={"PYTHONNOUSERSITE": "1"})
    t.run("site", "--user-site", options=("-s",))
    t.run("site", "--nonsense", brief=True)
    done = t.run("site", hidden=True)
    lines = done.stdout.decode().splitlines()
    t.say(lines[0], any(t.library in line for line in lines))
    t.text("\n".join(lines[lines.index("]"):]))
    done = t.run("sysconfig", hidden=True)
    lines = done.stdout.decode().splitlines()
    t.say([re.sub(r'"?(posix_\w+)"?', "SCHEME", line) for line in lines[:4]])
    paths = dict(line.strip().split(" = ", 1) for line in lines if " = " in line)
    t.say([(name, name in paths) for name in ("data", "include", "platinclude", "platlib", "platstdlib", "purelib", "scripts", "stdlib",
                                              "CC", "EXT_SUFFIX", "LIBDIR", "py_version", "py_version_short", "prefix", "SIZEOF_LONG")])
    t.say({name: paths[name] for name in ("py_version_short", "py_version_nodot", "SIZEOF_LONG", "SIZEOF_VOID_P")})
    t.say(paths["stdlib"] == f'"{t.library}"', paths["prefix"] == f'"{t.prefix}"')


def test(t):
    for tool in (http_server, venv, sqlite, machine):
        tool(t)


show(test)
