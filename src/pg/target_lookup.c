/*
 * The columns of a table come in one query, all of them, in the table's order; those that were
 * asked for are picked by their exact names. What is not found is explained with the same answer,
 * or with a second query for the tables that there are.
 */
#include "core/mem.h"
#include "core/near.h"
#include "pg/target.h"

#include <stdlib.h>
#include <string.h>

#define TABLES                                                                                     \
    "pg_class c join pg_namespace n on n.oid = c.relnamespace"                                     \
    " where c.relkind in ('r', 'p', 'v', 'f')"                                                     \
    " and (n.nspname = $1 or ($1::text is null and pg_table_is_visible(c.oid)))"

/* A domain is followed down to the type that it is made of. Written as one that begins with SELECT,
 * so that the proof of arrival (stats/arrival.c) sees that it writes no rows. */
static const char COLUMNS_SQL[] =
    "select coalesce(quote_ident($1) || '.', '') || quote_ident($2),"
    " b.attname, quote_ident(b.attname), b.written, format_type(nullif(t.typarray, 0), -1),"
    " b.type, b.typmod, b.required, t.typdelim "
    "from (with recursive base as ("
    "select a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) as written,"
    " a.atttypid as type, a.atttypmod as typmod, a.attnotnull as required"
    " from pg_attribute a where a.attnum > 0 and not a.attisdropped"
    " and a.attrelid = (select c.oid from " TABLES " and c.relname = $2) "
    "union all "
    "select b.attnum, b.attname, b.written,"
    " t.typbasetype, t.typtypmod, b.required or t.typnotnull"
    " from base b join pg_type t on t.oid = b.type where t.typtype = 'd') "
    "select * from base) b "
    "join pg_type t on t.oid = b.type where t.typtype <> 'd' order by b.attnum";

enum {
    FIELD_TABLE,
    FIELD_NAME,
    FIELD_SQL_NAME,
    FIELD_SQL_TYPE,
    FIELD_ARRAY_TYPE,
    FIELD_TYPE,
    FIELD_TYPMOD,
    FIELD_NOT_NULL,
    FIELD_DELIMITER
};

/* The second value is the table's that was not found, which is of no use here but to be given. */
static const char TABLES_SQL[] =
    "select c.relname from " TABLES " and c.relname <> $2 order by c.relname limit 10000";

/* ---- the table's name ------------------------------------------------------------------------ */

/* Take a part of the name, in double quotes or without, and write it to *to. NULL if it is none;
 * else what follows it. */
static const char *take_part(const char *from, char **to) {
    char *begin = *to;
    bool quoted = *from == '"';
    from += quoted;
    for (; *from != '\0' && (quoted || *from != '.'); from++) {
        if (quoted && *from == '"') {
            from++;
            quoted = *from == '"'; /* a quote in the part is written twice */
            if (!quoted) {
                break;
            }
        }
        *(*to)++ = *from;
    }
    bool ended = !quoted && (*from == '\0' || *from == '.');
    bool empty = *to == begin;
    *(*to)++ = '\0';
    return ended && !empty ? from : NULL;
}

static int split_name(BdLookup *lookup, const char *table, BdErr *err) {
    char *to = lookup->text;
    lookup->values[1] = to;
    const char *rest = take_part(table, &to);
    if (rest != NULL && *rest == '.') {
        lookup->values[0] = lookup->values[1];
        lookup->values[1] = to;
        rest = take_part(rest + 1, &to);
    }
    if (rest == NULL || *rest != '\0') {
        bd_err_set(err, BD_E_CONFIG, 0, "\"%s\" is no name of a table", table);
        return bd_err_hint(err, "write table or schema.table, and a part that holds dots itself in "
                                "double quotes");
    }
    return 0;
}

/* ---- the columns ----------------------------------------------------------------------------- */

static int no_memory(BdErr *err) {
    return bd_err_set(err, BD_E_NOMEM, 0, "no memory for the columns of a table");
}

static int find_row(const BdAnswer *answer, const char *column) {
    int rows = bd_answer_rows(answer);
    int row = 0;
    while (row < rows && strcmp(bd_answer_value(answer, row, FIELD_NAME), column) != 0) {
        row++;
    }
    return row < rows ? row : -1;
}

static int unknown_column(const BdAnswer *answer, const char *table, const char *column,
                          BdErr *err) {
    BdNear near;
    bd_near_init(&near, column);
    for (int row = 0; row < bd_answer_rows(answer); row++) {
        bd_near_consider(&near, bd_answer_value(answer, row, FIELD_NAME));
    }
    bd_err_set(err, BD_E_CONFIG, 0, "table %s has no column \"%s\"", table, column);
    return near.name == NULL ? -1 : bd_err_hint(err, "did you mean \"%s\"?", near.name);
}

/* Copy a field of the answer, which may be NULL there. */
static int copy_field(char **to, const BdAnswer *answer, int row, int field, BdErr *err) {
    const char *value = bd_answer_value(answer, row, field);
    *to = value == NULL ? NULL : bd_strdup(value);
    return value != NULL && *to == NULL ? no_memory(err) : 0;
}

