#include "bind/l_connection.h"

#include "bind/answer_rows.h"
#include "bind/fail.h"
#include "bind/guard.h"
#include "bind/object.h"
#include "bind/table.h"
#include "bind/text.h"
#include "pg/conninfo.h"
#include "pg/session.h"

#define MOST_PARAMETERS 65535 /* of the protocol */

typedef struct Connection {
    BdObject object;
    BdSession *session;
} Connection;

static void release_connection(void *object) {
    Connection *self = object;
    BdSession *session = self->session;
    self->session = NULL;
    bd_session_free(session);
}

static const BdType connection_type = {
    .name = BD_OBJECT_PREFIX "connection",
    .bytes = sizeof(Connection),
    .release = release_connection,
};

static BdSession *check_session(lua_State *lua) {
    const Connection *self = bd_object_check(lua, 1, &connection_type);
    return self->session;
}

static int connect_to(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    const char *conninfo = bd_lua_opt_text(lua, 1);
    Connection *self = bd_object_new(lua, &connection_type);
    if (bd_session_open(&self->session, conninfo, BD_PROTOCOL_EXTENDED, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    self->object.open = true;
    return 1;
}

/* An answer under guard: a pointer to it. */
static void release_answer(void *data) {
    BdAnswer **answer = data;
    bd_answer_free(*answer);
}

static void push_rows(lua_State *lua, const BdAnswer *answer) {
    int columns = bd_answer_columns(answer);
    int rows = bd_answer_rows(answer);
    lua_createtable(lua, rows, 0);
    for (int i = 0; i < rows; i++) {
        lua_createtable(lua, 0, columns);
        for (int j = 0; j < columns; j++) {
            lua_pushstring(lua, bd_answer_value(answer, i, j)); /* nil for NULL */
            lua_setfield(lua, -2, bd_answer_column_name(answer, j));
        }
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

/* Send the SQL at the argument with the values after it; leaves the answer, under guard, on the
 * stack. NULL with *err. */
static const BdAnswer *send_query(lua_State *lua, BdSession *session, int sql, BdErr *err) {
    const char *text = bd_lua_check_text(lua, sql);
    int count = lua_gettop(lua) - sql;
    luaL_argcheck(lua, count <= MOST_PARAMETERS, sql + 1, "too many parameters");
    const char **values = bd_scratch_push(lua, (size_t)count, sizeof(*values));
    char *room = bd_scratch_push(lua, (size_t)count, BD_NUMBER_BYTES);
    for (int i = 0; i < count; i++) {
        values[i] = bd_lua_check_value(lua, sql + 1 + i, room + i * BD_NUMBER_BYTES).p;
    }
    BdAnswer **answer = bd_guard_push(lua, sizeof(BdAnswer *), release_answer);
    if (bd_session_query(session, text, values, (uint32_t)count, answer, err) != 0) {
        return NULL;
    }
    return *answer;
}

static int query(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    const BdAnswer *answer = send_query(lua, check_session(lua), 2, &err);
    if (answer == NULL) {
        return bd_lua_fail(lua, &err);
    }
    push_rows(lua, answer);
    return 1;
}

int bd_lua_ask(lua_State *lua, BdSession *session, int sql) {
    BdErr err = BD_ERR_INIT;
    const BdAnswer *answer = send_query(lua, session, sql, &err);
    if (answer == NULL) {
        return bd_lua_fail(lua, &err);
    }
    bd_lua_push_answer_rows(lua, answer);
    lua_pushinteger(lua, (lua_Integer)bd_answer_touched(answer));
    return 2;
}

static int ask(lua_State *lua) {
    return bd_lua_ask(lua, check_session(lua), 2);
}

int bd_lua_in_transaction(lua_State *lua, const BdSession *session) {
    lua_pushboolean(lua, bd_session_in_transaction(session));
    lua_pushboolean(lua, bd_session_transaction_failed(session));
    return 2;
}

static int in_transaction(lua_State *lua) {
    return bd_lua_in_transaction(lua, check_session(lua));
}

static int execute(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    BdSession *session = check_session(lua);
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = bd_lua_check_text(lua, 2)};
    int result = bd_session_ask(session, &request, &answer, &err);
    bd_answer_free(answer);
    return bd_lua_done(lua, result, &err);
}

static int server_version(lua_State *lua) {
    int version = bd_session_server_version(check_session(lua));
    lua_pushfstring(lua, "%d.%d", version / 10000, version % 10000);
    lua_pushinteger(lua, version);
    return 2;
}

static int parameter(lua_State *lua) {
    const BdSession *session = check_session(lua);
    lua_pushstring(lua, bd_session_parameter(session, bd_lua_check_text(lua, 2)));
    return 1;
}

static int description(lua_State *lua) {
    lua_pushstring(lua, bd_session_description(check_session(lua)));
    return 1;
}

static int environment(lua_State *lua) {
    lua_pushboolean(lua, bd_session_environment());
    return 1;
}

static void release_buf(void *data) {
    bd_buf_deinit(data);
}

/* core.conninfo(string or nil, { host=, port=, user=, dbname= }): one with these in it. */
static int change_conninfo(lua_State *lua) {
    static const char *const keys[] = {"host", "port", "user", "dbname", NULL};
    BdErr err = BD_ERR_INIT;
    BdConninfoPart parts[sizeof(keys) / sizeof(keys[0])] = {{NULL, NULL}};
    const char *conninfo = bd_lua_opt_text(lua, 1);
    BdTable table = bd_table_at(lua, 2, keys, "core.conninfo");
    for (int i = 0; keys[i] != NULL; i++) {
        parts[i] = (BdConninfoPart){keys[i], bd_table_string_or(&table, keys[i], NULL)};
    }
    BdBuf *buf = bd_guard_push(lua, sizeof(*buf), release_buf);
    if (bd_conninfo_change(buf, conninfo, parts, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    lua_pushlstring(lua, buf->p, buf->len);
    return 1;
}

static const luaL_Reg methods[] = {
    {"ask", ask},
    {"description", description},
    {"execute", execute},
    {"in_transaction", in_transaction},
    {"parameter", parameter},
    {"query", query},
    {"server_version", server_version},
    {NULL, NULL},
};

void bd_lua_open_connection(lua_State *lua) {
    bd_object_register(lua, &connection_type, methods);
    lua_pushcfunction(lua, connect_to);
    lua_setfield(lua, -2, "connect");
    lua_pushcfunction(lua, change_conninfo);
    lua_setfield(lua, -2, "conninfo");
    lua_pushcfunction(lua, environment);
    lua_setfield(lua, -2, "environment");
}
