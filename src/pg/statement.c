/*
 * The text is walked as PostgreSQL's own scanner walks it, as far as that is needed to tell a
 * parameter from the same characters in quotes, comments and names. Strings are read as
 * standard_conforming_strings = on has them: a backslash is special after E alone.
 */
#include "pg/statement.h"

#include "core/mem.h"
#include "pg/target.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MAX_PARAMS 65535 /* the protocol counts them in 16 bits */

typedef struct Scan {
    const char *at;    /* what comes next */
    const char *end;   /* the zero byte */
    const char *wrong; /* what the scan failed for; NULL while all is well */
    bool solid;        /* there was more than blanks, comments and semicolons */
} Scan;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* Names begin with a letter, an underscore or any byte beyond ASCII. */
static bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* The character `ahead` places on; the zero byte at the end and beyond. */
static char look(const Scan *scan, ptrdiff_t ahead) {
    return ahead < scan->end - scan->at ? scan->at[ahead] : '\0';
}

static void fail(Scan *scan, const char *wrong) {
    scan->wrong = wrong;
    scan->at = scan->end;
}

/* A string goes on where the next one follows after blanks with a line end among them. */
static bool string_goes_on(Scan *scan) {
    const char *p = scan->at;
    bool line_end = false;
    for (; is_blank(*p); p++) {
        line_end = line_end || *p == '\n' || *p == '\r';
    }
    if (!line_end || *p != '\'') {
        return false;
    }
    scan->at = p;
    return true;
}

static void skip_string(Scan *scan, bool escapes) {
    do {
        scan->at++;
        while (scan->at < scan->end && (*scan->at != '\'' || look(scan, 1) == '\'')) {
            bool pair = *scan->at == '\'' || (escapes && *scan->at == '\\');
            scan->at += pair && scan->at + 1 < scan->end ? 2 : 1;
        }
        if (scan->at == scan->end) {
            fail(scan, "a string is not closed");
            return;
        }
        scan->at++;
    } while (string_goes_on(scan));
}

static void skip_quoted_name(Scan *scan) {
    const char *close = memchr(scan->at + 1, '"', (size_t)(scan->end - scan->at - 1));
    if (close == NULL) {
        fail(scan, "a quoted name is not closed");
        return;
    }
    scan->at = close + 1; /* a doubled quote is read as two names, which comes to the same */
}

static void skip_line_comment(Scan *scan) {
    scan->at += strcspn(scan->at, "\r\n");
}

static void skip_block_comment(Scan *scan) {
    int depth = 0;
    do {
        if (scan->at == scan->end) {
            fail(scan, "a comment is not closed");
            return;
        }
        if (look(scan, 0) == '/' && look(scan, 1) == '*') {
            depth++;
            scan->at += 2;
        } else if (look(scan, 0) == '*' && look(scan, 1) == '/') {
            depth--;
            scan->at += 2;
        } else {
            scan->at++;
        }
    } while (depth > 0);
}

/* A name, or the E of a string with escapes. */
static void skip_name(Scan *scan) {
    if ((*scan->at == 'e' || *scan->at == 'E') && look(scan, 1) == '\'') {
        scan->at++;
        skip_string(scan, true);
        return;
    }
    while (begins_name(look(scan, 0)) || is_digit(look(scan, 0)) || look(scan, 0) == '$') {
        scan->at++;
    }
}

/* $tag$ ... $tag$, or a dollar that means nothing here. */
static void skip_dollar(Scan *scan) {
    ptrdiff_t n = 1;
    while (begins_name(look(scan, n)) || (n > 1 && is_digit(look(scan, n)))) {
        n++;
    }
    if (look(scan, n) != '$') {
        scan->at++;
        return;
    }
    size_t length = (size_t)n + 1;
    const char *p = scan->at + length;
    while ((p = strchr(p, '$')) != NULL && strncmp(p, scan->at, length) != 0) {
        p++;
    }
    if (p == NULL) {
        fail(scan, "a dollar-quoted string is not closed");
        return;
    }
    scan->at = p + length;
}

/* The number of the parameter at scan->at. */
static uint32_t read_param(Scan *scan) {
    uint32_t number = 0;
    for (scan->at++; is_digit(look(scan, 0)); scan->at++) {
        number = number * 10 + (uint32_t)(*scan->at - '0');
        if (number > MAX_PARAMS) {
            fail(scan, "a parameter's number is greater than 65535");
            return 0;
        }
    }
    if (number == 0) {
        fail(scan, "there is no parameter $0: they are counted from 1");
    }
    return number;
}

/* Go over one piece of text that holds no parameter. */
static void skip(Scan *scan) {
    char c = *scan->at;
    if (c == '-' && look(scan, 1) == '-') {
        skip_line_comment(scan);
        return;
    }
    if (c == '/' && look(scan, 1) == '*') {
        skip_block_comment(scan);
        return;
    }
    scan->solid = scan->solid || !(is_blank(c) || c == ';');
    if (c == '\'') {
        skip_string(scan, false);
    } else if (c == '"') {
        skip_quoted_name(scan);
    } else if (c == '$') {
        skip_dollar(scan);
    } else if (begins_name(c)) {
        skip_name(scan);
    } else {
        scan->at++;
    }
}

