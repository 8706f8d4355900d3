/* Positions: see the header for the encoding. Hostile tables (from marshal) read as far as they go. */
#include "front/positions.h"

#include "base/buf.h"

static uint32_t read_varint(PositionReader *r)
{
    uint32_t v = 0;
    for (unsigned shift = 0; r->at < r->end && shift < 35; shift += 7) {
        uint8_t b = *r->at++;
        if (shift < 32) v |= (uint32_t)(b & 127) << shift;
        if (!(b & 128)) break;
    }
    return v;
}
static int32_t unzigzag(uint32_t v) { return (int32_t)(v >> 1) ^ -(int32_t)(v & 1); }

void positions_init(PositionReader *r, const uint8_t *data, size_t n, uint32_t first_line)
{
    *r = (PositionReader){.at = data, .end = data + n, .line = (int32_t)first_line};
}

bool positions_next(PositionReader *r)
{
    if (r->at >= r->end) return false;
    uint8_t head = *r->at++;
    r->start = r->stop;
    r->stop += (head & 15u) + 1;
    unsigned form = head >> 4;
    switch (form) {
    case 1:
    case 2:
        if (r->end - r->at < (form == 2 ? 3 : 2)) {
            r->at = r->end;
            r->position = (Position){0, 0, -1, -1};
            return true;
        }
        if (form == 2) r->line = (int32_t)((uint32_t)r->line + (uint32_t)(int8_t)*r->at++);
        r->position = (Position){r->line, r->line, r->at[0], r->at[0] + r->at[1]};
        r->at += 2;
        break;
    case 3: {
        r->line = (int32_t)((uint32_t)r->line + (uint32_t)unzigzag(read_varint(r)));
        int32_t end_line = (int32_t)((uint32_t)r->line + read_varint(r));
        int32_t column = (int32_t)(read_varint(r) - 1), end_column = (int32_t)(read_varint(r) - 1);
        r->position = (Position){r->line, end_line, column, end_column};
        break;
    }
    case 4: break;
    default: r->position = (Position){0, 0, -1, -1}; break;
    }
    return true;
}

Position positions_find(const uint8_t *data, size_t n, uint32_t first_line, uint32_t word)
{
    PositionReader r;
    positions_init(&r, data, n, first_line);
    while (positions_next(&r)) {
        if (word < r.stop) return r.position;
    }
    return (Position){0, 0, -1, -1};
}

static void write_varint(Buf *b, uint32_t v)
{
    while (v >= 128) {
        buf_byte(b, (char)(v | 128));
        v >>= 7;
    }
    buf_byte(b, (char)v);
}
static uint32_t zigzag(int32_t v) { return ((uint32_t)v << 1) ^ (uint32_t)(v >> 31); }

void positions_write_init(PositionWriter *w, Buf *out, uint32_t first_line)
{
    *w = (PositionWriter){.out = out, .line = (int32_t)first_line};
}

static void write_run(PositionWriter *w, Position p, uint32_t words)
{
    uint8_t run = (uint8_t)(words - 1);
    if (w->has_last && memcmp(&p, &w->last, sizeof p) == 0) {
        buf_byte(w->out, (char)(4 << 4 | run));
        return;
    }
    w->last = p;
    w->has_last = true;
    if (p.end_line <= 0) {
        buf_byte(w->out, (char)run);
        return;
    }
    int64_t delta = (int64_t)p.line - w->line;
    bool narrow = p.end_line == p.line && p.column >= 0 && p.column < 256 && p.end_column >= p.column && p.end_column - p.column < 256;
    w->line = p.line;
    if (narrow && delta == 0) {
        buf_byte(w->out, (char)(1 << 4 | run));
    } else if (narrow && delta >= -128 && delta < 128) {
        buf_byte(w->out, (char)(2 << 4 | run));
        buf_byte(w->out, (char)delta);
    } else {
        buf_byte(w->out, (char)(3 << 4 | run));
        write_varint(w->out, zigzag((int32_t)delta));
        write_varint(w->out, (uint32_t)(p.end_line - p.line));
        write_varint(w->out, (uint32_t)(p.column + 1));
        write_varint(w->out, (uint32_t)(p.end_column + 1));
        return;
    }
    buf_byte(w->out, (char)p.column);
    buf_byte(w->out, (char)(p.end_column - p.column));
}

void positions_write(PositionWriter *w, Position p, uint32_t words)
{
    if (p.end_line <= 0) p = (Position){0, 0, -1, -1};
    for (; words > 16; words -= 16) write_run(w, p, 16);
    if (words) write_run(w, p, words);
}
