# How Krait is built. GNU make, a C compiler, pkg-config.
#
#   make                     build/krait
#   make check               builds, and holds the sources against the layers (below a minute)
#   make clean               removes what was compiled; the standard library stays
#   make help                lists every target
#
#   CC="ccache gcc" OPT=-O1  another compiler, another optimisation
#   SAN=address,undefined    a build with sanitizers   in build/san-address-undefined/
#   STRESS=gc                a build that collects at every allocation    in build/stress-gc/
#
# Sources are found, not listed: src/ROOM/*.c and src/ROOM/FOLDER/*.c. A room that needs more says so in src/ROOM/room.mk:
#   GENERATED   += build/gen/x.h                 a header made at build (with its rule); include it as "x.h"
#   GEN_SOURCES += build/gen/x.c                 a source made at build
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
# build/lib/krait/modules/NAME.so with a single exported symbol, `krait_module_NAME`. It calls the interpreter's functions directly,
# with the same headers as any other file: the build collects the undefined symbols of all these modules and has the
# executable export exactly those (build/.../module-imports.list), so nothing needs a visibility mark. A module whose library is
# missing on the build machine is left out, and the build says so once.
# Everything else in src/modules/ is linked into the executable, which itself stands on libc, libm and GMP only.
#
# The executable is not position-independent: tables of pointers are then constants in the file, shared and never relocated at start.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
OPT ?= -O2
AR ?= ar
PKG_CONFIG ?= pkg-config
comma := ,
empty :=
space := $(empty) $(empty)

# --- Variants: each has a directory of its own -------------------------------------------------------------------------------------
variant := $(strip $(if $(SAN),san-$(subst $(comma),-,$(SAN))) $(if $(STRESS),stress-$(STRESS)) $(VARIANT))
B := build$(if $(variant),/$(subst $(space),-,$(variant)))
G := build/gen

# --- Flags ---------------------------------------------------------------------------------------------------------------------------
compiler_kind := $(if $(findstring clang,$(shell $(CC) --version 2>/dev/null | head -1)),clang,gcc)
WARN := -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Werror=implicit-function-declaration -Werror=incompatible-pointer-types \
        -Werror=return-type -Werror=int-conversion
STD := -std=gnu17 -fno-strict-aliasing -fwrapv -fno-semantic-interposition -fno-math-errno -ffp-contract=off
CPPFLAGS_ALL := -Isrc -Iinclude -I$(G) -D_GNU_SOURCE $(if $(filter gc,$(STRESS)),-DKRAIT_STRESS_GC) $(CPPFLAGS)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
CFLAGS_ALL = $(STD) $(OPT) -g $(WARN) $(SANFLAGS) $(CFLAGS)
PLACE := -fno-pie
LDFLAGS_ALL := -no-pie $(SANFLAGS) $(LDFLAGS)
LIBS := -lgmp -lm -ldl -lpthread

ifeq ($(compiler_kind),gcc)
CFLAGS_src/vm/eval.c := -fno-gcse -fno-crossjumping
endif

