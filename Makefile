# How Krait is built. GNU make, a C compiler, pkg-config.
#
#   make                     build/krait and its library
#   make demo                on a fresh machine: installs what is missing, builds, runs the tour (examples/tour.py), starts the blog (examples/blog)
#   make test                the same, and runs the tests (TESTS=tests/lang, or single ones), with the language's part of CPython's suite
#   make check               fast, for each commit: builds, holds the sources against the layers, runs the small C tests
#   make stdlib              CPython's pure-Python library into build/lib (UPDATE=1 asks for a newer one; KRAIT_STDLIB=DIR takes that one)
#   make shared              build/lib/libkrait.so and libkrait.a, for programs that embed Krait (include/krait.h, examples/embed/)
#   make install PREFIX=     into PREFIX/lib/krait, with a link PREFIX/bin/krait (default /usr/local)
#   make bench               speed beside another Python (REFERENCE=python3.14, PROGRAMS="nbody go")
#   make conformance         CPython's own test suite, test by test, against tests/conformance/expected/; writes docs/conformance.md
#                            (CLASSES=LANG,BUILTIN or FILES=test_int,test_asyncio*: only these, no page; ARGS=--help for more)
#   make ecosystem           packages from PyPI: programs, and their own test suites (SUITES="Flask click", ARGS=--again), into docs/ecosystem.md
#   make browser-test        examples/blog in a headless Chromium, which it installs (400 MB); `make test` does that where Chromium is
#   make web-robustness      examples/blog answers ten thousand requests (REQUESTS="1000 10000"): memory must not grow
#   make soak SOAK=300       every kind of object made and dropped for so many seconds: memory must not grow
#   make fail-allocation     each allocation of some programs fails in turn: no crash
#   make fuzz TARGET=source  libFuzzer on one entry point (SECONDS=600); needs clang
#   make format              clang-format over src/
#   make clean, distclean    removes what was compiled; distclean the library as well
#
#   CC="ccache gcc" OPT=-O1  another compiler, another optimisation
#   V=1                      shows the commands
#   SAN=address,undefined    a build with sanitizers                      in build/san-address-undefined/
#   STRESS=gc                a build that collects at every allocation    in build/stress-gc/
#   STRESS=jit               a build that compiles to machine code at once  in build/stress-jit/
#
# Sources are found, not listed: src/ROOM/*.c and src/ROOM/FOLDER/*.c. A room that needs more says so in src/ROOM/room.mk:
#   GENERATED   += build/gen/ROOM/x.h            a header made at build (with its rule); include it as "ROOM/x.h"
#   GEN_SOURCES += build/gen/ROOM/x.c            a source made at build
#   CFLAGS_src/vm/eval.c := -fno-gcse            flags of one file
# Generated files are the same for every variant and lie in build/gen/.
#
# Where things lie. The executable looks for its library beside itself, then in the directory above (`home`):
#   build/krait                       the interpreter (home is build/)
#   build/lib/python3.14/             CPython's pure-Python library, unmodified (make stdlib)
#   build/lib/krait/                  our own Python files from lib/, AHEAD of the above on sys.path
#   build/lib/krait/modules/NAME.so   modules that stand on a C library, see below
#   PREFIX/lib/krait/{bin,lib}/...    the same, installed; PREFIX/bin/krait is a link to it
#
# Modules on C libraries. A module that needs OpenSSL, SQLite, expat, zlib, ... must cost nothing until it is imported. Its source is
# src/modules/ext/NAME.c (or src/modules/ext/NAME/*.c), its libraries are one line in src/modules/ext/libraries.mk, and it becomes
# build/lib/krait/modules/NAME.so with a single exported symbol, `krait_module_NAME` (or what a folder's exports.map says). It calls the interpreter's functions directly,
# with the same headers as any other file: the build collects the undefined symbols of all these modules and has the
# executable export exactly those (build/.../module-imports.list), so nothing needs a visibility mark. A module whose library is
# missing on the build machine is left out, and `make` names it.
# Everything else in src/modules/ is linked into the executable, which itself stands on libc, libm and GMP only.
#
# The executable is not position-independent: tables of pointers are then constants in the file, shared and never relocated at start.

MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

ifeq ($(origin CC),default)
CC := gcc
endif
OPT ?= -O2
AR := ar
PKG_CONFIG ?= pkg-config
PREFIX ?= /usr/local
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)
comma := ,
empty :=
space := $(empty) $(empty)

include tools/python.conf

# --- Variants: each has a directory of its own ---------------------------------------------------------------------------------------
variant := $(strip $(if $(SAN),san-$(subst $(comma),-,$(SAN))) $(if $(STRESS),stress-$(STRESS)) $(VARIANT))
B := build$(if $(variant),/$(subst $(space),-,$(variant)))
G := build/gen
STDLIB := build/lib/python$(python_version)

# --- Flags ---------------------------------------------------------------------------------------------------------------------------
compiler_kind := $(if $(findstring clang,$(shell $(CC) --version 2>/dev/null | head -1)),clang,gcc)
WARN := -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Werror=implicit-function-declaration \
        -Werror=incompatible-pointer-types -Werror=return-type -Werror=int-conversion
STD := -std=gnu17 -fno-strict-aliasing -fwrapv -fno-semantic-interposition -fno-math-errno -ffp-contract=off
CPPFLAGS_ALL := -Isrc -Iinclude -I$(G) -D_GNU_SOURCE $(if $(filter gc,$(STRESS)),-DKRAIT_STRESS_GC) $(if $(filter jit,$(STRESS)),-DKRAIT_STRESS_JIT) $(CPPFLAGS)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
CFLAGS_ALL = $(STD) $(OPT) -g $(WARN) $(SANFLAGS) $(CFLAGS)
PLACE := -fno-pie
LDFLAGS_ALL := -no-pie $(SANFLAGS) $(LDFLAGS)
LIBS := -lgmp -lm -ldl -lpthread

ifeq ($(compiler_kind),clang)
WARN += -Wno-gnu-variable-sized-type-not-at-end
endif
ifeq ($(compiler_kind),gcc)
CFLAGS_src/vm/eval.c := -fno-gcse -fno-crossjumping
endif

