#include "pg/target.h"

#include "core/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void bd_target_free(BdTarget *target) {
    if (target == NULL) {
        return;
    }
    for (uint32_t i = 0; target->columns != NULL && i < target->count; i++) {
        BdTargetColumn *column = &target->columns[i];
        bd_free(column->name);
        bd_free(column->sql_name);
        bd_free(column->sql_type);
        bd_free(column->array_type);
    }
    bd_free(target->columns);
    bd_free(target->name);
    bd_free(target->sql_name);
    bd_free(target);
}

uint32_t bd_target_max_rows(const BdTarget *target) {
    return BD_TARGET_MAX_VALUES / target->count;
}

/* "verb t (a, b)" */
static int append_head(const BdTarget *target, const char *verb, BdBuf *sql) {
    if (bd_buf_append_str(sql, verb) != 0 || bd_buf_append_str(sql, target->sql_name) != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < target->count; i++) {
        if (bd_buf_append_str(sql, i == 0 ? " (" : ", ") != 0 ||
            bd_buf_append_str(sql, target->columns[i].sql_name) != 0) {
            return -1;
        }
    }
    return bd_buf_append_str(sql, ")");
}

static int append_param(BdBuf *sql, const char *before, uint32_t number, const char *after) {
    char digits[16];
    snprintf(digits, sizeof(digits), "$%u", number);
    if (bd_buf_append_str(sql, before) != 0 || bd_buf_append_str(sql, digits) != 0) {
        return -1;
    }
    return bd_buf_append_str(sql, after);
}

/* "($1, $2)" */
static int append_row(const BdTarget *target, uint32_t row, BdBuf *sql) {
    for (uint32_t i = 0; i < target->count; i++) {
        if (append_param(sql, i == 0 ? "(" : ", ", row * target->count + i + 1, "") != 0) {
            return -1;
        }
    }
    return bd_buf_append_str(sql, ")");
}

/* The end of a writer: -1 leaves the buffer as it was. */
static int end_sql(BdBuf *sql, size_t begun, int status) {
    if (status == 0 && bd_buf_end(sql) == 0) {
        return 0;
    }
    sql->len = begun;
    return -1;
}

static int append_insert(const BdTarget *target, uint32_t rows, BdBuf *sql) {
    if (append_head(target, "insert into ", sql) != 0 || bd_buf_append_str(sql, " values ") != 0) {
        return -1;
    }
    for (uint32_t row = 0; row < rows; row++) {
        if ((row > 0 && bd_buf_append_str(sql, ", ") != 0) || append_row(target, row, sql) != 0) {
            return -1;
        }
    }
    return 0;
}

int bd_target_insert_sql(const BdTarget *target, uint32_t rows, BdBuf *sql) {
    assert(rows >= 1 && rows <= bd_target_max_rows(target));
    size_t begun = sql->len;
    return end_sql(sql, begun, append_insert(target, rows, sql));
}

static int append_unnest(const BdTarget *target, BdBuf *sql) {
    if (append_head(target, "insert into ", sql) != 0 ||
        bd_buf_append_str(sql, " select * from unnest(") != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < target->count; i++) {
        assert(target->columns[i].array_type != NULL);
        if (append_param(sql, i == 0 ? "" : ", ", i + 1, "::") != 0 ||
            bd_buf_append_str(sql, target->columns[i].array_type) != 0) {
            return -1;
        }
    }
    return bd_buf_append_str(sql, ")");
}

int bd_target_unnest_sql(const BdTarget *target, BdBuf *sql) {
    size_t begun = sql->len;
    return end_sql(sql, begun, append_unnest(target, sql));
}

int bd_target_copy_sql(const BdTarget *target, bool binary, BdBuf *sql) {
    size_t begun = sql->len;
    const char *end = binary ? " from stdin (format binary)" : " from stdin";
    int status =
        append_head(target, "copy ", sql) == 0 && bd_buf_append_str(sql, end) == 0 ? 0 : -1;
    return end_sql(sql, begun, status);
}
