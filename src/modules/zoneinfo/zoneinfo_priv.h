/* zoneinfo inside: a zone and how it is read. */
#ifndef KRAIT_MODULES_ZONEINFO_PRIV_H
#define KRAIT_MODULES_ZONEINFO_PRIV_H

#include "modules/datetime/datetime_priv.h"
#include "modules/zoneinfo/zone_rule.h"

enum { KIND_UTCOFF, KIND_DSTOFF, KIND_NAME, KINDS }; /* what a kind of local time consists of, in that order in `kinds` */
enum ZoneSource { SOURCE_KEY, SOURCE_CACHE, SOURCE_FILE };
enum { NO_KIND = -1 };

/* A zone: kinds of local time, and the transitions at which one of them begins.  Behind the last transition the rule holds; its two
 * kinds are std_kind and dst_kind. */
typedef struct Zone {
    Object head;
    Value key;       /* what it was asked for by; None */
    Value file_repr; /* of the file it came from; VNULL */
    uint32_t kind_values;  /* KINDS for each kind */
    uint32_t transitions;
    Value *kinds;
    int32_t *offsets;      /* utcoff of each kind in seconds */
    int64_t *utc;          /* seconds of the transitions: of UTC, ... */
    int64_t *local[2];     /* ... and of local time without and with fold; in the block of utc */
    uint16_t *kind_of;     /* which kind begins; in the block of offsets */
    int32_t before_kind, std_kind, dst_kind; /* NO_KIND: none */
    ZoneRule rule;         /* its names are not kept */
    uint8_t source;        /* enum ZoneSource */
    bool is_fixed;         /* one kind of local time for all times */
} Zone;

static inline Value zone_kind(const Zone *z, int32_t kind, int part) { return z->kinds[kind * KINDS + part]; }
/* Fills a fresh zone from what zoneinfo._common.load_data() gave. */
bool zone_load(Thread *t, Zone *z, Value data) MUST_USE;

#endif
