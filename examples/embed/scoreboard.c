/* A program with Python inside and a module of its own: functions and a type in C, used from Python; values from Python, used in C.
 *
 *     cc scoreboard.c $(pkg-config --cflags --libs krait) -o scoreboard
 */
#include <krait.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- The type Board: named scores, in memory of our own, and a Python function that hears of each ------------------------------------- */

typedef struct Board {
    KraitRef listener; /* None or a callable */
    size_t n, room;
    struct Score { char *name; int64_t points; } *scores;
} Board;

static const KraitTypeDef board_type;

static bool board_init(Krait *k, void *data, KraitBorrowed *args, uint32_t n) {
    Board *b = data;
    krait_drop(k, b->listener); /* __init__ may be called again */
    b->listener = krait_is_absent(args[0]) ? krait_none(k) : krait_keep(k, args[0]);
    return true;
}

static void board_destroy(void *data) {
    Board *b = data;
    for (size_t i = 0; i < b->n; i++) free(b->scores[i].name);
    free(b->scores);
}

static KraitRef board_add(Krait *k, KraitBorrowed *args, uint32_t n, KraitBorrowed reserved) {
    Board *b = krait_data(k, args[0], &board_type);
    int64_t points = 1;
    KraitRef keep;
    if (b == NULL) return KRAIT_ERROR;
    if (!krait_is_absent(args[2]) && !krait_as_int(k, args[2], &points)) return KRAIT_ERROR;
    if (points < 0) return krait_raise(k, "ValueError", "%lld points are less than none", (long long)points);
    const char *name = krait_as_str(k, args[1], NULL, &keep);
    if (name == NULL) return KRAIT_ERROR;
    if (b->n == b->room) {
        size_t room = b->room ? 2 * b->room : 4;
        struct Score *more = realloc(b->scores, room * sizeof *more);
        if (more == NULL) abort();
        b->scores = more;
        b->room = room;
    }
    b->scores[b->n++] = (struct Score){strdup(name), points};
    krait_drop(k, keep);
    if (krait_kind(k, krait_lend(b->listener)) == KRAIT_NONE) return krait_none(k);
    KraitRef listener = krait_keep(k, krait_lend(b->listener)); /* the call may give the board another one */
    KraitRef answer = krait_call(k, krait_lend(listener), args + 1, krait_is_absent(args[2]) ? 1 : 2);
    krait_drop(k, listener);
    return answer;
}

static KraitRef board_best(Krait *k, KraitBorrowed *args, uint32_t n, KraitBorrowed reserved) {
    Board *b = krait_data(k, args[0], &board_type);
    if (b == NULL) return KRAIT_ERROR;
    if (b->n == 0) return krait_raise(k, "LookupError", "nobody has played");
    size_t best = 0;
    for (size_t i = 1; i < b->n; i++)
        if (b->scores[i].points > b->scores[best].points) best = i;
    KraitRef name = krait_str(k, b->scores[best].name), points = krait_int(k, b->scores[best].points);
    KraitBorrowed pair[] = {krait_lend(name), krait_lend(points)};
    KraitRef result = krait_is_error(name) || krait_is_error(points) ? KRAIT_ERROR : krait_tuple(k, pair, 2);
    krait_drop(k, name);
    krait_drop(k, points);
    return result;
}

static KraitRef board_len(Krait *k, KraitBorrowed *args, uint32_t n, KraitBorrowed reserved) {
    Board *b = krait_data(k, args[0], &board_type);
    return b == NULL ? KRAIT_ERROR : krait_int(k, (int64_t)b->n);
}

static KraitRef board_total(Krait *k, KraitBorrowed self, void *context) {
    Board *b = krait_data(k, self, &board_type);
    if (b == NULL) return KRAIT_ERROR;
    int64_t total = 0;
    for (size_t i = 0; i < b->n; i++) total += b->scores[i].points;
    return krait_int(k, total);
}

static const KraitFunctionDef board_methods[] = {
    {"add", "($self, name, points=1, /)", "Notes points.", board_add},
    {"best", "($self, /)", "The best (name, points).", board_best},
    {"__len__", "($self, /)", NULL, board_len},
    {NULL},
};
static const KraitPropertyDef board_properties[] = {{"total", board_total, NULL, "All points."}, {NULL}};
static const size_t board_references[] = {offsetof(Board, listener), KRAIT_NO_MORE};
static const KraitTypeDef board_type = {
    .name = "Board", .doc = "A board of scores.", .size = sizeof(Board), .references = board_references, .signature = "(listener=None)",
    .init = board_init, .destroy = board_destroy, .methods = board_methods, .properties = board_properties,
};

/* --- The module ------------------------------------------------------------------------------------------------------------------------ */

