"""What the blog does, request by request, without a browser; and what it refuses."""
import base64
import json
import socket

from server import Server, Visitor

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


def said(answer):
    """Where it leads, what went wrong, or else the heading."""
    if "Location" in answer.headers:
        return "to " + answer.headers["Location"]
    if answer.headers["Content-Type"] == "application/json":
        return json.loads(answer.text).get("error")
    error = '<p class="code">' in answer.text
    before, after = ('role="status">', "</p>") if 'role="status"' in answer.text and not error else ("<h1>", "</h1>")
    return answer.text.split(before)[1].split(after)[0]


def show(what, answer):
    print(f"{what}: {answer.status}, {said(answer)}")


def people(server):
    rosa = Visitor(server)
    show("a short password", rosa.send("/join", name="Rosa", password="short"))
    show("no name", rosa.send("/join", name=" ", password="a long password"))
    show("signing up", rosa.send("/join", name="Rosa", password="a long password"))
    show("the same name", Visitor(server).send("/join", name="Rosa", password="a long password"))
    show("logging out", rosa.send("/logout", "/write"))
    show("writing now", rosa.get("/write"))
    show("a wrong password", rosa.send("/login", name="Rosa", password="a wrong password"))
    show("an unknown name", rosa.send("/login", name="Rosi", password="a long password"))
    show("logging in", rosa.send("/login?next=/write", name="Rosa", password="a long password"))
    for elsewhere in "//example.org/", "https://example.org/", "/\\example.org":
        show(f"going on at {elsewhere}", Visitor(server).send("/login?next=" + elsewhere, name="Rosa", password="a long password"))
    return rosa


def notes(server, rosa):
    for n in range(14):
        assert rosa.send("/write", title=f"Note {n}", body="A <b>bold</b> word" if n % 2 else "Nothing special, 100%").status == 302
    text = rosa.get("/").text
    print("first page:", text.count("<article"), "of 14;", "&lt;b&gt;bold" in text and "<b>bold" not in text)
    print("third page:", rosa.get("/?page=3").text.count("<article"), "beyond the last:", rosa.get("/?page=99999999999999999999999").text.count("<article"))
    for words in "bold", "word+bold", "100%25", "%25", "_", "absent", "%22%27%3B--", "%00", "%ff":
        print(f"search for {words}:", rosa.get("/?q=" + words).text.count("<article"))
    print("of Rosa:", rosa.get("/by/Rosa").text.count("<article"), "of nobody:", rosa.get("/by/nobody").status)
    show("editing", rosa.send("/post/1/edit", title="Another title", body="Another text"))
    show("what it is now", rosa.get("/post/1"))
    show("a comment", rosa.send("/post/1/comment", "/post/1", text="Well said"))
    other = Visitor(server).join("Otto")
    show("editing another's", other.send("/post/1/edit", "/write", title="Mine", body="Mine"))
    show("deleting another's", other.send("/post/1/delete", "/write"))
    show("deleting", rosa.send("/post/1/delete", "/post/1"))
    show("what is left", rosa.get("/post/1"))


def pictures(server, rosa):
    place = rosa.send_with_picture("/write", "../../evil.svg", PNG, title="With a picture", body="See").headers["Location"]
    stored = [file.name for file in (server.folder / "pictures").iterdir()]
    print("stored as its kind says:", [name.rpartition(".")[2] for name in stored])
    connection = rosa.ask("HEAD", f"/picture/{stored[0]}")
    print("fetched:", connection.status, connection.headers["Content-Type"], connection.headers["Content-Length"], connection.headers["X-Content-Type-Options"])
    show("no picture", rosa.send_with_picture("/write", "a.png", b"<svg onload=alert(1)>", title="With a picture", body="See"))
    for name in "../secret_key", "..%2fsecret_key", "%2e%2e/secret_key", "nothing.png", "%00":
        print(f"{name}:", rosa.get(f"/picture/{name}").status)
    rosa.send_with_picture(place + "/edit", "b.png", PNG + b"more", title="With another", body="See")
    rosa.send(place + "/delete", place)
    print("left of them:", len(list((server.folder / "pictures").iterdir())))