/* Find the next parameter: its number, with *text set to what stands before it; 0 at the end, with
 * *text set to the rest. */
static uint32_t next_param(Scan *scan, BdSpan *text) {
    const char *from = scan->at;
    while (scan->at < scan->end) {
        if (*scan->at == '$' && is_digit(look(scan, 1))) {
            *text = (BdSpan){from, (size_t)(scan->at - from)};
            scan->solid = true;
            return read_param(scan);
        }
        skip(scan);
    }
    *text = (BdSpan){from, (size_t)(scan->end - from)};
    return 0;
}

static Scan scan_begin(const char *sql) {
    return (Scan){.at = sql, .end = sql + strlen(sql)};
}

/* Count the parameters, and refuse what is no statement. */
static int count_params(BdStatement *statement, BdErr *err) {
    Scan scan = scan_begin(statement->sql);
    BdSpan text;
    for (uint32_t number = next_param(&scan, &text); number > 0;
         number = next_param(&scan, &text)) {
        statement->count++;
        statement->params = number > statement->params ? number : statement->params;
    }
    if (scan.wrong != NULL) {
        return bd_err_set(err, BD_E_CONFIG, 0, "%s", scan.wrong);
    }
    if (!scan.solid) {
        return bd_err_set(err, BD_E_CONFIG, 0, "the statement is empty");
    }
    return 0;
}

static int split(BdStatement *statement, BdErr *err) {
    statement->pieces = bd_alloc_array((size_t)statement->count + 1, sizeof(BdSpan));
    statement->numbers = bd_alloc_array(statement->count, sizeof(uint32_t));
    if (statement->pieces == NULL || statement->numbers == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a statement");
    }
    Scan scan = scan_begin(statement->sql);
    for (uint32_t i = 0; i < statement->count; i++) {
        statement->numbers[i] = next_param(&scan, &statement->pieces[i]) - 1;
    }
    (void)next_param(&scan, &statement->pieces[statement->count]);
    return 0;
}

/* A number left out is nearly always a slip, and the server could not tell its type. */
static int check_gaps(const BdStatement *statement, BdErr *err) {
    bool *seen = bd_alloc_array(statement->params, sizeof(bool));
    if (seen == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a statement");
    }
    for (uint32_t i = 0; i < statement->count; i++) {
        seen[statement->numbers[i]] = true;
    }
    int status = 0;
    for (uint32_t i = 0; i < statement->params && status == 0; i++) {
        if (!seen[i]) {
            status =
                bd_err_set(err, BD_E_CONFIG, 0, "the statement has a parameter $%u, but no $%u",
                           statement->params, i + 1);
        }
    }
    bd_free(seen);
    return status;
}

/* A parenthesis may call a function that writes; SELECT INTO does so itself. */
static bool plainly_reads(const char *sql) {
    const char *begin = sql + strspn(sql, " \t\r\n");
    bool reads = strncasecmp(begin, "select", strlen("select")) == 0;
    for (const char *p = begin; reads && *p != '\0'; p++) {
        reads = *p != '(' && *p != ';' && strncasecmp(p, "into", strlen("into")) != 0;
    }
    return reads;
}

static bool begins_with(const char *sql, const char *word) {
    return strncasecmp(sql + strspn(sql, " \t\r\n"), word, strlen(word)) == 0;
}

/* What a savepoint undoes does not count: only of those that db:transaction sets it is known. */
static int check_savepoint(const char *sql, BdErr *err) {
    if (!begins_with(sql, "savepoint")) {
        return 0;
    }
    return bd_err_set(err, BD_E_CONFIG, 0,
                      "a record cannot set savepoints itself: use db:transaction, which is one "
                      "inside of a transaction");
}

int bd_statement_new(BdStatement **out, uint32_t id, const char *sql, BdErr *err) {
    *out = NULL;
    BdStatement *statement = bd_alloc(sizeof(*statement));
    if (statement == NULL || (statement->sql = bd_strdup(sql)) == NULL) {
        bd_statement_free(statement);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a statement");
    }
    statement->id = id;
    statement->reads = plainly_reads(sql) || bd_lookup_asks(sql);
    statement->commits = begins_with(sql, "commit") || begins_with(sql, "end");
    snprintf(statement->name, sizeof(statement->name), "bd_%u", id);
    if (check_savepoint(sql, err) != 0 || count_params(statement, err) != 0 ||
        split(statement, err) != 0 || check_gaps(statement, err) != 0) {
        bd_statement_free(statement);
        return -1;
    }
    *out = statement;
    return 0;
}

void bd_statement_free(BdStatement *statement) {
    if (statement == NULL) {
        return;
    }
    bd_free(statement->sql);
    bd_free(statement->pieces);
    bd_free(statement->numbers);
    bd_free(statement);
}
