/* UTF-8 both ways; error ranges are those of CPython's codec. */
#include "base/utf8.h"

#include <string.h>

#include "base/buf.h"
#include "base/vec.h"
#include "check.h"

static void refuses(const char *s, unsigned mode, size_t start, size_t end, Utf8Fault fault, size_t chars_before) {
    Utf8Scan scan;
    Utf8Error err;
    CHECK(!utf8_scan((const uint8_t *)s, strlen(s), mode, &scan, &err));
    CHECK(err.start == start && err.end == end && err.fault == fault);
    CHECK(scan.n_chars == chars_before);
}

static void errors(void) {
    refuses("ab\xff" "c", 0, 2, 3, UTF8_INVALID_START, 2);
    refuses("\xc1\x80", 0, 0, 1, UTF8_INVALID_START, 0);
    refuses("\xf5\x80\x80\x80", 0, 0, 1, UTF8_INVALID_START, 0);
    refuses("\xc3" "a", 0, 0, 1, UTF8_INVALID_CONTINUATION, 0);
    refuses("\xc3", 0, 0, 1, UTF8_UNEXPECTED_END, 0);
    refuses("\xe0\x80\x80", 0, 0, 1, UTF8_INVALID_CONTINUATION, 0);
    refuses("x\xe2\x82", 0, 1, 3, UTF8_UNEXPECTED_END, 1);
    refuses("x\xe2\x82z", 0, 1, 3, UTF8_INVALID_CONTINUATION, 1);
    refuses("\xed\xa0\x80", 0, 0, 1, UTF8_INVALID_CONTINUATION, 0);
    refuses("\xf0\x9f\x98", 0, 0, 3, UTF8_UNEXPECTED_END, 0);
    refuses("\xf0\x9f\x98z", 0, 0, 3, UTF8_INVALID_CONTINUATION, 0);
    refuses("\xf0\x8f\x98\x80", 0, 0, 1, UTF8_INVALID_CONTINUATION, 0);
    refuses("\xf4\x90\x80\x80", 0, 0, 1, UTF8_INVALID_CONTINUATION, 0);
    refuses("0123456789abcdef0123456789\x80", 0, 26, 27, UTF8_INVALID_START, 26);
}

static void round_trip(uint32_t step) {
    for (uint32_t c = 0; c < 0x110000; c += step) {
        uint8_t bytes[4];
        unsigned n = utf8_write(c, bytes), bad;
        uint32_t back;
        Utf8Fault fault;
        bool surrogate = c >= 0xd800 && c < 0xe000;
        CHECK(utf8_read(bytes, n, UTF8_SURROGATEPASS, &back, &bad, &fault) == n && back == c);
        CHECK((utf8_read(bytes, n, UTF8_STRICT, &back, &bad, &fault) == n) == !surrogate);
        size_t size;
        Utf8Error err;
        CHECK(utf8_size((Units){&c, 1, 4}, UTF8_STRICT, &size, &err) == !surrogate);
        CHECK(utf8_size((Units){&c, 1, 4}, UTF8_SURROGATEPASS, &size, &err) && size == n);
    }
}

static void whole(void) {
    const uint32_t text[] = {'a', 0xe9, 0x20ac, 0x1f600, 'z'};
    uint8_t bytes[32];
    uint32_t back[8];
    Utf8Scan scan;
    Utf8Error err;
    size_t n = utf8_encode((Units){text, 5, 4}, bytes);
    CHECK(n == 11);
    CHECK(utf8_scan(bytes, n, 0, &scan, &err) && scan.n_chars == 5 && scan.widest == 0x10ffff);
    CHECK(utf8_decode(bytes, n, back, 4) == 5 && memcmp(back, text, sizeof text) == 0);
    const uint16_t bad[] = {'a', 0x20ac, 0xd800, 0xdfff, 'b'};
    size_t size;
    CHECK(!utf8_size((Units){bad, 5, 2}, UTF8_STRICT, &size, &err));
    CHECK(err.start == 2 && err.end == 4 && size == 4);
    uint8_t latin[100];
    memset(latin, 'x', 100);
    CHECK(units_widest((Units){latin, 100, 1}) == 0x7f);
    latin[77] = 0xe4;
    CHECK(units_widest((Units){latin, 100, 1}) == 0xff);
    CHECK(utf8_ascii_prefix(latin, 100) == 77);
    CHECK(utf8_size((Units){latin, 100, 1}, 0, &size, &err) && size == 101);
    CHECK(units_widest((Units){bad, 2, 2}) == 0xffff && units_widest((Units){bad, 1, 2}) == 0x7f);
}

static void containers(void) {
    VEC(int) v = {0};
    for (int i = 0; i < 1000; i++) CHECK(vec_push(&v, i));
    CHECK(v.len == 1000 && v.data[999] == 999 && vec_pop(&v) == 999);
    CHECK(vec_extend(&v, v.data, (size_t)0) && v.len == 999);
    vec_free(&v);
    Buf b = {0};
    buf_str(&b, "n=");
    buf_int(&b, INT64_MIN);
    buf_format(&b, " %s", "end");
    buf_utf8(&b, 0x20ac);
    CHECK(strcmp(buf_cstr(&b), "n=-9223372036854775808 end\xe2\x82\xac") == 0);
    buf_free(&b);
}

int main(void) {
    errors();
    round_trip(7);
    whole();
    containers();
    return CHECK_DONE();
}