# --- Sources and objects -----------------------------------------------------------------------------------------------------------
SOURCES := $(filter-out src/modules/ext/%,$(wildcard src/*/*.c src/*/*/*.c))
GENERATED :=
GEN_SOURCES :=
-include $(wildcard src/*/room.mk)
OBJECTS := $(SOURCES:src/%.c=$(B)/obj/%.o) $(GEN_SOURCES:$(G)/%.c=$(B)/obj/gen/%.o)
MAIN_OBJECT := $(filter $(B)/obj/cli/main.o,$(OBJECTS))
LIB_OBJECTS := $(filter-out $(MAIN_OBJECT),$(OBJECTS))

# Modules on C libraries: one name each, a file or a folder. NEEDS_NAME in libraries.mk names their pkg-config packages.
include src/modules/ext/libraries.mk
-include $(G)/libraries.mk
ext_all := $(sort $(basename $(notdir $(wildcard src/modules/ext/*.c))) $(notdir $(patsubst %/,%,$(dir $(wildcard src/modules/ext/*/*.c)))))
ext_missing := $(foreach m,$(ext_all),$(if $(filter-out $(LIBRARIES_FOUND),$(NEEDS_$(m))),$(m)))
EXT := $(filter-out $(ext_missing),$(ext_all))
ext_objects = $(patsubst src/%.c,$(B)/obj/%.o,$(wildcard src/modules/ext/$(1).c src/modules/ext/$(1)/*.c))
EXT_OBJECTS := $(foreach m,$(EXT),$(call ext_objects,$(m)))
MODULES := $(EXT:%=$(B)/lib/krait/modules/%.so)

.PHONY: all check clean help
all: $(if $(MAIN_OBJECT),$(B)/krait) $(B)/libkrait.a $(MODULES)

# --- Compiling and linking -----------------------------------------------------------------------------------------------------------
# The flags file changes only when flags do, so that another OPT recompiles and the same one does not.
flags_now := $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(PLACE)
ifneq ($(flags_now),$(file < $(B)/flags))
$(shell mkdir -p $(B))
$(file > $(B)/flags,$(flags_now))
endif

$(B)/obj/modules/ext/%.o: PLACE := -fPIC
$(B)/obj/modules/ext/%.o: EXT_CFLAGS = $(foreach p,$(NEEDS_$(firstword $(subst /, ,$*))),$(LIBRARY_CFLAGS_$(p)))
$(B)/obj/%.o: src/%.c $(B)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(EXT_CFLAGS) $(CFLAGS_ALL) $(PLACE) $(CFLAGS_$<) -MMD -MP -c -o $@ $<
$(B)/obj/gen/%.o: $(G)/%.c $(B)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(PLACE) $(CFLAGS_$<) -MMD -MP -c -o $@ $<

$(B)/libkrait.a: $(LIB_OBJECTS)
	@mkdir -p $(@D); rm -f $@
	$(AR) crsT $@ $(LIB_OBJECTS)

# What the modules use of the interpreter; rewritten only when it changes, so that the executable is not linked again for nothing.
$(B)/module-imports.list: $(EXT_OBJECTS) tools/module-imports
	@mkdir -p $(@D)
	@tools/module-imports $(EXT_OBJECTS) > $@.new && { cmp -s $@.new $@ && rm $@.new || mv $@.new $@; }

$(B)/krait: $(OBJECTS) $(B)/module-imports.list
	$(CC) $(LDFLAGS_ALL) -Wl,--dynamic-list=$(B)/module-imports.list -o $@ $(OBJECTS) $(LIBS)

define module_rule
$(B)/lib/krait/modules/$(1).so: $(call ext_objects,$(1)) tools/module-exports.map
	@mkdir -p $$(@D)
	$$(CC) -shared $(SANFLAGS) $(LDFLAGS) -Wl,-Bsymbolic,-z,now,--version-script=tools/module-exports.map -o $$@ $(call ext_objects,$(1)) $(foreach p,$(NEEDS_$(1)),$(LIBRARY_LIBS_$(p)))
endef
$(foreach m,$(EXT),$(eval $(call module_rule,$(m))))

$(G)/libraries.mk: tools/find-libraries src/modules/ext/libraries.mk
	@mkdir -p $(@D)
	@CC="$(CC)" PKG_CONFIG="$(PKG_CONFIG)" tools/find-libraries $(sort $(foreach v,$(filter NEEDS_%,$(.VARIABLES)),$($(v)))) > $@

-include $(OBJECTS:.o=.d) $(EXT_OBJECTS:.o=.d)

# --- Checks ----------------------------------------------------------------------------------------------------------------------------
check: all

clean:
	rm -rf build/obj build/san-* build/stress-* build/krait build/libkrait.a build/gen build/flags build/module-imports.list build/lib/krait

help:
	@sed -n '2,/^$$/s/^# \{0,1\}//p' Makefile
