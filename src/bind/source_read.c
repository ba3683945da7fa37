/*
 * source:read_all(): read and parse everything, keep nothing. What a dry run does.
 */
#include "bind/l_source.h"

#include "bind/fail.h"
#include "bind/guard.h"
#include "bind/result.h"
#include "bind/table.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "stats/rejects.h"

#define BATCH_RECORDS 64

typedef struct Reading {
    BdRejects rejects;
    bool counting;   /* rejects is initialised */
    bool too_many;   /* more rejects than allowed */
    int64_t limit;   /* records; 0: all */
    int64_t records; /* read so far */
    int64_t fields;  /* of all of them */
    const char *ended;
} Reading;

static void release_reading(void *data) {
    Reading *reading = data;
    if (reading->counting) {
        bd_rejects_deinit(&reading->rejects);
    }
}

static int note_reject(void *context, const char *file, int64_t line, const char *reason) {
    Reading *reading = context;
    reading->too_many = bd_rejects_add(&reading->rejects, file, line, "", reason);
    return reading->too_many ? -1 : 0;
}

static void count_records(Reading *reading, const BdBatch *batch) {
    for (uint32_t i = 0; i < bd_batch_size(batch); i++) {
        reading->records++;
        reading->fields += bd_batch_record(batch, i).fields;
    }
}

/* How many records to ask for next; 0 when the limit is reached. */
static uint32_t next_records(const Reading *reading) {
    int64_t left = reading->limit - reading->records;
    return reading->limit == 0 || left > BATCH_RECORDS ? BATCH_RECORDS : (uint32_t)left;
}

static int read_records(BdLuaSource *self, Reading *reading, BdErr *err) {
    BdRejectSink sink = {.reject = note_reject, .context = reading};
    reading->ended = "done";
    for (uint32_t most; (most = next_records(reading)) > 0;) {
        if (bd_interrupted()) {
            reading->ended = "interrupted";
            return 0;
        }
        int filled = bd_source_fill(self->source, self->batch, most, sink, err);
        count_records(reading, self->batch);
        if (reading->too_many) {
            reading->ended = "errors";
            return 0;
        }
        if (filled < 0 && err->code == BD_E_STOPPED) {
            continue; /* it was interrupted within a line */
        }
        if (filled <= 0) {
            return filled;
        }
    }
    return 0;
}

static void push_reading(lua_State *lua, Reading *reading, int64_t bytes, int64_t elapsed_ns) {
    lua_createtable(lua, 0, 8);
    bd_result_integer(lua, "records", reading->records);
    bd_result_integer(lua, "fields", reading->fields);
    bd_result_integer(lua, "bytes", bytes);
    bd_result_seconds(lua, "seconds", elapsed_ns);
    bd_result_integer(lua, "rejects", bd_rejects_count(&reading->rejects));
    bd_result_samples(lua, reading->rejects.samples, reading->rejects.kept);
    lua_pushstring(lua, reading->ended);
    lua_setfield(lua, -2, "ended");
}

int bd_lua_source_read_all(lua_State *lua) {
    static const char *const keys[] = {"limit", "max_errors", NULL};
    BdErr err = BD_ERR_INIT;
    BdLuaSource *self = bd_lua_check_source(lua, 1);
    lua_settop(lua, 2);
    if (lua_isnil(lua, 2)) {
        lua_newtable(lua);
        lua_replace(lua, 2);
    }
    BdTable opts = bd_table_at(lua, 2, keys, "source:read_all");
    int64_t limit = bd_table_integer_or(&opts, "limit", 0, INT64_MAX, 0);
    int64_t max_errors = bd_table_integer_or(&opts, "max_errors", 0, INT64_MAX, 0);
    bd_lua_source_use(lua, self);

    Reading *reading = bd_guard_push(lua, sizeof(*reading), release_reading);
    reading->limit = limit;
    if (bd_rejects_init(&reading->rejects, max_errors, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    reading->counting = true;
    int64_t begun_ns = bd_now_ns();
    int result = read_records(self, reading, &err);
    int64_t elapsed_ns = bd_now_ns() - begun_ns;
    bd_batch_reset(self->batch);
    if (result != 0) {
        return bd_lua_fail(lua, &err);
    }
    push_reading(lua, reading, bd_source_bytes(self->source), elapsed_ns);
    return 1;
}