static KraitRef scores_mean(Krait *k, KraitBorrowed *args, uint32_t n, KraitBorrowed reserved) {
    KraitRef iterator = krait_iterate(k, args[0]), item;
    if (krait_is_error(iterator)) return KRAIT_ERROR;
    double sum = 0, one;
    int64_t count = 0;
    bool good = true;
    while (good && !krait_is_error(item = krait_next(k, krait_lend(iterator)))) {
        good = krait_as_float(k, krait_lend(item), &one);
        krait_drop(k, item);
        sum += one;
        count++;
    }
    krait_drop(k, iterator);
    if (krait_failed(k)) return KRAIT_ERROR;
    if (count == 0) return krait_raise(k, "ValueError", "mean of nothing");
    return krait_float(k, sum / (double)count);
}

static const KraitFunctionDef functions[] = {{"mean", "($module, numbers, /)", "The arithmetic mean.", scores_mean}, {NULL}};
static const KraitTypeDef *const types[] = {&board_type, NULL};
static bool fill(Krait *k, KraitBorrowed module) {
    KraitRef version = krait_str(k, "1.0");
    bool done = !krait_is_error(version) && krait_set(k, module, "version", krait_lend(version));
    krait_drop(k, version);
    return done;
}
static const KraitModuleDef module = {"scores", "Scores, kept in C.", functions, types, fill};

/* --- The program ----------------------------------------------------------------------------------------------------------------------- */

static const char program[] =
    "import json, scores\n"
    "class Loud(scores.Board):\n"
    "    def __del__(self): print('board gone with', len(self), 'scores')\n"
    "board = Loud(lambda name, points=1: print('heard', name, points))\n"
    "board.add('ann', 7); board.add('bob')\n"
    "board.add('\\u017eofie', 12)\n"
    "print(scores.version, len(board), board.total, board.best(), scores.mean([1, 2.5, True]))\n"
    "for bad in (lambda: board.add('eve', -1), lambda: board.add(5), lambda: scores.mean([]), lambda: scores.Board(1, 2), lambda: board.add()):\n"
    "    try: bad()\n"
    "    except Exception as e: print(type(e).__name__, e)\n"
    "print(end='', flush=True)\n"
    "board.self = board                       # a cycle through an attribute\n"
    "ring = scores.Board(lambda *a: ring)      # and one through the data in C\n"
    "result = json.loads('{\"players\": [\"ann\", \"bob\"], \"open\": true, \"limit\": 1.5, \"big\": 100000000000000000000}')\n";

static void show(Krait *k, KraitBorrowed v) {
    KraitRef keep = KRAIT_ERROR, text = KRAIT_ERROR;
    const char *utf8;
    int64_t i;
    double d;
    switch (krait_kind(k, v)) {
    case KRAIT_INT:
        if (krait_as_int(k, v, &i)) {
            printf("int %lld\n", (long long)i);
            return;
        }
        krait_clear(k); /* beyond 64 bits: its text has to do */
        break;
    case KRAIT_FLOAT:
        if (krait_as_float(k, v, &d)) printf("float %g\n", d);
        return;
    case KRAIT_LIST: printf("list of %lld\n", (long long)krait_length(k, v)); return;
    default: break;
    }
    text = krait_to_str(k, v);
    utf8 = krait_is_error(text) ? NULL : krait_as_str(k, krait_lend(text), NULL, &keep);
    printf("%s\n", utf8 ? utf8 : "?");
    krait_drop(k, keep);
    krait_drop(k, text);
}

int main(void) {
    Krait *k = krait_start(NULL);
    if (k == NULL) return 1;
    if (!krait_add_module(k, &module) || !krait_run(k, program, "program.py")) krait_print_error(k);

    KraitRef main_module = krait_main(k), result = krait_get(k, krait_lend(main_module), "result");
    static const char *const keys[] = {"players", "open", "limit", "big", "absent"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !krait_is_error(result); i++) {
        KraitRef item = krait_item_named(k, krait_lend(result), keys[i]);
        if (!krait_is_error(item)) {
            fflush(stdout);
            show(k, krait_lend(item));
            fflush(stdout);
        } else if (krait_error_is(k, "KeyError")) {
            krait_clear(k);
            printf("no %s\n", keys[i]);
            fflush(stdout);
        }
        krait_drop(k, item);
    }
    krait_drop(k, result);

    void *data;
    KraitRef board = krait_new(k, &board_type, &data); /* made in C */
    if (!krait_is_error(board)) {
        ((Board *)data)->listener = krait_none(k);
        if (!krait_set(k, krait_lend(main_module), "made", krait_lend(board))) krait_print_error(k);
    }
    krait_drop(k, board);
    krait_drop(k, main_module);
    KraitRef value = krait_eval(k, "(made.add('max', 3), made.best())[1]");
    if (krait_is_error(value)) krait_print_error(k);
    else show(k, krait_lend(value));
    fflush(stdout);
    krait_drop(k, value);
    return krait_end(k) == 0 ? 0 : 1;
}
