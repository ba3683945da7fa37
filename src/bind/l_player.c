#include "bind/l_player.h"

#include "bind/fail.h"
#include "bind/guard.h"
#include "bind/l_plan.h"
#include "bind/l_source.h"
#include "bind/table.h"
#include "run/task.h"

#include <stdio.h>

/* User values of a player: what it must keep alive. */
enum { PLAN = 1, SOURCE };

typedef enum Stage {
    IDLE,  /* no record; start() goes to READY */
    READY, /* next() goes to ASKED, or to IDLE when the record is done or has failed */
    ASKED  /* answer() goes to READY, or to IDLE when the record has failed */
} Stage;

typedef struct Player {
    BdObject object;
    BdTask *task;
    BdLuaPlan *plan;
    BdLuaSource *source;
    BdRecord record; /* the one under way, */
    int64_t turn;    /* and the source's turn that it is of */
    Stage stage;
    bool fills; /* the answer to the request under way stays in a slot: */
    uint32_t slot;
} Player;

static void release_player(void *object) {
    Player *self = object;
    bd_task_free(self->task);
    self->task = NULL;
}

static const BdType player_type = {
    .name = BD_OBJECT_PREFIX "player",
    .bytes = sizeof(Player),
    .values = SOURCE,
    .release = release_player,
};

/* The record under way has come to an end. */
static void finish(Player *self) {
    self->task->ops->reset(self->task);
    self->stage = IDLE;
}

/* The player, if it stands where the method needs it to. */
static Player *check_stage(lua_State *lua, Stage stage, const char *otherwise) {
    Player *self = bd_object_check(lua, 1, &player_type);
    if (self->stage != IDLE && self->turn != self->source->turn) {
        finish(self);
        luaL_error(lua, "the source has gone on to another record");
    }
    if (self->stage != stage) {
        luaL_error(lua, "%s", otherwise);
    }
    return self;
}

int bd_lua_plan_player(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    lua_settop(lua, 2);
    BdLuaPlan *plan = bd_lua_check_plan(lua, 1);
    BdLuaSource *source = bd_lua_check_source(lua, 2);
    bd_lua_plan_must_fit(lua, 1, 2);
    Player *self = bd_object_new(lua, &player_type);
    self->plan = plan;
    self->source = source;
    lua_pushvalue(lua, 1);
    lua_setiuservalue(lua, 3, PLAN);
    lua_pushvalue(lua, 2);
    lua_setiuservalue(lua, 3, SOURCE);
    bd_plan_assume_columns(plan->plan);
    const BdPlanTaskOpts opts = {.one_by_one = true};
    if (bd_plan_task_new(&self->task, plan->plan, &opts, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    self->object.open = true;
    return 1;
}

static int start(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    Player *self = bd_object_check(lua, 1, &player_type);
    finish(self);
    bd_plan_task_forget(self->task);
    if (!bd_lua_source_current(self->source, &self->record)) {
        return luaL_error(lua, "the source has no current record");
    }
    int result = self->task->ops->start(self->task, &self->record, &err);
    self->stage = result == 0 ? READY : IDLE;
    self->turn = self->source->turn;
    return bd_lua_done(lua, result, &err);
}

static void push_params(lua_State *lua, const BdRequest *request) {
    uint32_t count = request->statement == NULL ? 0 : request->statement->params;
    lua_createtable(lua, (int)count, 1);
    for (uint32_t i = 0; i < count; i++) {
        if (request->values[i] != NULL) {
            lua_pushstring(lua, request->values[i]);
            lua_rawseti(lua, -2, (lua_Integer)i + 1);
        }
    }
    lua_pushinteger(lua, count);
    lua_setfield(lua, -2, "n");
}

static void push_columns(lua_State *lua, const Player *self) {
    const char *const *names = NULL;
    uint32_t count = bd_plan_slot_columns(self->plan->plan, self->slot, &names);
    lua_createtable(lua, (int)count, 0);
    for (uint32_t i = 0; i < count; i++) {
        lua_pushstring(lua, names[i]);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

static int next(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    BdRequest request = {0};
    Player *self = check_stage(lua, READY, "next() comes after start() or answer()");
    lua_settop(lua, 1);
    switch (self->task->ops->next(self->task, &request, &err)) {
    case BD_NEXT_DONE:
        finish(self);
        lua_pushnil(lua);
        return 1;
    case BD_NEXT_FAILED:
        finish(self);
        return bd_lua_fail(lua, &err);
    case BD_NEXT_REQUEST:
        break;
    }
    self->stage = ASKED;
    self->fills = bd_plan_task_slot(self->task, &self->slot);
    lua_pushstring(lua, request.statement == NULL ? request.text : request.statement->sql);
    push_params(lua, &request);
    if (!self->fills) {
        return 2;
    }
    lua_pushinteger(lua, (lua_Integer)self->slot + 1);
    push_columns(lua, self);
    return 4;
}

/* Push an array of the values in rows (stack index 2), for the columns that the plan takes. */
static const char **push_values(const BdTable *rows, uint32_t count, const char *const *names,
                                uint32_t columns) {
    lua_State *lua = rows->lua;
    const char **values = bd_scratch_push(lua, (size_t)count * columns, sizeof(*values));
    for (uint32_t i = 0; i < count; i++) {
        lua_rawgeti(lua, rows->index, (lua_Integer)i + 1);
        BdTable row = bd_table_at(lua, -1, NULL, "row %u", (unsigned)i + 1);
        for (uint32_t j = 0; j < columns; j++) {
            values[i * columns + j] = bd_table_string_or(&row, names[j], NULL);
        }
        lua_pop(lua, 1);
    }
    return values;
}

static int answer(lua_State *lua) {
    static const char *const no_column[] = {"?column?"}; /* rows must have one to be counted */
    BdErr err = BD_ERR_INIT;
    BdAnswer *given = NULL;
    Player *self = check_stage(lua, ASKED, "answer() comes after next()");
    lua_settop(lua, 2);
    BdTable rows = bd_table_at(lua, 2, NULL, "player:answer");
    const char *const *names = no_column;
    uint32_t columns = 0;
    if (self->fills) {
        columns = bd_plan_slot_columns(self->plan->plan, self->slot, &names);
    }
    if (columns == 0) {
        names = no_column;
        columns = 1;
    }
    lua_Unsigned count = lua_rawlen(lua, 2);
    if (count > INT32_MAX) {
        return luaL_argerror(lua, 2, "too many rows");
    }
    const char **values = push_values(&rows, (uint32_t)count, names, columns);
    if (bd_answer_new(&given, names, (int)columns, values, (int)count, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    int result = self->task->ops->answer(self->task, given, &err);
    self->stage = READY;
    if (result != 0) {
        finish(self);
    }
    return bd_lua_done(lua, result, &err);
}

static const luaL_Reg methods[] = {
    {"start", start},
    {"next", next},
    {"answer", answer},
    {NULL, NULL},
};

void bd_lua_open_player(lua_State *lua) {
    bd_object_register(lua, &player_type, methods);
}
