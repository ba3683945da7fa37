#include "pg/answer.h"

#include "core/mem.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

/* libpq asks for plain pointers to some things that it does not change. */
static void *plain(const void *p) {
    return (void *)(uintptr_t)p;
}

int bd_answer_rows(const BdAnswer *answer) {
    return PQntuples(answer);
}

int bd_answer_columns(const BdAnswer *answer) {
    return PQnfields(answer);
}

const char *bd_answer_column_name(const BdAnswer *answer, int column) {
    return column >= 0 && column < PQnfields(answer) ? PQfname(answer, column) : NULL;
}

int bd_answer_column(const BdAnswer *answer, const char *name) {
    int columns = PQnfields(answer);
    for (int i = 0; i < columns; i++) {
        if (strcmp(PQfname(answer, i), name) == 0) {
            return i;
        }
    }
    return -1;
}

uint32_t bd_answer_column_type(const BdAnswer *answer, int column) {
    return PQftype(answer, column);
}

const char *bd_answer_value(const BdAnswer *answer, int row, int column) {
    return PQgetisnull(answer, row, column) ? NULL : PQgetvalue(answer, row, column);
}

/* NULL has no bytes, either. */
BdSpan bd_answer_span(const BdAnswer *answer, int row, int column) {
    size_t n = (size_t)PQgetlength(answer, row, column);
    bool is_null = n == 0 && PQgetisnull(answer, row, column);
    return (BdSpan){is_null ? NULL : PQgetvalue(answer, row, column), n};
}

const char *bd_answer_command(const BdAnswer *answer) {
    const char *tag = PQcmdStatus(plain(answer));
    return tag == NULL ? "" : tag;
}

bool bd_answer_executed(const BdAnswer *answer) {
    return bd_answer_command(answer)[0] != '\0' || PQresultStatus(answer) == PGRES_TUPLES_OK;
}

/* SELECT, FETCH and MOVE count rows too, but have not written them. */
static bool counts_rows_read(const char *tag) {
    return tag[0] == 'S' || tag[0] == 'F' || (tag[0] == 'M' && tag[1] == 'O');
}

/* The command tag ends with the number, if it has one: "INSERT 0 1", "UPDATE 5". */
int64_t bd_answer_touched(const BdAnswer *answer) {
    const char *tag = bd_answer_command(answer);
    if (counts_rows_read(tag)) {
        return 0;
    }
    int64_t number = 0;
    int64_t unit = 1;
    for (size_t n = strlen(tag); n > 0 && tag[n - 1] >= '0' && tag[n - 1] <= '9'; n--) {
        number += unit * (tag[n - 1] - '0');
        unit *= 10;
    }
    return number;
}

size_t bd_answer_bytes(const BdAnswer *answer) {
    return PQresultMemorySize(answer);
}

void bd_answer_free(BdAnswer *answer) {
    PQclear(answer);
}

static int set_columns(PGresult *result, const char *const *names, int columns) {
    PGresAttDesc *attributes = bd_alloc_array((size_t)columns, sizeof(*attributes));
    if (attributes == NULL) {
        return -1;
    }
    for (int i = 0; i < columns; i++) {
        attributes[i].name = plain(names[i]);
    }
    int done = PQsetResultAttrs(result, columns, attributes);
    bd_free(attributes);
    return done ? 0 : -1;
}

static int set_values(PGresult *result, const char *const *values, int rows, int columns) {
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            const char *value = *values++;
            int n = value == NULL ? -1 : (int)strlen(value);
            if (!PQsetvalue(result, row, column, plain(value), n)) {
                return -1;
            }
        }
    }
    return 0;
}

int bd_answer_new(BdAnswer **out, const char *const *names, int columns, const char *const *values,
                  int rows, BdErr *err) {
    *out = NULL;
    PGresult *result = PQmakeEmptyPGresult(NULL, columns > 0 ? PGRES_TUPLES_OK : PGRES_COMMAND_OK);
    if (result == NULL || set_columns(result, names, columns) != 0 ||
        set_values(result, values, rows, columns) != 0) {
        PQclear(result);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for an answer");
    }
    *out = result;
    return 0;
}
