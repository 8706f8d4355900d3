/* The parser must answer any bytes with a tree or a problem. The first byte chooses mode and flags; the rest is the text. */
#include "front/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    ParseOptions options = {.mode = data[0] & 3, .flags = data[0] >> 2};
    Arena arena;
    arena_init(&arena);
    ParseResult result = {0};
    parse_source(&arena, (const char *)data + 1, size - 1, &options, &result);
    if (!result.tree && result.problem.kind == SYNTAX_OK) {
        __builtin_trap();
    }
    arena_free(&arena);
    return 0;
}
