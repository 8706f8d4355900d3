/* Module `_suggestions`: the name that a misspelt one may have meant, by edit distance. */
#include "modules/module.h"

enum {
    MOVE_COST = 2,         /* inserting, dropping, changing a character */
    CASE_COST = 1,         /* changing its case */
    MAX_CANDIDATES = 750,  /* beyond that it takes too long */
    MAX_LENGTH = 40,
};

static uint32_t lower(uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int substitution_cost(uint32_t a, uint32_t b)
{
    return a == b ? 0 : lower(a) == lower(b) ? CASE_COST : MOVE_COST;
}

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

/* The weighted edit distance of two texts; any number beyond `most` if it is larger than that. */
static int distance(const Str *a, const Str *b, int most)
{
    int64_t m = str_len(a), n = str_len(b), start = 0;
    while (start < m && start < n && str_at(a, start) == str_at(b, start)) {
        start++;
    }
    while (m > start && n > start && str_at(a, m - 1) == str_at(b, n - 1)) {
        m--;
        n--;
    }
    m -= start;
    n -= start;
    if (m == 0 || n == 0) {
        return (int)(m + n) * MOVE_COST;
    }
    if (m > MAX_LENGTH || n > MAX_LENGTH || (m > n ? m - n : n - m) * MOVE_COST > most) {
        return most + 1;
    }
    int row[MAX_LENGTH + 1];
    for (int i = 0; i <= m; i++) {
        row[i] = i * MOVE_COST;
    }
    for (int j = 0; j < n; j++) {
        uint32_t c = str_at(b, start + j);
        int diagonal = row[0], best = row[0] = (j + 1) * MOVE_COST;
        for (int i = 0; i < m; i++) {
            int substituted = diagonal + substitution_cost(c, str_at(a, start + i));
            diagonal = row[i + 1];
            row[i + 1] = min_int(substituted, min_int(row[i], diagonal) + MOVE_COST);
            best = min_int(best, row[i + 1]);
        }
        if (best > most) {
            return most + 1;
        }
    }
    return row[m];
}

static Value generate_suggestions(Thread *t, Value *args, uint32_t nargs, Value kwnames)
{
    Value candidates = args[0], item = args[1], found = V_NONE;
    int best = INT32_MAX;
    (void)nargs;
    (void)kwnames;
    if (!IS_EXACT(candidates, list)) {
        return err_raise(t, T_TypeError, "candidates must be a list");
    }
    if (!is_str(t, item)) {
        return err_raise(t, T_TypeError, "_generate_suggestions() argument 2 must be str, not %T", item);
    }
    for (int64_t i = 0; i < list_len(candidates); i++) {
        if (!is_str(t, list_at(candidates, i))) {
            return err_raise(t, T_TypeError, "all elements in 'candidates' must be strings");
        }
    }
    const Str *name = V_AS(Str, item);
    if (list_len(candidates) >= MAX_CANDIDATES || str_len(name) > MAX_LENGTH) {
        return V_NONE;
    }
    for (int64_t i = 0; i < list_len(candidates); i++) {
        const Str *other = V_AS(Str, list_at(candidates, i));
        if (str_len(other) > MAX_LENGTH || str_equal(name, other)) {
            continue;
        }
        /* No more than a third of the characters may need a change, and it must be better than the best. */
        int most = min_int((int)(str_len(name) + str_len(other) + 3) * MOVE_COST / 6, best - 1);
        int d = distance(name, other, most);
        if (d <= most) {
            best = d;
            found = list_at(candidates, i);
        }
    }
    return new_ref(found);
}

static const MethodDef functions[] = {
    {"_generate_suggestions", "($module, candidates, item, /)",
     "Returns the candidate in candidates that's closest to item\n\n"
     "  candidates\n    A list of strings.\n  item\n    A string.",
     generate_suggestions},
    {NULL},
};

const ModuleDef module_suggestions = {
    .name = "_suggestions",
    .functions = functions,
};
