/* The token tables and the keyword test, from token.def. */
#include "front/token.h"

#include <string.h>

static const char *const names[] = {
#define TOKEN(name, text) #name,
#include "front/token.def"
};

static const char *const texts[] = {
#define TOKEN(name, text) text,
#include "front/token.def"
};

const char *token_name(TokenType type)
{
    return names[type];
}

const char *token_text(TokenType type)
{
    return texts[type];
}

/* The keywords by their first letter: the range of token types to compare with. They stand
 * in alphabetical order in the table, capitals first. */
typedef struct KeywordRange {
    uint8_t first, last;
} KeywordRange;

static const KeywordRange ranges[128] = {
    ['F'] = {T_FALSE, T_FALSE},   ['N'] = {T_NONE, T_NONE},       ['T'] = {T_TRUE, T_TRUE},
    ['a'] = {T_AND, T_AWAIT},     ['b'] = {T_BREAK, T_BREAK},     ['c'] = {T_CLASS, T_CONTINUE},
    ['d'] = {T_DEF, T_DEL},       ['e'] = {T_ELIF, T_EXCEPT},     ['f'] = {T_FINALLY, T_FROM},
    ['g'] = {T_GLOBAL, T_GLOBAL}, ['i'] = {T_IF, T_IS},           ['l'] = {T_LAMBDA, T_LAMBDA},
    ['n'] = {T_NONLOCAL, T_NOT},  ['o'] = {T_OR, T_OR},           ['p'] = {T_PASS, T_PASS},
    ['r'] = {T_RAISE, T_RETURN},  ['t'] = {T_TRY, T_TRY},         ['w'] = {T_WHILE, T_WITH},
    ['y'] = {T_YIELD, T_YIELD},
};

TokenType token_keyword(const char *bytes, size_t length)
{
    unsigned char c = (unsigned char)bytes[0];
    if (length < 2 || length > 8 || c >= 128 || !ranges[c].first) {
        return T_NAME;
    }
    for (unsigned type = ranges[c].first; type <= ranges[c].last; type++) {
        if (strncmp(texts[type], bytes, length) == 0 && texts[type][length] == '\0') {
            return (TokenType)type;
        }
    }
    return T_NAME;
}
