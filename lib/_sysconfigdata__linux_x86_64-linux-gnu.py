"""What `sysconfig` calls the build's variables, for Krait.

CPython's file of this name describes how CPython was compiled. Krait answers the names that programs and the standard library ask
for, computed from where it runs; what only makes sense for CPython's own makefile is absent. Extension modules carry Krait's own
suffix, so that none that was compiled for another interpreter is ever loaded.
"""
import _imp
import sys

_VERSION = "%d.%d" % sys.version_info[:2]
_MULTIARCH = getattr(sys.implementation, "_multiarch", "x86_64-linux-gnu")
_EXT_SUFFIX = next((s for s in _imp.extension_suffixes() if _MULTIARCH in s), ".%s-%s.so" % (sys.implementation.cache_tag, _MULTIARCH))
_prefix = sys.base_prefix
_exec_prefix = sys.base_exec_prefix
_stdlib = "%s/%s/python%s" % (_prefix, sys.platlibdir, _VERSION)
_include = "%s/include/python%s" % (_prefix, _VERSION)
_config = "%s/config-%s-%s" % (_stdlib, _VERSION, _MULTIARCH)
_CFLAGS = "-O2 -fno-strict-aliasing -fwrapv"

build_time_vars = {
    # Where things are.
    "prefix": _prefix,
    "exec_prefix": _exec_prefix,
    "BINDIR": _exec_prefix + "/bin",
    "BINLIBDEST": _stdlib,
    "LIBDEST": _stdlib,
    "LIBDIR": _exec_prefix + "/lib",
    "LIBPL": _config,
    "DESTSHARED": "%s/lib/krait/modules" % _prefix,
    "INCLUDEDIR": _prefix + "/include",
    "INCLUDEPY": _include,
    "CONFINCLUDEPY": _include,
    "SCRIPTDIR": _prefix + "/lib",
    "PLATLIBDIR": sys.platlibdir,
    "datarootdir": _prefix + "/share",
    "srcdir": _config,
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "WHEEL_PKG_DIR": "",
    # What it is.
    "VERSION": _VERSION,
    "LDVERSION": _VERSION,
    "ABIFLAGS": "",
    "ABI_THREAD": "",
    "EXT_SUFFIX": _EXT_SUFFIX,
    "SHLIB_SUFFIX": ".so",
    "SOABI": _EXT_SUFFIX[1:].removesuffix(".so"),
    "MULTIARCH": _MULTIARCH,
    "MACHDEP": sys.platform,
    "BUILD_GNU_TYPE": _MULTIARCH,
    "HOST_GNU_TYPE": _MULTIARCH,
    "EXE": "",
    "EXENAME": _exec_prefix + "/bin/krait",
    "LIBRARY": "libkrait.a",
    "LDLIBRARY": "libkrait.a",
    "INSTSONAME": "libkrait.a",
    "CONFIG_ARGS": "",
    "TEST_MODULES": "no",
    "Py_DEBUG": 0,
    "Py_TRACE_REFS": 0,
    "Py_GIL_DISABLED": 0,
    "Py_ENABLE_SHARED": 0,
    "PY_ENABLE_SHARED": 0,
    "Py_HASH_ALGORITHM": 0,
    "Py_REMOTE_DEBUG": 0,
    "PY_COERCE_C_LOCALE": 1,
    "PY_BUILTIN_HASHLIB_HASHES": "md5,sha1,sha2,sha3,blake2",
    "PY_SSL_DEFAULT_CIPHERS": 2,
    "PY_HAVE_PERF_TRAMPOLINE": 0,
    "WITH_DOC_STRINGS": 1,
    "WITH_PYMALLOC": 0,
    "WITH_MIMALLOC": 0,
    "WITH_DTRACE": 0,
    "WITH_VALGRIND": 0,
    # How a C module would be compiled.
    "AR": "ar",
    "ARFLAGS": "rcs",
    "CC": "gcc",
    "CXX": "g++",
    "CCSHARED": "-fPIC",
    "CFLAGS": _CFLAGS,
    "CPPFLAGS": "",
    "BASECFLAGS": "",
    "OPT": "-O2",
    "PY_CFLAGS": _CFLAGS,
    "PY_CFLAGS_NODIST": "",
    "PY_CORE_CFLAGS": _CFLAGS,
    "PY_LDFLAGS": "",
    "PY_LDFLAGS_NODIST": "",
    "LDFLAGS": "",
    "LDSHARED": "gcc -shared",
    "LDCXXSHARED": "g++ -shared",
    "BLDSHARED": "gcc -shared",
    "LINKCC": "gcc",
    "LINKFORSHARED": "",
    "LIBS": "-lgmp -lm",
    "SYSLIBS": "-lm",
    "SHLIBS": "-lgmp -lm",
    "MODLIBS": "",
    "SHELL": "/bin/sh",
    # The platform: Linux on x86-64.
    "HAVE_FORK": 1,
    "HAVE_VFORK": 1,
    "HAVE_GETRANDOM": 1,
    "HAVE_GETRANDOM_SYSCALL": 1,
    "HAVE_GETENTROPY": 1,
    "HAVE_PTHREAD_H": 1,
    "SIZEOF_SHORT": 2,
    "SIZEOF_INT": 4,
    "SIZEOF_LONG": 8,
    "SIZEOF_LONG_LONG": 8,
    "SIZEOF_FLOAT": 4,
    "SIZEOF_DOUBLE": 8,
    "SIZEOF_LONG_DOUBLE": 16,
    "SIZEOF_VOID_P": 8,
    "SIZEOF_SIZE_T": 8,
    "SIZEOF_OFF_T": 8,
    "SIZEOF_TIME_T": 8,
    "SIZEOF_PID_T": 4,
    "SIZEOF_WCHAR_T": 4,
    "ALIGNOF_LONG": 8,
    "ALIGNOF_SIZE_T": 8,
    "ALIGNOF_MAX_ALIGN_T": 16,
}
