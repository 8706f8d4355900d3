/* Suggestions for misspelt names: the candidate at the smallest edit distance, where moving a letter costs 2 and changing
 * only its case 1, within the bounds that CPython uses. */
#include "ops/suggest.h"

#include "object/str.h"

enum { SUGGEST_MAX_LENGTH = 40, SUGGEST_MAX_CANDIDATES = 750, MOVE_COST = 2, CASE_COST = 1 };

static uint32_t lowered(uint32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

static int substitution_cost(uint32_t a, uint32_t b) {
    if (a == b) return 0;
    return lowered(a) == lowered(b) ? CASE_COST : MOVE_COST;
}

/* Edit distance, or limit + 1 as soon as it must be larger than the limit. */
static int edit_distance(const Str *a, const Str *b, int limit) {
    int64_t na = str_len(a), nb = str_len(b), start = 0;
    while (start < na && start < nb && str_at(a, start) == str_at(b, start)) start++;
    while (na > start && nb > start && str_at(a, na - 1) == str_at(b, nb - 1)) na--, nb--;
    int rows = (int)(na - start), columns = (int)(nb - start);
    if (rows == 0 || columns == 0) return (rows + columns) * MOVE_COST;
    if (rows > SUGGEST_MAX_LENGTH || columns > SUGGEST_MAX_LENGTH) return limit + 1;
    int row[SUGGEST_MAX_LENGTH + 1];
    for (int j = 0; j <= columns; j++) row[j] = j * MOVE_COST;
    for (int i = 1; i <= rows; i++) {
        int diagonal = row[0], best = row[0] = i * MOVE_COST;
        for (int j = 1; j <= columns; j++) {
            int replace = diagonal + substitution_cost(str_at(a, start + i - 1), str_at(b, start + j - 1));
            int shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + MOVE_COST;
            diagonal = row[j];
            row[j] = replace < shift ? replace : shift;
            if (row[j] < best) best = row[j];
        }
        if (best > limit) return limit + 1;
    }
    return row[columns];
}

Value suggest_name(Thread *t, const Value *candidates, int64_t n, Value name) {
    if (n >= SUGGEST_MAX_CANDIDATES) return VNULL;
    Value best = VNULL;
    int best_distance = 0x7FFFFFF;
    int64_t length = str_len(V_AS(Str, name));
    for (int64_t i = 0; i < n; i++) {
        if (!is_str(t, candidates[i]) || str_equal(V_AS(Str, candidates[i]), V_AS(Str, name))) continue;
        int limit = (int)((length + str_len(V_AS(Str, candidates[i])) + 3) * MOVE_COST / 6);
        if (limit >= best_distance) limit = best_distance - 1;
        int distance = edit_distance(V_AS(Str, name), V_AS(Str, candidates[i]), limit);
        if (distance <= limit && distance < best_distance) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}
