/* Hash values against those that CPython 3.14 prints under fixed seeds. */
#include "base/hash.h"

#include "check.h"

static int64_t hash_text(uint32_t seed, const void *p, size_t n) {
    HashKey key;
    hash_key_init(&key, (HashSeed){false, seed});
    return hash_bytes(&key, p, n);
}

int main(void) {
    CHECK(hash_text(0, "a", 1) == 4644417185603328019);
    CHECK(hash_text(1, "a", 1) == -3012895188637184397);
    CHECK(hash_text(42, "abcdefgh", 8) == -5457871895989710762);
    CHECK(hash_text(4294967295, "abcdefgh", 8) == 3424456984880118976);
    CHECK(hash_text(42, "\xe9", 1) == 5653850369683463245);
    CHECK(hash_text(1, "hello world, hello", 18) == -4010781771400733362);
    CHECK(hash_text(42, (uint16_t[]){0x20ac, 'u', 'r', 'o'}, 8) == 6573934580854229043);
    CHECK(hash_text(42, "", 0) == 0);
    uint8_t ff[23];
    for (int i = 0; i < 23; i++) ff[i] = 0xff;
    CHECK(hash_text(42, ff, 23) == -6235098386468169495);

    CHECK(hash_double(1.5) == 1152921504606846977);
    CHECK(hash_double(-2.25) == -576460752303423490);
    CHECK(hash_double(1e300) == 1224995262755759164);
    CHECK(hash_double(5e-324) == 16777216);
    CHECK(hash_double(-0.1) == -230584300921369408);
    CHECK(hash_double(0x1p61) == 1);
    CHECK(hash_double(-1.0) == -2);
    CHECK(hash_double(-0.0) == 0);
    CHECK(hash_double(1e17) == hash_int(100000000000000000));
    CHECK(hash_double(-__builtin_inf()) == -314159);

    CHECK(hash_int(-1) == -2);
    CHECK(hash_int(((int64_t)1 << 61) - 1) == 0);
    CHECK(hash_int(((int64_t)1 << 61) - 2) == 2305843009213693950);
    CHECK(hash_int(INT64_MIN) == -4);
    uint64_t ten30[2] = {5076944270305263616u, 54210108624u};
    CHECK(hash_limbs(ten30, 2, false) == 465258685558744706);
    CHECK(hash_limbs((uint64_t[]){(uint64_t)1 << 61}, 1, true) == -2);

    CHECK(hash_tuple_end(hash_tuple_start(), 0) == 5740354900026072187);
    CHECK(hash_tuple_end(hash_tuple_step(hash_tuple_start(), 1), 1) == -6644214454873602895);
    uint64_t acc = hash_tuple_start();
    for (int i = 1; i <= 3; i++) acc = hash_tuple_step(acc, i);
    CHECK(hash_tuple_end(acc, 3) == 529344067295497451);

    CHECK(hash_set_end(0, 0) == 133146708735736);
    CHECK(hash_set_end(hash_set_mix(1), 1) == -558064481276695278);
    acc = 0;
    for (int i = 0; i < 100; i++) acc ^= hash_set_mix(i);
    CHECK(hash_set_end(acc, 100) == 4411996150312757951);
    CHECK(hash_complex(hash_double(-1.5), hash_double(-3.0)) == -1152921504609846986);

    HashSeed seed;
    CHECK(hash_seed_parse(NULL, &seed) && seed.random);
    CHECK(hash_seed_parse("random", &seed) && seed.random);
    CHECK(hash_seed_parse("4294967295", &seed) && !seed.random && seed.seed == 4294967295u);
    CHECK(!hash_seed_parse("4294967296", &seed));
    CHECK(!hash_seed_parse("-1", &seed));
    return CHECK_DONE();
}
