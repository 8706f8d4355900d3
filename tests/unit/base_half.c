/* Half precision: every half goes to a double and back; ties and limits. */
#include "base/half.h"

#include "check.h"

int main(void) {
    uint16_t back;
    for (uint32_t h = 0; h < 0x10000; h++) {
        double d = half_to_double((uint16_t)h);
        if (isnan(d)) continue;
        CHECK(half_from_double(d, &back) && back == h);
    }
    CHECK(half_from_double(NAN, &back) && back == 0x7e00);
    CHECK(half_from_double(65519.99, &back) && back == 0x7bff);
    CHECK(!half_from_double(65520, &back) && !half_from_double(-1e10, &back));
    CHECK(half_from_double(0x1p-25, &back) && back == 0);
    CHECK(half_from_double(0x1.8p-24, &back) && back == 2);
    CHECK(half_from_double(2049.0, &back) && half_to_double(back) == 2048);
    CHECK(half_from_double(2051.0, &back) && half_to_double(back) == 2052);
    return CHECK_DONE();
}
