/* The module _random: the Mersenne Twister MT19937 (Matsumoto and Nishimura), 53-bit floats from two outputs. */
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "modules/module.h"
#include "object/instance.h"

enum { STATE_WORDS = 624, SHIFT_WORDS = 397 };

typedef struct Random {
    Object head;
    uint32_t index;
    uint32_t state[STATE_WORDS];
} Random;

static void refill(Random *r) {
    uint32_t *s = r->state;
    for (int i = 0; i < STATE_WORDS; i++) {
        uint32_t y = (s[i] & 0x80000000u) | (s[(i + 1) % STATE_WORDS] & 0x7fffffffu);
        s[i] = s[(i + SHIFT_WORDS) % STATE_WORDS] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
    }
    r->index = 0;
}

static uint32_t next_word(Random *r) {
    if (r->index >= STATE_WORDS) refill(r);
    uint32_t y = r->state[r->index++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

static void seed_word(Random *r, uint32_t seed) {
    r->state[0] = seed;
    for (uint32_t i = 1; i < STATE_WORDS; i++) r->state[i] = 1812433253u * (r->state[i - 1] ^ r->state[i - 1] >> 30) + i;
    r->index = STATE_WORDS;
}

static void seed_words(Random *r, const uint32_t *key, size_t n) {
    uint32_t *s = r->state;
    seed_word(r, 19650218u);
    size_t i = 1, j = 0;
    for (size_t k = n > STATE_WORDS ? n : STATE_WORDS; k > 0; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525u) + key[j] + (uint32_t)j;
        if (++i >= STATE_WORDS) s[0] = s[STATE_WORDS - 1], i = 1;
        if (++j >= n) j = 0;
    }
    for (size_t k = STATE_WORDS - 1; k > 0; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
        if (++i >= STATE_WORDS) s[0] = s[STATE_WORDS - 1], i = 1;
    }
    s[0] = 0x80000000u;
}

/* None: from the system.  An int: its magnitude.  Others: their hash. */
static bool seed(Thread *t, Random *r, Value v) {
    if (is_null(v) || is_none(v)) {
        uint32_t key[STATE_WORDS];
        if (getrandom(key, sizeof key, 0) != sizeof key) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            uint32_t words[4] = {(uint32_t)now.tv_nsec, (uint32_t)now.tv_sec, (uint32_t)getpid(), (uint32_t)(uintptr_t)r};
            seed_words(r, words, 4);
        } else {
            seed_words(r, key, STATE_WORDS);
        }
        return true;
    }
    Value number;
    if (is_int(t, v)) {
        number = int_abs(t, v);
    } else {
        int64_t hash;
        if (!hash_of(t, v, &hash)) return false;
        number = int_from_u64(t, (uint64_t)hash);
    }
    if (is_null(number)) return false;
    uint64_t scratch;
    IntView view = int_view(number, &scratch);
    size_t words = (size_t)view.n * 2;
    uint32_t *key = heap_alloc(t, (words + 1) * sizeof *key);
    if (key != NULL) {
        for (int64_t i = 0; i < view.n; i++) {
            key[2 * i] = (uint32_t)view.limbs[i];
            key[2 * i + 1] = (uint32_t)(view.limbs[i] >> 32);
        }
        while (words > 1 && key[words - 1] == 0) words--;
        if (words == 0) key[words++] = 0;
        seed_words(r, key, words);
        heap_free(t, key);
    }
    decref(t, number);
    return key != NULL;
}

static Value random_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    if (!seed(t, V_AS(Random, v), nargs > 0 ? args[0] : VNULL)) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

static bool random_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    return call_no_keywords(t, "Random", kwnames) && call_arity(t, "Random", nargs, 0, 1) && seed(t, V_AS(Random, self), nargs > 0 ? args[0] : VNULL);
}

static Value random_random(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Random *r = V_AS(Random, args[0]);
    uint32_t a = next_word(r) >> 5, b = next_word(r) >> 6;
    return float_from_double(t, ((double)a * 67108864.0 + (double)b) * (1.0 / 9007199254740992.0));
}

