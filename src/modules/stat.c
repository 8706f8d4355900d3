/* The module _stat: kinds and permission bits of files' modes. */
#include <stdio.h>
#include <sys/stat.h>

#include "modules/module.h"

static bool mode_argument(Thread *t, Value v, mode_t *out) {
    Value index = number_index(t, v);
    if (is_null(index)) return false;
    uint64_t wide;
    bool good = int_sign(index) >= 0 ? int_to_u64(t, index, &wide) : err_fail(t, T_OverflowError, "can't convert negative value to unsigned int");
    decref(t, index);
    if (!good) return false;
    *out = (mode_t)wide;
    return *out == wide || err_fail(t, T_OverflowError, "mode out of range");
}

#define KIND_TEST(name, condition)                                                          \
    static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames) {              \
        mode_t mode;                                                                        \
        return mode_argument(t, args[0], &mode) ? v_bool(condition) : VNULL;                \
    }
KIND_TEST(is_dir, S_ISDIR(mode))
KIND_TEST(is_chr, S_ISCHR(mode))
KIND_TEST(is_blk, S_ISBLK(mode))
KIND_TEST(is_reg, S_ISREG(mode))
KIND_TEST(is_fifo, S_ISFIFO(mode))
KIND_TEST(is_lnk, S_ISLNK(mode))
KIND_TEST(is_sock, S_ISSOCK(mode))
KIND_TEST(is_none_of_ours, false) /* kinds of other systems */

static Value mode_bits(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    mode_t mode;
    return mode_argument(t, args[0], &mode) ? v_smallint(mode & 07777) : VNULL;
}

static Value mode_kind(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    mode_t mode;
    return mode_argument(t, args[0], &mode) ? v_smallint(mode & S_IFMT) : VNULL;
}

static char kind_letter(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFREG: return '-';
    case S_IFDIR: return 'd';
    case S_IFLNK: return 'l';
    case S_IFBLK: return 'b';
    case S_IFCHR: return 'c';
    case S_IFIFO: return 'p';
    case S_IFSOCK: return 's';
    default: return '?';
    }
}

static Value filemode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    static const struct { mode_t bit; const char *letters; } special[] = {{S_ISUID, "sS"}, {S_ISGID, "sS"}, {S_ISVTX, "tT"}};
    mode_t mode;
    if (!mode_argument(t, args[0], &mode)) return VNULL;
    char text[10];
    text[0] = kind_letter(mode);
    for (int i = 0; i < 9; i++) text[1 + i] = mode & (0400u >> i) ? "rwx"[i % 3] : '-';
    for (int i = 0; i < 3; i++) {
        char *x = &text[3 + 3 * i];
        if (mode & special[i].bit) *x = special[i].letters[*x == '-'];
    }
    return str_from_ascii(t, text, sizeof text);
}

#define TEST_DOC(name, what) name "(mode) -> bool\n\nReturn True if mode is from a " what "."
static const MethodDef functions[] = {
    {"S_IMODE", "($module, object, /)", "Return the portion of the file's mode that can be set by os.chmod().", mode_bits},
    {"S_IFMT", "($module, object, /)", "Return the portion of the file's mode that describes the file type.", mode_kind},
    {"filemode", "($module, object, /)", "Convert a file's mode to a string of the form '-rwxrwxrwx'", filemode},
    {"S_ISDIR", "($module, object, /)", TEST_DOC("S_ISDIR", "directory"), is_dir},
    {"S_ISCHR", "($module, object, /)", TEST_DOC("S_ISCHR", "character special device file"), is_chr},
    {"S_ISBLK", "($module, object, /)", TEST_DOC("S_ISBLK", "block special device file"), is_blk},
    {"S_ISREG", "($module, object, /)", TEST_DOC("S_ISREG", "regular file"), is_reg},
    {"S_ISFIFO", "($module, object, /)", TEST_DOC("S_ISFIFO", "FIFO (named pipe)"), is_fifo},
    {"S_ISLNK", "($module, object, /)", TEST_DOC("S_ISLNK", "symbolic link"), is_lnk},
    {"S_ISSOCK", "($module, object, /)", TEST_DOC("S_ISSOCK", "socket"), is_sock},
    {"S_ISDOOR", "($module, object, /)", TEST_DOC("S_ISDOOR", "door"), is_none_of_ours},
    {"S_ISPORT", "($module, object, /)", TEST_DOC("S_ISPORT", "event port"), is_none_of_ours},
    {"S_ISWHT", "($module, object, /)", TEST_DOC("S_ISWHT", "whiteout"), is_none_of_ours},
    {NULL},
};

static const struct { const char *name; uint32_t value; } numbers[] = {
#define ROW(name) {#name, name}
    ROW(S_IFDIR), ROW(S_IFCHR), ROW(S_IFBLK), ROW(S_IFREG), ROW(S_IFIFO), ROW(S_IFLNK), ROW(S_IFSOCK), ROW(S_ISUID), ROW(S_ISGID), ROW(S_ISVTX),
    ROW(S_IREAD), ROW(S_IWRITE), ROW(S_IEXEC), ROW(S_IRWXU), ROW(S_IRUSR), ROW(S_IWUSR), ROW(S_IXUSR), ROW(S_IRWXG), ROW(S_IRGRP), ROW(S_IWGRP),
    ROW(S_IXGRP), ROW(S_IRWXO), ROW(S_IROTH), ROW(S_IWOTH), ROW(S_IXOTH),
#undef ROW
    {"S_IFDOOR", 0}, {"S_IFPORT", 0}, {"S_IFWHT", 0}, {"S_ENFMT", S_ISGID},
    /* Places in a stat result. */
    {"ST_MODE", 0}, {"ST_INO", 1}, {"ST_DEV", 2}, {"ST_NLINK", 3}, {"ST_UID", 4}, {"ST_GID", 5}, {"ST_SIZE", 6}, {"ST_ATIME", 7}, {"ST_MTIME", 8},
    {"ST_CTIME", 9},
    /* Flags of BSD's files: os.chflags() is not here, but archives carry them. */
    {"UF_SETTABLE", 0xffff}, {"UF_NODUMP", 0x1}, {"UF_IMMUTABLE", 0x2}, {"UF_APPEND", 0x4}, {"UF_OPAQUE", 0x8}, {"UF_NOUNLINK", 0x10},
    {"UF_COMPRESSED", 0x20}, {"UF_TRACKED", 0x40}, {"UF_DATAVAULT", 0x80}, {"UF_HIDDEN", 0x8000}, {"SF_SETTABLE", 0xffff0000}, {"SF_ARCHIVED", 0x10000},
    {"SF_IMMUTABLE", 0x20000}, {"SF_APPEND", 0x40000}, {"SF_NOUNLINK", 0x100000}, {"SF_SNAPSHOT", 0x200000}, {"SF_FIRMLINK", 0x800000},
    {"SF_DATALESS", 0x40000000},
};

static bool exec(Thread *t, Value module) {
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    return true;
}

const ModuleDef module__stat = {
    .name = "_stat",
    .doc = "Kinds and permission bits of files' modes: S_IF... the kinds, S_I... the bits, ST_... places in a stat result, UF_... and SF_... flags.",
    .functions = functions,
    .exec = exec,
};
