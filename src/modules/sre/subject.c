/* The subject of a match: its units, positions, and parts of it as objects. */
#include "modules/sre/sre_priv.h"

#include "object/bytes.h"

bool subject_units(Thread *t, Value string, Units *units, bool *is_bytes, Buffer *buffer, bool *has_buffer) {
    *has_buffer = false;
    if (is_str(t, string)) {
        *units = str_units(V_AS(Str, string));
        *is_bytes = false;
        return true;
    }
    *is_bytes = true;
    if (IS_EXACT(string, bytes)) {
        *units = (Units){V_AS(Bytes, string)->data, (size_t)V_AS(Bytes, string)->length, 1};
        return true;
    }
    if (!buffer_get(t, string, buffer, BUF_SIMPLE)) {
        if (!err_catch(t, T_TypeError)) return false;
        return err_fail(t, T_TypeError, "expected string or bytes-like object, got '%T'", string);
    }
    *has_buffer = true;
    *units = (Units){buffer->data, (size_t)buffer->length, 1};
    return true;
}

static bool poll(void *context) {
    Thread *t = context;
    return LIKELY(!t->breaker) || t->hooks->poll(t);
}

static int64_t clamp(int64_t i, int64_t length) { return i < 0 ? 0 : i > length ? length : i; }

bool subject_begin(Thread *t, Subject *s, Pattern *pattern, Value string, int64_t pos, int64_t endpos) {
    Units units;
    s->run.heap = s->run.block = NULL;
    s->string = string;
    if (!subject_units(t, string, &units, &s->is_bytes, &s->buffer, &s->has_buffer)) return false;
    if (pattern->is_bytes == 0 && s->is_bytes) return err_fail(t, T_TypeError, "cannot use a string pattern on a bytes-like object");
    if (pattern->is_bytes == 1 && !s->is_bytes) return err_fail(t, T_TypeError, "cannot use a bytes pattern on a string-like object");
    s->pos = clamp(pos, (int64_t)units.len);
    s->endpos = clamp(endpos, (int64_t)units.len);
    units.len = (size_t)s->endpos;
    if (!regex_run_begin(&s->run, pattern->regex, units)) return err_no_memory_fail(t);
    s->run.start = (size_t)s->pos;
    s->run.poll = poll;
    s->run.poll_context = t;
    return true;
}

void subject_end(Thread *t, Subject *s) {
    regex_run_end(&s->run);
    if (s->has_buffer) buffer_release(t, &s->buffer);
}

static int outcome(Thread *t, RegexStatus status) {
    if (LIKELY(status >= 0)) return status;
    if (status == REGEX_NO_MEMORY) err_no_memory(t);
    return -1;
}

int subject_search(Thread *t, Subject *s) { return outcome(t, regex_search(&s->run)); }
int subject_match(Thread *t, Subject *s) { return outcome(t, regex_match(&s->run)); }

void subject_advance(Subject *s) {
    s->run.must_advance = s->run.match_end == s->run.match_start;
    s->run.start = s->run.match_end;
}

Value subject_slice(Thread *t, Subject *s, int64_t start, int64_t end) {
    if (!s->is_bytes) return str_substring(t, s->string, start, end);
    const char *data = s->run.subject.data;
    if (IS_EXACT(s->string, bytes) && start == 0 && end == V_AS(Bytes, s->string)->length) return new_ref(s->string);
    return bytes_new(t, data + start, end - start);
}

Value subject_group(Thread *t, Subject *s, int64_t group, Value absent) {
    if (group == 0) return subject_slice(t, s, (int64_t)s->run.match_start, (int64_t)s->run.match_end);
    int64_t start = s->run.marks[2 * group - 2], end = s->run.marks[2 * group - 1];
    if (start < 0 || end < start) {
        if (!is_null(absent)) return new_ref(absent);
        start = end = 0;
    }
    return subject_slice(t, s, start, end);
}
