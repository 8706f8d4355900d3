/* Float text: known hard cases, and random ones against libc, which rounds correctly too. */
#include "base/floattext.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void repr_is(double d, const char *want) {
    char out[FLOAT_REPR_SIZE];
    size_t n = float_repr(d, out);
    CHECK(n == strlen(want) && memcmp(out, want, n) == 0);
}

static void format_is(double d, char code, int precision, unsigned flags, const char *want) {
    char out[500];
    size_t n = float_format(d, code, precision, flags, out);
    CHECK(n <= float_format_bound(d, code, precision));
    CHECK(n == strlen(want) && memcmp(out, want, n) == 0);
}

static void parses(const char *text, size_t took, double want) {
    double d = -1;
    CHECK(float_parse(text, strlen(text), true, &d) == took);
    if (took > 0) CHECK(memcmp(&d, &want, sizeof d) == 0);
}

static void reprs(void) {
    repr_is(0.0, "0.0");
    repr_is(-0.0, "-0.0");
    repr_is(1.0, "1.0");
    repr_is(0.1, "0.1");
    repr_is(1e16, "1e+16");
    repr_is(1e15, "1000000000000000.0");
    repr_is(123456789012345680.0, "1.2345678901234568e+17");
    repr_is(0.0001, "0.0001");
    repr_is(0.00001, "1e-05");
    repr_is(5e-324, "5e-324");
    repr_is(1.7976931348623157e308, "1.7976931348623157e+308");
    repr_is(2e23, "2e+23");
    repr_is(9.5367431640625e-07, "9.5367431640625e-07");
    repr_is(-INFINITY, "-inf");
    repr_is(NAN, "nan");
}

static void formats(void) {
    format_is(0.5, 'f', 0, 0, "0");
    format_is(1.5, 'f', 0, FLOAT_ALTERNATE, "2.");
    format_is(2.675, 'f', 2, 0, "2.67");
    format_is(1e22, 'f', 1, 0, "10000000000000000000000.0");
    format_is(9.9999, 'e', 2, 0, "1.00e+01");
    format_is(0, 'e', 3, FLOAT_SIGN, "+0.000e+00");
    format_is(-0.001, 'f', 1, FLOAT_NO_NEG_0, "0.0");
    format_is(-0.001, 'f', 1, 0, "-0.0");
    format_is(100000, 'g', 6, FLOAT_ADD_DOT_0, "1e+05");
    format_is(1000000, 'g', 6, 0, "1e+06");
    format_is(1.0, 'g', 6, FLOAT_ALTERNATE, "1.00000");
    format_is(1.0, 'g', 6, FLOAT_ADD_DOT_0, "1.0");
    format_is(1e-5, 'G', 3, 0, "1E-05");
    format_is(INFINITY, 'F', 3, FLOAT_SIGN, "+INF");
    format_is(0.1, 'f', 55, 0, "0.1000000000000000055511151231257827021181583404541015625");
}

static void parse(void) {
    parses("1", 1, 1);
    parses("-0.0", 4, -0.0);
    parses(".5x", 2, 0.5);
    parses("5.", 2, 5);
    parses("1e5e", 3, 1e5);
    parses("1e+", 1, 1);
    parses(".", 0, 0);
    parses("", 0, 0);
    parses("-", 0, 0);
    parses("-Infinity", 9, -INFINITY);
    parses("infx", 3, INFINITY);
    parses("1e400", 5, INFINITY);
    parses("1e-400", 6, 0);
    parses("0e99999999999999999999", 22, 0);
    parses("9007199254740993", 16, 9007199254740992.0);
    parses("9007199254740993.0000000000000000000000000000000001", 51, 9007199254740994.0);
    parses("2.2250738585072011e-308", 23, 2.2250738585072011e-308);
    parses("4.9406564584124654e-324", 23, 5e-324);
    parses("2.4703282292062327e-324", 23, 0);
    parses("2.4703282292062328e-324", 23, 5e-324);
    parses("1.7976931348623158e308", 22, 1.7976931348623157e308);
    parses("1.797693134862315808e308", 24, INFINITY);
    double d;
    CHECK(float_parse("inf", 3, false, &d) == 0);
}

static void hexadecimal(void) {
    double d;
    char out[FLOAT_HEX_SIZE];
    CHECK(float_from_hex(" 0x1.8p1\n", 9, &d) == FLOAT_HEX_FINE && d == 3);
    CHECK(float_from_hex("-.8", 3, &d) == FLOAT_HEX_FINE && d == -0.5);
    CHECK(float_from_hex("0x1p-1075", 9, &d) == FLOAT_HEX_FINE && d == 0);
    CHECK(float_from_hex("0x1.8p-1075", 11, &d) == FLOAT_HEX_FINE && d == 5e-324);
    CHECK(float_from_hex("0x1p1024", 8, &d) == FLOAT_HEX_TOO_LARGE);
    CHECK(float_from_hex("0x1.fffffffffffff7fp1023", 24, &d) == FLOAT_HEX_FINE);
    CHECK(float_from_hex("0x1.fffffffffffff8p1023", 23, &d) == FLOAT_HEX_TOO_LARGE);
    CHECK(float_from_hex("0x", 2, &d) == FLOAT_HEX_INVALID);
    CHECK(float_from_hex("1p", 2, &d) == FLOAT_HEX_INVALID);
    CHECK(float_from_hex("nan", 3, &d) == FLOAT_HEX_FINE && isnan(d));
    CHECK(float_hex(0.1, out) == 20 && memcmp(out, "0x1.999999999999ap-4", 20) == 0);
    CHECK(float_hex(-0.0, out) == 9 && memcmp(out, "-0x0.0p+0", 9) == 0);
}

static void against_libc(void) {
    uint64_t state = 88172645463325252u;
    char want[2000], got[2000];
    for (int i = 0; i < 20000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        double d, back;
        memcpy(&d, &state, 8);
        if (!isfinite(d)) continue;
        if (i & 1) d = (double)(int64_t)(state >> 20) / 1000;
        char code = "efg"[i % 3];
        int precision = i % 100 == 0 ? (int)(state % 1100) : (int)(state % 20);
        char format[] = {'%', '.', '*', code, 0};
        int n = snprintf(want, sizeof want, format, precision, d);
        size_t m = float_format(d, code, precision, 0, got);
        CHECK((size_t)n == m && memcmp(got, want, m) == 0);
        got[float_repr(d, got)] = 0;
        CHECK(strtod(got, NULL) == d);
        CHECK(float_parse(want, (size_t)n, false, &back) == (size_t)n && back == strtod(want, NULL));
    }
}

int main(void) {
    reprs();
    formats();
    parse();
    hexadecimal();
    against_libc();
    return CHECK_DONE();
}