static int fill_column(BdTargetColumn *column, const BdAnswer *answer, int row, BdErr *err) {
    column->type = (uint32_t)strtoul(bd_answer_value(answer, row, FIELD_TYPE), NULL, 10);
    column->typmod = (int32_t)strtol(bd_answer_value(answer, row, FIELD_TYPMOD), NULL, 10);
    column->delimiter = bd_answer_value(answer, row, FIELD_DELIMITER)[0];
    column->not_null = bd_answer_value(answer, row, FIELD_NOT_NULL)[0] == 't';
    if (copy_field(&column->name, answer, row, FIELD_NAME, err) != 0 ||
        copy_field(&column->sql_name, answer, row, FIELD_SQL_NAME, err) != 0 ||
        copy_field(&column->sql_type, answer, row, FIELD_SQL_TYPE, err) != 0) {
        return -1;
    }
    return copy_field(&column->array_type, answer, row, FIELD_ARRAY_TYPE, err);
}

static int fill_columns(BdTarget *target, const BdAnswer *answer, const char *const *columns,
                        BdErr *err) {
    for (uint32_t i = 0; i < target->count; i++) {
        int row = find_row(answer, columns[i]);
        if (row < 0) {
            return unknown_column(answer, target->name, columns[i], err);
        }
        for (uint32_t before = 0; before < i; before++) {
            if (strcmp(columns[before], columns[i]) == 0) {
                return bd_err_set(err, BD_E_CONFIG, 0, "column \"%s\" of table %s is named twice",
                                  columns[i], target->name);
            }
        }
        if (fill_column(&target->columns[i], answer, row, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- the target ------------------------------------------------------------------------------ */

static int unknown_table(const BdLookup *lookup, const BdAnswer *tables, const BdSession *session,
                         BdErr *err) {
    BdNear near;
    bd_near_init(&near, lookup->values[1]);
    for (int row = 0; row < bd_answer_rows(tables); row++) {
        bd_near_consider(&near, bd_answer_value(tables, row, 0));
    }
    bd_err_set(err, BD_E_CONFIG, 0, "there is no table %s with columns in %s", lookup->table,
               bd_session_description(session));
    return near.name == NULL ? -1 : bd_err_hint(err, "did you mean \"%s\"?", near.name);
}

static int make(BdTarget **out, const BdAnswer *answer, const char *table,
                const char *const *columns, uint32_t count, BdErr *err) {
    BdTarget *target = bd_alloc(sizeof(*target));
    if (target == NULL) {
        return no_memory(err);
    }
    target->count = count;
    target->name = bd_strdup(table);
    target->columns = bd_alloc_array(count, sizeof(*target->columns));
    if (target->name == NULL || target->columns == NULL) {
        bd_target_free(target);
        return no_memory(err);
    }
    if (copy_field(&target->sql_name, answer, 0, FIELD_TABLE, err) != 0 ||
        fill_columns(target, answer, columns, err) != 0) {
        bd_target_free(target);
        return -1;
    }
    *out = target;
    return 0;
}

/* ---- looking up ------------------------------------------------------------------------------ */

bool bd_lookup_asks(const char *sql) {
    return strcmp(sql, COLUMNS_SQL) == 0 || strcmp(sql, TABLES_SQL) == 0;
}

int bd_lookup_begin(BdLookup *lookup, const char *table, BdErr *err) {
    *lookup = (BdLookup){.sql = COLUMNS_SQL,
                         .table = bd_strdup(table),
                         .text = bd_alloc_array(1, strlen(table) + 2)};
    int status = lookup->table == NULL || lookup->text == NULL ? no_memory(err)
                                                               : split_name(lookup, table, err);
    if (status != 0) {
        bd_lookup_end(lookup);
    }
    return status;
}

int bd_lookup_answer(BdLookup *lookup, BdTarget **out, const BdAnswer *answer,
                     const BdSession *session, const char *const *columns, uint32_t count,
                     BdErr *err) {
    *out = NULL;
    if (lookup->sql == TABLES_SQL) {
        return unknown_table(lookup, answer, session, err);
    }
    if (bd_answer_rows(answer) == 0) {
        lookup->sql = TABLES_SQL;
        return 0;
    }
    return make(out, answer, lookup->table, columns, count, err);
}

void bd_lookup_end(BdLookup *lookup) {
    bd_free(lookup->table);
    bd_free(lookup->text);
    *lookup = (BdLookup){.sql = NULL};
}

static int ask(BdLookup *lookup, BdTarget **out, BdSession *session, const char *const *columns,
               uint32_t count, BdErr *err) {
    BdAnswer *answer = NULL;
    if (bd_session_query(session, lookup->sql, lookup->values, 2, &answer, err) != 0) {
        return bd_err_wrap(err, "cannot look up the columns of table %s", lookup->table);
    }
    int status = bd_lookup_answer(lookup, out, answer, session, columns, count, err);
    bd_answer_free(answer);
    return status;
}

int bd_target_new(BdTarget **out, BdSession *session, const char *table, const char *const *columns,
                  uint32_t count, BdErr *err) {
    *out = NULL;
    if (count == 0) {
        return bd_err_set(err, BD_E_CONFIG, 0, "no columns of table %s are named", table);
    }
    BdLookup lookup;
    if (bd_lookup_begin(&lookup, table, err) != 0) {
        return -1;
    }
    int status = 0;
    while (status == 0 && *out == NULL) {
        status = ask(&lookup, out, session, columns, count, err);
    }
    bd_lookup_end(&lookup);
    return status;
}
