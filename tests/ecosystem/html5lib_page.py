"""html5lib parses a large page, good and bad."""
import html5lib, html5lib.serializer
rows = "".join(f"<tr class=r{i}><td>{i}<td><b><i>x{i}</b>y</i>&amp;&nbsp;&notit;<p>para<p>two<a href='?a=1&b={i}'>l</a>" for i in range(1500))
page = f"<!DOCTYPE html><html><head><title>T</title><script>if (a < b) {{}}</script><body><table>{rows}</table><svg><path d='M0'/></svg><math><mi>x</math><select><option>1<option>2</select>\u00e9\0<!-- c --><textarea>\n a</textarea></bogus>"
for tree in ("etree", "dom"):
    document = html5lib.parse(page, treebuilder=tree)
    walker = html5lib.getTreeWalker(tree)
    print("".join(html5lib.serializer.HTMLSerializer(omit_optional_tags=False, quote_attr_values="always").serialize(walker(document)))[:200000])
p = html5lib.HTMLParser(strict=False); p.parse(page[:4000]); print(len(p.errors), p.errors[:5])
