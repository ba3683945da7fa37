# bigdata. GNU make; `make help` lists the targets.
#
# What is built goes to build/<variant>/, so that objects with and without sanitizers never mix; the
# programs stand side by side as build/bigdata (release) and build/bigdata-<variant>.
#
# Settings, on the command line or in local.mk: CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR, V=1 (show the
# commands), VARIANT=release|debug|asan|tsan, and the libraries, by default what pkg-config says:
# LIBPQ_CFLAGS, LIBPQ_LIBS, LUA_CFLAGS, LUA_LIBS, ZIP_CFLAGS, ZIP_LIBS, CMOCKA_CFLAGS, CMOCKA_LIBS.

-include local.mk

VARIANT ?= release
BUILD   := build/$(VARIANT)
PROGRAM := build/bigdata$(if $(filter-out release,$(VARIANT)),-$(VARIANT))
PREFIX  ?= /usr/local
CLANG   ?= clang
FUZZ_SECONDS ?= 60

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

Q := $(if $(V),,@)

# ---- compiler and libraries ----------------------------------------------------------------------

PKG_CONFIG ?= pkg-config
pkg = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)

LIBPQ_CFLAGS  := $(or $(LIBPQ_CFLAGS),$(call pkg,--cflags libpq))
LIBPQ_LIBS    := $(or $(LIBPQ_LIBS),$(call pkg,--libs libpq))
LUA_CFLAGS    := $(or $(LUA_CFLAGS),$(call pkg,--cflags lua5.4))
LUA_LIBS      := $(or $(LUA_LIBS),$(call pkg,--libs lua5.4))
ZIP_CFLAGS    := $(or $(ZIP_CFLAGS),$(call pkg,--cflags minizip zlib))
ZIP_LIBS      := $(or $(ZIP_LIBS),$(call pkg,--libs minizip zlib))
CMOCKA_CFLAGS := $(or $(CMOCKA_CFLAGS),$(call pkg,--cflags cmocka))
CMOCKA_LIBS   := $(or $(CMOCKA_LIBS),$(call pkg,--libs cmocka))

WARNINGS := -Wall -Wextra -Wshadow -Wundef -Wwrite-strings -Wstrict-prototypes \
  -Wmissing-prototypes -Wold-style-definition -Wconversion -Wcast-qual -Wformat=2 -Wvla \
  -Wdouble-promotion

CFLAGS_release := -O2 -g -DNDEBUG
CFLAGS_debug   := -Og -g3
CFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
  -fno-omit-frame-pointer
CFLAGS_tsan    := -O1 -g -fsanitize=thread
CFLAGS_fuzz    := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all

CFLAGS   ?= $(CFLAGS_$(VARIANT))
BASE     := -std=c11 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -pthread $(WARNINGS) \
  -fvisibility=hidden -Isrc $(LIBPQ_CFLAGS) $(ZIP_CFLAGS) $(LUA_CFLAGS)
COMPILE   = $(CC) $(BASE) $(CFLAGS)
LINK      = $(CC) -pthread $(CFLAGS) $(LDFLAGS)
LIBS     := $(LIBPQ_LIBS) $(ZIP_LIBS) $(LUA_LIBS) -lm

# ---- files ---------------------------------------------------------------------------------------

