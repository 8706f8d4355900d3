/* A libFuzzer target for the parser: the first byte chooses mode and flags, the rest is the text, in any encoding. */
#include <stddef.h>
#include <stdint.h>

#include "front/parse.h"
#include "front/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const char *text = (const char *)data + 1;
    size_t n = size - 1;
    Arena arena;
    arena_init(&arena);
    SourceEncoding encoding;
    SyntaxProblem problem;
    if (source_encoding(&arena, text, n, &encoding, &problem) && encoding.utf8 &&
        source_check_utf8(&arena, text + encoding.skip, n - encoding.skip, &problem)) {
        ParseOptions options = {
            .mode = (ParseMode)(data[0] & 3),
            .flags = (data[0] & 4 ? PARSE_ALLOW_INCOMPLETE_INPUT | PARSE_DONT_IMPLY_DEDENT : 0) |
                     (data[0] & 8 ? PARSE_TYPE_COMMENTS : 0) | (data[0] & 16 ? PARSE_BARRY_AS_BDFL : 0),
            .feature_version = data[0] & 32 ? 4 + (data[0] >> 6) * 3 : 0,
        };
        ParseResult result;
        parse_source(&arena, text + encoding.skip, n - encoding.skip, &options, &result);
    }
    arena_free(&arena);
    return 0;
}