static Value random_seed(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return seed(t, V_AS(Random, args[0]), args[1]) ? V_NONE : VNULL; }

static bool bits_argument(Thread *t, Value v, uint64_t *k) {
    Value n = number_index(t, v);
    if (is_null(n)) return false;
    bool fits = int_sign(n) >= 0 && int_bit_length(n) <= 64;
    if (fits) *k = int_to_u64_mask(n);
    else if (int_sign(n) < 0) err_raise(t, T_ValueError, "Cannot convert negative int");
    else err_raise(t, T_OverflowError, "Python int too large for C uint64_t");
    decref(t, n);
    return fits;
}

static Value random_getrandbits(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Random *r = V_AS(Random, args[0]);
    uint64_t k;
    if (!bits_argument(t, args[1], &k)) return VNULL;
    if (k == 0) return v_smallint(0);
    if (k <= 32) return v_smallint(next_word(r) >> (32 - k));
    if (k > INT64_MAX) return err_no_memory(t);
    size_t words = (size_t)((k - 1) / 32 + 1);
    uint64_t *limbs = heap_alloc_zeroed(t, (words + 1) / 2 * 8);
    if (limbs == NULL) return VNULL;
    int64_t left = (int64_t)k;
    for (size_t i = 0; i < words; i++, left -= 32) {
        uint32_t word = next_word(r);
        if (left < 32) word >>= 32 - left;
        limbs[i / 2] |= (uint64_t)word << (32 * (i & 1));
    }
    Value v = int_from_limbs(t, limbs, (int64_t)(words + 1) / 2, false);
    heap_free(t, limbs);
    return v;
}

static Value random_getstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Random *r = V_AS(Random, args[0]);
    Value state = tuple_new(t, STATE_WORDS + 1);
    if (is_null(state)) return state;
    for (int i = 0; i < STATE_WORDS; i++) V_AS(Tuple, state)->items[i] = v_smallint(r->state[i]);
    V_AS(Tuple, state)->items[STATE_WORDS] = v_smallint(r->index);
    return tuple_done(t, state);
}

static Value random_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_tuple(t, args[1])) return err_raise(t, T_TypeError, "state vector must be a tuple");
    if (tuple_len(args[1]) != STATE_WORDS + 1) return err_raise(t, T_ValueError, "state vector is the wrong size");
    Random fresh;
    for (int i = 0; i < STATE_WORDS; i++) {
        uint64_t word;
        Value item = tuple_at(args[1], i);
        if (!is_int(t, item)) return err_raise(t, T_TypeError, "an integer is required");
        if (!arg_u64(t, item, &word)) return VNULL;
        fresh.state[i] = (uint32_t)word;
    }
    int64_t index;
    if (!arg_i64(t, tuple_at(args[1], STATE_WORDS), &index)) return VNULL;
    if (index < 0 || index > STATE_WORDS) return err_raise(t, T_ValueError, "invalid state");
    Random *r = V_AS(Random, args[0]);
    memcpy(r->state, fresh.state, sizeof fresh.state);
    r->index = (uint32_t)index;
    return V_NONE;
}

static const MethodDef random_methods[] = {
    {"random", "($self, /)", "The next float in [0, 1).", random_random},
    {"seed", "($self, n=None, /)", "Start anew from a number, another object's hash, or the system.", random_seed},
    {"getrandbits", "($self, k, /)", "An int of k random bits.", random_getrandbits},
    {"getstate", "($self, /)", "The state as a tuple.", random_getstate},
    {"setstate", "($self, state, /)", "Go on from a state of getstate().", random_setstate},
    {NULL},
};

static const TypeDef typedef_Random = {
    .name = "_random.Random",
    .doc = "A generator of pseudo-random numbers.",
    .flags = TF_BASE,
    .size = sizeof(Random),
    .methods = random_methods,
    .slots = {.new = random_new, .init = random_init},
};

static bool random_exec(Thread *t, Value module) { return module_add_type(t, module, T_Random, &typedef_Random); }

const ModuleDef module__random = {.name = "_random", .doc = "The generator under the module random.", .exec = random_exec};