SOURCES := $(sort $(wildcard src/*.c src/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(BUILD)/libbigdata.a

SCRIPT    := tests/support/pq_script.c
SUPPORT   := $(filter-out $(SCRIPT),$(sort $(wildcard tests/support/*.c)))
C_TESTS   := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/c/test_*.c)))
SCRIPTED  := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/c/scripted_*.c)))
FUZZERS   := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
NO_EPOLL  := build/bigdata-$(VARIANT)-no-epoll
DOUBLES   := tests/bench/unmeasured.c
BENCHES   := $(patsubst %.c,$(BUILD)/%,$(filter-out $(DOUBLES),$(sort $(wildcard tests/bench/*.c))))
UNMEASURED := build/bigdata-$(VARIANT)-unmeasured

# ---- targets -------------------------------------------------------------------------------------

.PHONY: all setup run test test-c test-lua test-cli test-pg test-gc test-asan test-tsan debug \
  asan tsan lint docs bench peers fuzz fuzz-smoke format install clean help program tests \
  objects fuzzers print-flags FORCE

## all: build the program, build/bigdata (the default)
all: program

## run: set up what is missing, build, and run both engines on a throwaway server
run:
	@scripts/setup run
	@$(MAKE) --no-print-directory all
	@for engine in threads poll; do \
	  printf '\n$$ %s\n\n' "build/bigdata row_by_row --engine $$engine --queue 100"; \
	  build/bigdata row_by_row --engine $$engine --queue 100 || exit; \
	done

## test: set up what is missing, and run all tests (on the build with assertions)
test:
	@scripts/setup test
	@$(MAKE) --no-print-directory VARIANT=debug program tests
	@tests/run --variant debug pg gc-core cli no-epoll c fuzz lua verdict

## test-c, test-lua, test-cli, test-pg: one suite of them
## test-gc: all specs in Lua under an eager garbage collector (takes minutes)
test-c test-lua test-cli test-pg test-gc:
	@$(MAKE) --no-print-directory VARIANT=debug program tests
	@tests/run --variant debug $(@:test-%=%)

## test-asan, test-tsan: C under AddressSanitizer and UBSan, threads under ThreadSanitizer
test-asan test-tsan:
	@scripts/setup test
	@$(MAKE) --no-print-directory VARIANT=$(@:test-%=%) program tests
	@tests/run --variant $(@:test-%=%) pg cli c $(if $(findstring asan,$@),fuzz lua)

## lint: warnings as errors, layers, names, sizes, formatting, luacheck
lint:
	@scripts/setup test
	@$(MAKE) --no-print-directory program
	@scripts/lint/run

## docs: make the reference pages, build/docs/index.html
docs:
	@scripts/setup docs
	@rm -rf build/docs
	@mkdir -p build
	@ldoc --quiet --fatalwarnings .

## bench: measure the program against unzip, pgbench and bare libpq (takes minutes)
bench:
	@scripts/setup test
	@$(MAKE) --no-print-directory program $(BENCHES) $(UNMEASURED)
	@tests/bench/run

## peers: install what the Python programs in scenarios/peers need
peers:
	@scripts/setup peers

## debug, asan, tsan: build build/bigdata-debug, -asan, -tsan
debug asan tsan:
	@$(MAKE) --no-print-directory VARIANT=$@ program

## fuzz-smoke: replay the fuzz targets' corpora
fuzz-smoke:
	@$(MAKE) --no-print-directory VARIANT=asan fuzzers
	@tests/run --variant asan fuzz

## fuzz: fuzz each target with clang's libFuzzer for FUZZ_SECONDS (60)
fuzz:
	@scripts/setup fuzz
	@$(MAKE) --no-print-directory VARIANT=fuzz CC=$(CLANG) fuzzers
	@scripts/fuzz $(FUZZ_SECONDS)

## format: put the C files into shape
format:
	$(Q)clang-format -i $(SOURCES) $(wildcard src/*/*.h tests/*/*.c tests/*/*.h)

## install: copy the program, its files and its manual page under $(DESTDIR)$(PREFIX)
install: program
	$(Q)scripts/install $(PROGRAM) "$(DESTDIR)$(PREFIX)"

## setup: install what building and running need
setup:
	@scripts/setup run

## clean: remove everything that was built
clean:
	$(Q)rm -rf build

## help: list the targets
help:
	@awk -F': ' '/^## /{printf "  %-38s %s\n", substr($$1, 4), $$2}' Makefile

# ---- rules ---------------------------------------------------------------------------------------

program: $(PROGRAM)
tests: $(C_TESTS) $(SCRIPTED) $(FUZZERS) $(NO_EPOLL)
fuzzers: $(FUZZERS)
objects: $(OBJECTS) $(patsubst %,%.o,$(C_TESTS) $(SCRIPTED) $(FUZZERS) $(BENCHES)) \
  $(SUPPORT:%.c=$(BUILD)/%.o) $(SCRIPT:%.c=$(BUILD)/%.o) $(DOUBLES:%.c=$(BUILD)/%.o)

# For scripts: the options that every source is compiled with.
print-flags:
	@echo '$(BASE)'

$(PROGRAM): $(BUILD)/src/main.o $(LIBRARY)
	@echo "  LINK $@"
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# The program as it is where there is no epoll, for tests: what is linked first stands.
$(NO_EPOLL): $(BUILD)/src/main.o $(BUILD)/pollset_poll.o $(LIBRARY)
	@echo "  LINK $@"
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# The program as it is where nothing is measured, for the bench.
$(UNMEASURED): $(BUILD)/src/main.o $(DOUBLES:%.c=$(BUILD)/%.o) $(LIBRARY)
	@echo "  LINK $@"
	$(Q)$(LINK) -Wl,-z,muldefs -o $@ $^ $(LIBS)

$(BUILD)/pollset_poll.o: src/run/pollset_poll.c $(BUILD)/flags
	@echo "  CC   $< (no epoll)"
	$(Q)$(COMPILE) -DBD_NO_EPOLL -c -o $@ $<

$(LIBRARY): $(filter-out %/main.o,$(OBJECTS))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(COMPILE) $(EXTRA) -MMD -MP -c -o $@ $<

# Tests see cmocka and the helpers in tests/support as well.
$(BUILD)/tests/%.o: EXTRA := -Itests $(CMOCKA_CFLAGS)

# A test may define functions of other modules itself, as doubles: what is linked first stands.
$(C_TESTS): %: %.o $(SUPPORT:%.c=$(BUILD)/%.o) $(LIBRARY)
	@echo "  LINK $@"
	$(Q)$(LINK) -Wl,-z,muldefs -o $@ $^ $(CMOCKA_LIBS) $(LIBS)

# Linked with a scripted double in the place of libpq.
$(SCRIPTED): %: %.o $(SUPPORT:%.c=$(BUILD)/%.o) $(SCRIPT:%.c=$(BUILD)/%.o) $(LIBRARY)
	@echo "  LINK $@"
	$(Q)$(LINK) -o $@ $^ $(CMOCKA_LIBS) $(filter-out $(LIBPQ_LIBS),$(LIBS))

# Either libFuzzer or a plain replay of files brings main().
$(FUZZERS): %: %.o $(if $(filter fuzz,$(VARIANT)),,$(BUILD)/tests/fuzz/replay.o) \
  $(BUILD)/tests/support/stream_memory.o $(LIBRARY)
	@echo "  LINK $@"
	$(Q)$(LINK) $(if $(filter fuzz,$(VARIANT)),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

$(BENCHES): %: %.o $(LIBRARY)
	@echo "  LINK $@"
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# Changes when the compiler's options do: everything is then compiled anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@test -n '$(LIBPQ_LIBS)' || { echo "libpq was not found: run make setup" >&2; exit 1; }
	@echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' >$@

.SECONDARY:
-include $(OBJECTS:.o=.d) $(patsubst %,%.d,$(C_TESTS) $(SCRIPTED) $(FUZZERS) $(BENCHES)) \
  $(SUPPORT:%.c=$(BUILD)/%.d) $(DOUBLES:%.c=$(BUILD)/%.d)
