/* Positions: where in the source each instruction word comes from.
 *
 * `Code.positions` is a sequence of entries, each for a run of words:
 *
 *     head byte: low 4 bits: number of words - 1; high 4 bits: the form
 *     form 0    no position
 *     form 1    the line before; bytes: column, width              (all below 256, one line)
 *     form 2    signed byte: line difference; bytes: column, width (one line)
 *     form 3    varints: line difference (zigzag), end line - line, column + 1, end column + 1
 *     form 4    the position of the entry before
 *
 * The line difference counts from the last entry that has a line, at first from Code.first_line.  Columns are
 * UTF-8 bytes from 0; column + 1 == 0: none.  Varints have 7 bits a byte, low first. */
#ifndef KRAIT_FRONT_POSITIONS_H
#define KRAIT_FRONT_POSITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Position {
    int32_t line, end_line;     /* end_line 0: none; a module's call has line 0 and end line 1 */
    int32_t column, end_column; /* -1: none */
} Position;

/* Reading: init, then next until it answers false. */
typedef struct PositionReader {
    const uint8_t *at, *end;
    uint32_t start, stop;  /* words of the current run */
    int32_t line;
    Position position;
} PositionReader;
void positions_init(PositionReader *r, const uint8_t *data, size_t n, uint32_t first_line);
bool positions_next(PositionReader *r);
/* The position of one instruction word; line 0: it has none. */
Position positions_find(const uint8_t *data, size_t n, uint32_t first_line, uint32_t word);

/* Writing into a growing buffer. */
struct Buf;
typedef struct PositionWriter {
    struct Buf *out;
    int32_t line;
    Position last;
    bool has_last;
} PositionWriter;
void positions_write_init(PositionWriter *w, struct Buf *out, uint32_t first_line);
void positions_write(PositionWriter *w, Position p, uint32_t words);

#endif