# --- Sources and objects -------------------------------------------------------------------------------------------------------------
SOURCES := $(filter-out src/modules/ext/%,$(wildcard src/*/*.c src/*/*/*.c))
GENERATED :=
GEN_SOURCES :=
-include $(wildcard src/*/room.mk)
OBJECTS := $(SOURCES:src/%.c=$(B)/obj/%.o) $(GEN_SOURCES:$(G)/%.c=$(B)/obj/gen/%.o)
MAIN_OBJECT := $(filter $(B)/obj/cli/main.o,$(OBJECTS))
LIB_OBJECTS := $(filter-out $(MAIN_OBJECT),$(OBJECTS))

# Modules on C libraries: one name each, a file or a folder.
include src/modules/ext/libraries.mk
-include $(G)/libraries.mk
ext_all := $(sort $(basename $(notdir $(wildcard src/modules/ext/*.c))) $(notdir $(patsubst %/,%,$(dir $(wildcard src/modules/ext/*/*.c)))))
ext_missing := $(strip $(foreach m,$(ext_all),$(if $(filter-out $(LIBRARIES_FOUND),$(NEEDS_$(m))),$(m))))
EXT := $(filter-out $(ext_missing),$(ext_all))
ext_objects = $(patsubst src/%.c,$(B)/obj/%.o,$(wildcard src/modules/ext/$(1).c src/modules/ext/$(1)/*.c))
ext_exports = $(or $(wildcard src/modules/ext/$(1)/exports.map),tools/module-exports.map)
EXT_OBJECTS := $(foreach m,$(EXT),$(call ext_objects,$(m)))
MODULES := $(EXT:%=$(B)/lib/krait/modules/%.so)

# Our own Python files.
OVERRIDES := $(patsubst lib/%,$(B)/lib/krait/%,$(shell find lib -type f ! -path '*/__pycache__/*' 2>/dev/null))

PIP := $(if $(filter %/ensurepip/__init__.py,$(OVERRIDES)),$(B)/lib/krait/ensurepip/_bundled)

.PHONY: fail-allocation soak all programs library stdlib pip check layers headers unit test demo setup install bench conformance ecosystem fuzz format clean distclean help
programs: $(if $(MAIN_OBJECT),$(B)/krait) $(B)/libkrait.a $(MODULES)
library: $(STDLIB).origin $(OVERRIDES) $(PIP) $(if $(variant),$(B)/lib/python$(python_version))
all: programs library
	@:
ifneq ($(ext_missing),)
	@echo "left out, since their libraries are not here (make setup): $(ext_missing)"
endif

# --- Compiling and linking -----------------------------------------------------------------------------------------------------------
# The flags file changes only when flags do, so that another OPT recompiles and the same one does not.
flags_now := $(compiler_kind) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(PLACE)
ifneq ($(flags_now),$(file < $(B)/flags))
$(shell mkdir -p $(B))
$(file > $(B)/flags,$(flags_now))
endif

$(B)/obj/modules/ext/%.o: PLACE := -fPIC
$(B)/obj/modules/ext/%.o: EXT_CFLAGS = $(foreach p,$(NEEDS_$(firstword $(subst /, ,$*))),$(LIBRARY_CFLAGS_$(p)))
$(B)/obj/%.o: src/%.c $(B)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) $(EXT_CFLAGS) $(CFLAGS_ALL) $(PLACE) $(CFLAGS_$<) -MMD -MP -c -o $@ $<
$(B)/obj/gen/%.o: $(G)/%.c $(B)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(PLACE) $(CFLAGS_$<) -MMD -MP -c -o $@ $<

$(B)/libkrait.a: $(LIB_OBJECTS)
	@mkdir -p $(@D); rm -f $@
	$(call say,AR,$@)$(AR) crsT $@ $(LIB_OBJECTS)

# What the modules use of the interpreter; rewritten only when it changes, so that the executable is not linked again for nothing.
$(B)/module-imports.list: $(EXT_OBJECTS) tools/module-imports
	@mkdir -p $(@D)
	@tools/module-imports $(EXT_OBJECTS) > $@.new && { cmp -s $@.new $@ && rm $@.new || mv $@.new $@; }

$(B)/krait: $(OBJECTS) $(B)/module-imports.list
	$(call say,LINK,$@)$(CC) $(LDFLAGS_ALL) -Wl,--dynamic-list=$(B)/module-imports.list -o $@ $(OBJECTS) $(LIBS)

define module_rule
$(B)/lib/krait/modules/$(1).so: $(call ext_objects,$(1)) $(call ext_exports,$(1))
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)$$(CC) -shared $(SANFLAGS) $(LDFLAGS) -Wl,-Bsymbolic,-z,now,--version-script=$(call ext_exports,$(1)) \
	    -o $$@ $(call ext_objects,$(1)) $(foreach p,$(NEEDS_$(1)),$(LIBRARY_LIBS_$(p)))
endef
$(foreach m,$(EXT),$(eval $(call module_rule,$(m))))

$(G)/libraries.mk: tools/find-libraries src/modules/ext/libraries.mk
	@mkdir -p $(@D)
	@CC="$(CC)" PKG_CONFIG="$(PKG_CONFIG)" tools/find-libraries $(sort $(foreach v,$(filter NEEDS_%,$(.VARIABLES)),$($(v)))) > $@

-include $(OBJECTS:.o=.d) $(EXT_OBJECTS:.o=.d)

# --- For embedding -------------------------------------------------------------------------------------------------------------------
# Both libraries export what include/krait.h declares, and, under names that are nobody else's business, what the modules on C libraries
# use of the interpreter. libkrait.a is for programs that are not position-independent, as krait itself is (krait.pc says -no-pie);
# libkrait.so is for all, and interprets everything: machine code needs the interpreter's functions at low addresses.
.PHONY: shared embed-examples
EMBED_EXAMPLES := $(patsubst examples/embed/%.c,%,$(wildcard examples/embed/*.c))
shared: $(B)/lib/libkrait.so $(B)/lib/libkrait.a
PIC_OBJECTS := $(LIB_OBJECTS:$(B)/obj/%=$(B)/pic/%)
$(B)/pic/%.o: src/%.c $(B)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,PIC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC $(CFLAGS_$<) -MMD -MP -c -o $@ $<
$(B)/pic/gen/%.o: $(G)/%.c $(B)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,PIC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC $(CFLAGS_$<) -MMD -MP -c -o $@ $<
-include $(PIC_OBJECTS:.o=.d)

$(B)/libkrait.map: $(B)/module-imports.list
	@{ echo 'KRAIT_1 { global: krait_*; local: *; };'; printf 'KRAIT_PRIVATE '; cat $<; } > $@
$(B)/lib/libkrait.so: $(PIC_OBJECTS) $(B)/libkrait.map
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -shared $(SANFLAGS) $(LDFLAGS) -Wl,-Bsymbolic,-soname,libkrait.so,--version-script=$(B)/libkrait.map -o $@ $(PIC_OBJECTS) $(LIBS)
$(B)/lib/libkrait.a: $(LIB_OBJECTS) $(B)/module-imports.list
	@mkdir -p $(@D); rm -f $@
	@{ nm -g -P $(B)/obj/embed/*.o | awk '$$2 == "T" && /^krait_/ { print $$1 }'; sed -n 's/^  \(.*\);$$/\1/p' $(B)/module-imports.list; } > $(B)/libkrait.keep
	$(call say,AR,$@)ld -r -o $(B)/libkrait.o $(LIB_OBJECTS) && objcopy --keep-global-symbols=$(B)/libkrait.keep $(B)/libkrait.o && $(AR) crs $@ $(B)/libkrait.o && rm $(B)/libkrait.o

# The example programs, as somebody else builds them; NAME-static on libkrait.a.
embed-examples: $(EMBED_EXAMPLES:%=$(B)/embed/%) $(EMBED_EXAMPLES:%=$(B)/embed/%-static)
$(B)/embed/%-static: examples/embed/%.c include/krait.h $(B)/lib/libkrait.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -Iinclude -g $(WARN) $(SANFLAGS) -no-pie -o $@ $< $(B)/lib/libkrait.a -Wl,--dynamic-list=$(B)/module-imports.list $(LIBS)
$(B)/embed/%: examples/embed/%.c include/krait.h $(B)/lib/libkrait.so
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -Iinclude -g $(WARN) $(SANFLAGS) -o $@ $< -L$(B)/lib -lkrait -lpthread -Wl,-rpath,'$$ORIGIN/../lib'

# --- The library ---------------------------------------------------------------------------------------------------------------------
$(STDLIB).origin: tools/stdlib tools/python.conf
	@tools/stdlib $(STDLIB)
stdlib:
	@tools/stdlib $(STDLIB)
ifneq ($(variant),)
$(B)/lib/python$(python_version):
	@mkdir -p $(@D); ln -sfn ../../lib/python$(python_version) $@
endif
$(PIP): | $(STDLIB).origin
	@tools/pip-wheel $@
pip:
	@tools/pip-wheel $(PIP)
$(B)/lib/krait/%: lib/%
	@mkdir -p $(@D); cp $< $@

# --- Checks and tests ----------------------------------------------------------------------------------------------------------------
HEADERS := $(wildcard src/*/*.h src/*/*/*.h src/*/*/*/*.h include/*.h)
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c))

check: programs library layers headers unit
	$(if $(UNIT),@tests/run --dir $(B) $(UNIT))
layers: programs
	@tools/check-layers $(B)/obj $(OBJECTS) $(EXT_OBJECTS)

# Every header compiles alone.
headers: $(HEADERS:%.h=$(B)/headers/%.ok)
	@:
$(B)/headers/%.ok: %.h $(B)/flags | $(GENERATED)
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS_ALL) $(foreach p,$(LIBRARIES_FOUND),$(LIBRARY_CFLAGS_$(p))) $(STD) -w -Werror=implicit-function-declaration \
	    -fsyntax-only -MMD -MP -MF $(@:.ok=.d) -MT $@ -x c $< || { echo "$< does not compile alone"; exit 1; }
	@touch $@
-include $(HEADERS:%.h=$(B)/headers/%.d)

unit: $(UNIT) $(EMBED_EXAMPLES:%=$(B)/embed/%-static)
	@:
$(B)/tests/unit/%: tests/unit/%.c $(B)/libkrait.a $(B)/flags
	@mkdir -p $(@D)
	$(call say,TEST,$<)$(CC) $(CPPFLAGS_ALL) -Itests/unit $(CFLAGS_ALL) $(PLACE) -MMD -MP -MF $@.d $(LDFLAGS_ALL) -o $@ $< $(B)/libkrait.a $(LIBS)
-include $(UNIT:=.d)

setup:
	@CC="$(CC)" tools/setup
test: setup
	@$(MAKE) --no-print-directory all embed-examples $(if $(variant),,layers headers) unit
	$(if $(TESTS)$(variant),,@$(SCORE) -c LANG,BUILTIN)
	$(if $(TESTS)$(variant),,@$(SCORE) -c CORELIB --faster 0.5)
	@tests/run --dir $(B) $(TESTS)
demo: setup
	@$(MAKE) --no-print-directory all
	@build/krait examples/tour.py
	@build/krait tools/demo-blog.py

# Chromium is Debian's; Krait drives it (tests/blog/support/webdriver.py).
.PHONY: browser-test web-robustness
browser-test: setup
	@$(MAKE) --no-print-directory all
	@tools/setup browser_needs
	@tests/run --dir $(B) tests/blog/browser.sh
web-robustness: all
	@cd tests/blog && KRAIT=$(abspath $(B)/krait) REQUESTS="$(or $(REQUESTS),1000 10000)" sh memory.sh

# Each allocation of start-up, of an import and, a sample, of the tour fails in turn, then those calls of malloc that do not go to the heap:
# always MemoryError and an orderly end.
fail-allocation: all $(B)/malloc-failure.so
	@tests/memory-failure -- $(B)/krait -c pass
	@tests/memory-failure -p -- $(B)/krait tests/memory/data/import_again.py
	@tests/memory-failure -p -s $(or $(STEP),61) -- $(B)/krait tests/memory/data/modules_again.py
	@tests/memory-failure -e -s $(or $(STEP),197) -- $(B)/krait examples/tour.py
	@tests/memory-failure -m $(abspath $(B)/malloc-failure.so) -s $(or $(STEP),7) -- $(B)/krait -B -X pycache_prefix=nowhere tests/memory/data/import_again.py
$(B)/malloc-failure.so: tests/malloc-failure.c src/base/fault.c src/base/fault.h
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CPPFLAGS_ALL) $(STD) -g -shared -fPIC -o $@ tests/malloc-failure.c src/base/fault.c -ldl
SOAK ?= 10
soak: all
	@$(B)/krait tests/soak $(SOAK)

SCORE = tests/conformance/run $(abspath $(B)/krait) -j $(shell nproc) --manifest
conformance: all
	@$(SCORE) $(if $(CLASSES)$(FILES),$(if $(CLASSES),-c $(CLASSES)) $(if $(FILES),-f '$(FILES)'),-v -c LANG,BUILTIN,CORELIB,PURELIB,IMPL --page docs/conformance.md) $(ARGS)
ecosystem: all
	@tests/ecosystem/run --dir $(B); programs=$$?; $(B)/krait tests/ecosystem/suites/run.py $(ARGS) $(SUITES); suites=$$?; \
	    for status in $$programs $$suites; do case $$status in 0 | 77) ;; *) exit $$status ;; esac; done
bench: all
	@bench/run $(abspath $(B)/krait) $(PROGRAMS)

# TARGET is the name of a function fuzz_NAME of tests/fuzz/targets.py, or a file of its own, tests/fuzz/NAME.c.
TARGET ?= source
SECONDS ?= 600
fuzz: all
	@$(MAKE) --no-print-directory CC=clang OPT=-O1 VARIANT=fuzz SAN=address,undefined CFLAGS=-fsanitize=fuzzer-no-link fuzz-program TARGET=$(TARGET)
	@tests/fuzz/run build/san-address-undefined-fuzz $(TARGET) $(SECONDS)
# The whole archive, with all symbols exported, since the modules that are loaded look for them in the program.
FUZZ_DRIVER := $(if $(wildcard tests/fuzz/$(TARGET).c),$(TARGET),module)
.PHONY: fuzz-program
fuzz-program: $(B)/libkrait.a $(MODULES) library
	$(call say,LINK,$(B)/fuzz-$(FUZZ_DRIVER))$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(PLACE) -fsanitize=fuzzer $(LDFLAGS_ALL) -rdynamic \
	    -o $(B)/fuzz-$(FUZZ_DRIVER) tests/fuzz/$(FUZZ_DRIVER).c -Wl,--whole-archive $(B)/libkrait.a -Wl,--no-whole-archive $(LIBS)

# --- Putting it somewhere, keeping it tidy -------------------------------------------------------------------------------------------
HOME_DIR := $(DESTDIR)$(PREFIX)/lib/krait
COMPILE = krait python$(python_version)
install: all shared
	mkdir -p $(HOME_DIR)/bin $(HOME_DIR)/lib $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/krait $(HOME_DIR)/bin/krait
	rm -rf $(HOME_DIR)/lib/krait && cp -R $(B)/lib/krait $(HOME_DIR)/lib/krait
	mkdir -p $(HOME_DIR)/lib/python$(python_version)
	tar -C $(STDLIB)/ -cf - --exclude=__pycache__ --exclude=./test --exclude=./site-packages . | tar -C $(HOME_DIR)/lib/python$(python_version) -xf -
	mkdir -p $(HOME_DIR)/lib/python$(python_version)/site-packages
	@echo "  CACHE $(HOME_DIR)/lib" # users may not write there
	@env -u PYTHONDONTWRITEBYTECODE $(HOME_DIR)/bin/krait -m compileall -q -j 0 $(if $(DESTDIR),-s $(DESTDIR) -p /) $(COMPILE:%=$(HOME_DIR)/lib/%)
	ln -sfn ../lib/krait/bin/krait $(DESTDIR)$(PREFIX)/bin/krait
	install -D -m 644 include/krait.h $(DESTDIR)$(PREFIX)/include/krait.h
	install -m 755 $(B)/lib/libkrait.so $(DESTDIR)$(PREFIX)/lib/libkrait.so
	install -m 644 $(B)/lib/libkrait.a $(DESTDIR)$(PREFIX)/lib/libkrait.a
	install -m 644 $(B)/module-imports.list $(HOME_DIR)/lib/module-imports.list
	mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	for pc in krait krait-static; do \
	    sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(python_version)|' -e 's|@LIBS@|$(LIBS)|' tools/$$pc.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/$$pc.pc; done

format:
	@command -v clang-format >/dev/null || { echo "make format: install clang-format"; exit 1; }
	clang-format -i $(filter-out %.def,$(wildcard src/*/*.[ch] src/*/*/*.[ch] src/*/*/*/*.[ch] include/*.h tests/unit/*.[ch]))

clean:
	rm -rf build/obj build/pic build/embed build/lib/libkrait.so build/lib/libkrait.a build/headers build/tests build/san-* build/stress-* build/krait build/libkrait.a build/gen build/flags \
	    build/module-imports.list build/lib/krait
distclean:
	rm -rf build

help:
	@sed -n '2,/^$$/s/^# \{0,1\}//p' Makefile
