"""jinja2 renders: inheritance, macros, filters, loops, a sandbox, async."""
import asyncio
import jinja2, jinja2.sandbox
templates = {
    "base": "<title>{% block t %}base{% endblock %}</title>{% block body %}{% endblock %}",
    "page": "{% extends 'base' %}{% import 'macros' as m %}{% block t %}{{ super() }} page{% endblock %}{% block body %}{% for x in xs recursive %}"
            "{{ loop.index }}{{ loop.cycle('a', 'b') }}{{ m.field(x.name, **x.kw) }}{% if x.kids %}<ul>{{ loop(x.kids) }}</ul>{% endif %}{% endfor %}{% endblock %}",
    "macros": "{% macro field(name, value='', type='text') %}<input name={{ name|e }} value='{{ value|e }}' type={{ type }}>{{ caller() if caller else '' }}{% endmacro %}",
    "filters": "{{ [3,1,2]|sort|join(',') }} {{ 'hello world'|title|replace('o','0') }} {{ 3.14159|round(2) }} {{ xs|map(attribute='name')|list }} {{ xs|groupby('g')|list|length }}"
               " {{ 'a b c d'|wordwrap(3) }} {{ 12345678|filesizeformat }} {{ '<b>'|striptags }} {{ {'b':1,'a':2}|dictsort }} {% set ns = namespace(n=0) %}{% for i in range(5) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}"
               " {{ 'http://example.org/x y'|urlize }} {{ {'x': [1, '<']}|tojson }} {% filter upper %}text{% endfilter %} {{ missing|default('d') }} {{ '%05.1f'|format(3.14) }}",
}
env = jinja2.Environment(loader=jinja2.DictLoader(templates), autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"])
xs = [{"name": f"<n{i}>", "kw": {"value": i}, "g": i % 3, "kids": [{"name": "k", "kw": {}}] if i % 2 else []} for i in range(20)]
print(env.get_template("page").render(xs=xs)); print(env.get_template("filters").render(xs=xs))
for bad in ("{% for %}", "{{ x.y.z }}", "{{ 1/0 }}", "{% include 'nix' %}"):
    try: print(env.from_string(bad).render())
    except Exception as e: print(type(e).__name__, e)
try: jinja2.sandbox.SandboxedEnvironment().from_string("{{ ().__class__.__bases__ }}").render()
except Exception as e: print(type(e).__name__, e)
async def go():
    async def items():
        for i in range(3): yield i
    return await jinja2.Environment(enable_async=True).from_string("{% for i in xs() %}{{ i }},{% endfor %}").render_async(xs=items)
print(asyncio.run(go()), env.compile(templates["page"], raw=True))
