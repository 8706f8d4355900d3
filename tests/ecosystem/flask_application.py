"""Flask: sessions in signed cookies, templates, blueprints, error pages, streams, uploads, commands, the test client."""
import io, logging
import jinja2
from flask import Flask, Blueprint, session, request, render_template, flash, abort, redirect, url_for, Response, stream_with_context, jsonify, send_file, g
PAGES = {"base.html": """<!doctype html><title>{% block title %}x{% endblock %}</title>{% for m in get_flashed_messages() %}<p>{{m}}</p>{% endfor %}{% block body %}{% endblock %}
""", "index.html": """{% extends "base.html" %}{% block title %}Hi {{ name|e }}{% endblock %}
{% block body %}{% for i in items if i is odd %}<li>{{loop.index}}: {{ i }} {{ url_for('shop.item', id=i) }}</li>{% else %}none{% endfor %}
{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m('<b>') }} {{ {'a':1}|tojson }}{% endblock %}
"""}
app = Flask(__name__)
app.jinja_loader = jinja2.DictLoader(PAGES)
app.secret_key = "s3"
app.config["MAX_CONTENT_LENGTH"] = 10000
bp = Blueprint("shop", __name__, url_prefix="/shop")
@bp.route("/<int:id>")
def item(id): return jsonify(id=id, q=request.args.to_dict())
@bp.errorhandler(403)
def forb(e): return "bp 403 %s" % e.description, 403
@bp.route("/no")
def no(): abort(403, "nope")
app.register_blueprint(bp)
@app.before_request
def b(): g.n = 1
@app.after_request
def a(r): r.headers["X-N"] = str(g.n); return r
@app.get("/")
def index():
    session["n"] = session.get("n", 0) + 1
    flash("visit %d" % session["n"])
    return render_template("index.html", name="<you>", items=range(6))
@app.post("/up")
def up():
    f = request.files["f"]
    d = f.read()
    return {"name": f.filename, "len": len(d), "form": request.form["k"], "type": f.mimetype}
@app.get("/down")
def down(): return send_file(io.BytesIO(b"abc" * 100), download_name="a.bin", as_attachment=True, mimetype="application/octet-stream")
@app.get("/stream")
def stream():
    @stream_with_context
    def gen():
        for i in range(5): yield "%d %s\n" % (i, request.path)
    return Response(gen(), mimetype="text/plain")
@app.get("/boom")
def boom(): return 1 / 0
@app.errorhandler(404)
def nf(e): return "custom 404: %s" % e.name, 404
@app.route("/r")
def r(): return redirect(url_for("index"))
@app.post("/json")
def js(): return jsonify(request.get_json())
@app.get("/gone/<path:p>")
def gone(p): return p.upper()
@app.cli.command("hello")
def hello(): print("hello cli")
c = app.test_client()
def show(r, body=True):
    h = {k: v for k, v in r.headers.items() if k not in ("Date", "Set-Cookie", "Last-Modified")}
    print(r.status, h); print(r.get_data(as_text=True) if body else "")
for i in range(2): show(c.get("/"))
with c.session_transaction() as s: print(dict(s)); s["n"] = 41
with c: c.get("/"); from flask import session; print(session["n"])
c.set_cookie("session", "eyJuIjo1fQ.forged.x"); show(c.get("/"))
show(c.get("/shop/7?a=1&b=%20x")); show(c.get("/shop/no")); show(c.get("/shop/x")); show(c.get("/nix"))
show(c.post("/up", data={"k": "v", "f": (io.BytesIO(b"x" * 1000), "p.png")}))
show(c.post("/up", data={"k": "v", "f": (io.BytesIO(b"x" * 20000), "p.png")}))
show(c.get("/down")); show(c.get("/stream")); show(c.get("/r")); show(c.get("/r", follow_redirects=True))
show(c.post("/json", json={"a": [1, 2, {"b": None}], "ü": "é"})); show(c.post("/json", data="{bad", content_type="application/json"))
show(c.post("/")); show(c.options("/")); show(c.head("/")); show(c.get("/gone/a/b/c"))
logging.disable(logging.CRITICAL)
show(c.get("/boom"))
app.testing = True
try: c.get("/boom")
except ZeroDivisionError as e: print("raised", e)
r = app.test_cli_runner().invoke(args=["hello"]); print(r.output, r.exit_code)
print(app.url_map)
with app.test_request_context("/x?y=2"):
    from flask import request; print(request.args["y"], repr(request))
