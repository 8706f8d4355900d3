"""mako renders: inheritance, defs, loops, filters, errors."""
from mako import exceptions
from mako.lookup import TemplateLookup
lookup = TemplateLookup()
lookup.put_string("base.html", "<html>${self.title()}${next.body()}<%def name='title()'>base</%def></html>")
lookup.put_string("page.html", """<%inherit file="base.html"/><%namespace name="u" file="util.html"/><%! import math %><%def name="title()">page ${parent.title()}</%def>
% for i, r in enumerate(rows):
<tr>${i} ${r | h} ${u.cell(r)} ${math.sqrt(i)} ${loop.index} ${"odd" if loop.odd else "even"}</tr>
% endfor
<%block name="b" filter="trim">  block  </%block><%call expr="u.wrap()">body</%call> ## comment
<% x = [n * 2 for n in range(4)] %>${x}
""")
lookup.put_string("util.html", """<%def name="cell(v)"><td>${v | u}</td></%def><%def name="wrap()">[${caller.body()}]</%def>""")
t = lookup.get_template("page.html")
print(t.render(rows=[f"<{i}&>" for i in range(50)])); print(*(line for line in t.code.splitlines() if not line.startswith("_modified_time")), sep="\n")
lookup.put_string("bad.html", "a\n${1/0}\n")
try: lookup.get_template("bad.html").render()
except ZeroDivisionError: print(exceptions.text_error_template().render().splitlines()[-3:])
try: lookup.put_string("worse.html", "% for x in y:\n")
except Exception as e: print(type(e).__name__, e)
