/* Searches against the plain algorithm, over all widths, small alphabets and hostile texts. */
#include "base/find.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static bool at(Units h, size_t i, Units n) {
    for (size_t k = 0; k < n.len; k++)
        if (units_at(h, i + k) != units_at(n, k)) return false;
    return true;
}

static void compare(Units h, Units n) {
    size_t first = FIND_NONE, last = FIND_NONE, count = 0;
    for (size_t i = 0; i + n.len <= h.len; i++) {
        if (!at(h, i, n)) continue;
        if (first == FIND_NONE) first = i;
        last = i;
    }
    for (size_t i = 0; i + n.len <= h.len && n.len > 0;) {
        bool hit = at(h, i, n);
        count += hit;
        i += hit ? n.len : 1;
    }
    if (n.len == 0) count = h.len + 1;
    CHECK(find_first(h, n) == first);
    CHECK(find_last(h, n) == last);
    CHECK(find_count(h, n, SIZE_MAX) == count);
    CHECK(find_count(h, n, 2) == (count < 2 ? count : 2));
}

int main(void) {
    uint64_t state = 42;
    static char hay_data[4 * 600], needle_data[4 * 200];
    static uint32_t text[600], pattern[200];
    for (int round = 0; round < 20000; round++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t r = state >> 20;
        unsigned hw = 1u << r % 3, nw = 1u << (r >> 2) % 3;
        size_t n = (r >> 4) % (round % 10 == 0 ? 600 : 60), m = (r >> 14) % (round % 10 == 1 ? 100 : 6);
        unsigned letters = 1 + (r >> 24) % 3;
        for (size_t i = 0; i < n; i++) text[i] = 'a' + (uint32_t)(state = state * 6364136223846793005u + 1) / 65536 % letters;
        for (size_t i = 0; i < m; i++) pattern[i] = 'a' + (uint32_t)(state = state * 6364136223846793005u + 1) / 65536 % letters;
        if (round % 7 == 0 && nw == 4 && m > 0) pattern[m / 2] = 0x10000 + 'a';
        units_copy(hay_data, hw, (Units){text, n, 4});
        units_copy(needle_data, nw, (Units){pattern, m, 4});
        compare((Units){hay_data, n, (uint8_t)hw}, (Units){needle_data, m, (uint8_t)nw});
    }
    /* The plain algorithm would take 10^10 steps here. */
    size_t big = 200000, half = 100000;
    char *h = malloc(big), *x = malloc(half);
    memset(h, 'a', big);
    memset(x, 'a', half);
    x[half / 2] = 'b';
    CHECK(find_first((Units){h, big, 1}, (Units){x, half, 1}) == FIND_NONE);
    CHECK(find_last((Units){h, big, 1}, (Units){x, half, 1}) == FIND_NONE);
    h[150000] = 'b';
    CHECK(find_first((Units){h, big, 1}, (Units){x, half, 1}) == 100000);
    CHECK(find_last((Units){h, big, 1}, (Units){x, half, 1}) == 100000);
    free(h);
    free(x);
    return CHECK_DONE();
}