def interface(server, rosa):
    def call(method, path, body=None, user="Rosa:a long password", kind="application/json"):
        headers = {"Content_Type": kind} | ({"Authorization": "Basic " + base64.b64encode(user.encode()).decode()} if user else {})
        return Visitor(server).ask(method, path, body, **headers)

    written = call("POST", "/api/posts", '{"title": "By machine", "body": "1 + 1"}')
    print("written:", written.status, written.headers["Location"], {k: v for k, v in json.loads(written.text).items() if k != "written"})
    path = written.headers["Location"]
    print("comment:", call("POST", path + "/comments", '{"text": "2"}').status, [c["text"] for c in json.loads(call("GET", path).text)["comments"]])
    listed = json.loads(call("GET", "/api/posts?q=machine").text)
    print("found:", listed["total"], listed["page"], listed["pages"], listed["posts"][0]["comments"])
    print("a cookie alone:", rosa.ask("POST", "/api/posts", "{}", Content_Type="application/json").status)
    for user in None, "Rosa", "Rosa:wrong", ":", "Nobody:a long password":
        answer = call("POST", "/api/posts", "{}", user)
        print(f"as {user}:", answer.status, answer.headers["WWW-Authenticate"])
    for body in "", "{", "[]", "null", "{}", '{"title": 1, "body": ""}', '{"title": "' + "x" * 121 + '", "body": "b"}', '{"title": "\\ud800", "body": "b"}', \
            '{"title": "\\u0000", "body": "b"}', b"\xff\xfe", "[" * 100_000:
        show(f"the body {body[:30]!r}", call("POST", "/api/posts", body))
    show("not as JSON", call("POST", "/api/posts", "title=1", kind="application/x-www-form-urlencoded"))
    for method, path in ("GET", "/api/posts/999"), ("GET", "/api/posts/99999999999999999999"), ("GET", "/api/nothing"), ("DELETE", "/api/posts/1"), ("POST", "/api/posts/1"):
        show(f"{method} {path}", call(method, path))


def raw(server, head, body, end=True):
    """A request byte by byte; the first line of the answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as s:
        try:
            s.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
            if end:
                s.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before all was sent
        answer = s.makefile("rb").readline().split()
    return answer[1].decode() if answer else "nothing"


def refusals(server, rosa):
    show("without a token", rosa.ask("POST", "/write", "title=a&body=b", Content_Type="application/x-www-form-urlencoded"))
    show("no session", Visitor(server).ask("POST", "/login", "name=Rosa&password=a+long+password&token=", Content_Type="application/x-www-form-urlencoded"))
    show("another's token", rosa.ask("POST", "/write", "title=a&body=b&token=" + Visitor(server).token("/join"), Content_Type="application/x-www-form-urlencoded"))
    show("PUT", rosa.ask("PUT", "/write"))
    show("no such page", rosa.get("/nothing"))
    show("no such note", rosa.get("/post/4711"))
    form = "POST /join HTTP/1.1\nHost: x\nContent-Type: application/x-www-form-urlencoded\n"
    parts = "POST /join HTTP/1.1\nHost: x\nContent-Type: multipart/form-data; boundary=b\n"
    data = "POST /api/posts HTTP/1.1\nHost: x\nContent-Type: application/json\nAuthorization: Basic " + base64.b64encode(b"Rosa:a long password").decode() + "\n"
    chunks = "Transfer-Encoding: chunked"
    for what, head, body in (
            ("too large by its length", form + "Content-Length: 400000000", b"name=x"), ("too large indeed", form + "Content-Length: 5000000", b"x" * 5_000_000),
            ("a part that is too large", parts + "Content-Length: 600100", b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"x" * 600_100),
            ("cut off", form + "Content-Length: 1000", b"name=x"), ("cut off JSON", data + "Content-Length: 1000", b'{"title": "x"'),
            ("cut off parts", parts + "Content-Length: 1000", b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx'),
            ("parts that are none", parts + "Content-Length: 7", b"rubbish"), ("no boundary", parts.replace("; boundary=b", "") + "Content-Length: 3", b"--b"),
            ("chunks that are none", form + chunks, b"zz\r\nname\r\n0\r\n\r\n"), ("cut off chunks", form + chunks, b"ff\r\nname=x"),
            ("a length that is none", form + "Content-Length: many", b"name=x"), ("a negative length", form + "Content-Length: -5", b"name=x"),
            ("no HTTP", "rubbish", b""), ("a version that is none", "GET / HTTP/x.y", b""), ("a long address", "GET /" + "x" * 70_000 + " HTTP/1.1", b""),
            ("too many headers", "GET / HTTP/1.1\n" + "\n".join(f"X-{n}: y" for n in range(200)), b""), ("a good one", "GET / HTTP/1.1\nHost: x", b"")):
        print(f"{what}:", raw(server, head, body))


with Server() as server:
    rosa = people(server)
    notes(server, rosa)
    pictures(server, rosa)
    interface(server, rosa)
    refusals(server, rosa)
    print("tracebacks:", server.log.read_text().count("Traceback"))
