/*
 * test_conninfo.c - connection strings: what is taken, what is refused, and that no password shows.
 */
#include "pg/conninfo.h"

#include "core/mem.h"
#include "pg/session.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void good_strings_are_taken(void **state) {
    (void)state;
    static const char *const cases[] = {
        NULL,
        "",
        "census",
        "postgresql://",
        "postgres://localhost/census",
        "postgresql://scott:tiger@localhost:5432/census?application_name=x",
        "postgresql://scott:t%40ger%2F@localhost/census",
        "postgresql://scott@a:5432,b:5433/census",
        "postgresql://scott@[::1]:5432/census",
        "postgresql://%2Ftmp%2Fx/census",
        "postgresql:///census?host=/tmp/x&password=tiger",
        "postgresql://scott:ti:ger?@localhost/census",
        "postgresql://localhost/a%40b",
        "host=/tmp/x user=scott password=tiger dbname=census",
        "host=a,b port=5432,5433 password='tig er\\''",
        "host=@abstract dbname=census",
        "dbname=a@b",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        BdErr err = BD_ERR_INIT;
        if (bd_conninfo_check(cases[i], &err) != 0) {
            fail_msg("%s: %s", cases[i], err.msg);
        }
    }
}

/* The password is made of these words, so that a part of it is found, too. */
static void check_hidden(const char *conninfo, const char *text) {
    static const char *const words[] = {"tiger", "lion", "zebra"};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strstr(text, words[i]) != NULL) {
            fail_msg("%s gives itself away: %s", conninfo, text);
        }
    }
}

static void bad_strings_are_refused_without_a_word_of_the_password(void **state) {
    (void)state;
    static const char *const cases[] = {
        "postgresql://scott:tiger@lion@localhost/census",
        "postgresql://scott:tiger/lion@localhost/census",
        "postgresql://scott:12/lion@localhost/census",
        "postgresql://scott:tiger",
        "postgresql://scott:tiger/census",
        "postgresql://scott:%zztiger@localhost/census",
        "postgresql://scott:tiger%@localhost/census",
        "postgresql://scott:tiger%2@localhost/census",
        "postgresql://scott:tiger%00@localhost/census",
        "postgresql://scott:tiger@[::1/census",
        "postgresql://scott:tiger@[]/census",
        "postgresql://scott:tiger@[::1]x/census",
        "postgresql://scott:tiger@localhost:port/census",
        "postgresql://scott:tiger@localhost/census?sslmod=x",
        "postgresql://scott:tiger@localhost/census?sslmode",
        "postgresql://localhost/census?password=tiger=lion",
        "postgresql://localhost/census?password=tiger&lion",
        "postgresql://localhost/census?password=tiger&lion=zebra",
        "postgresql://localhost/census?password=tiger%zz",
        "postgresql://localhost/census?pa%73sword=tiger&lion",
        "postgresql://localhost/census?tiger%20lion=x",
        "postgres://scott:ti[ger@tiger]@lion/census",
        "mysql://scott:tiger@localhost/census",
        "postgresql:/scott:tiger@localhost/census",
        "postgresql//scott:tiger@localhost/census",
        "scott:tiger@localhost",
        "scott:tiger@localhost/census?a=b",
        " postgresql://scott:tiger@localhost/census",
        "jdbc:postgresql://localhost/census?user=scott&password=tiger",
        "password=tiger lion host=localhost",
        "password=tiger lion=zebra",
        "password='tiger",
        "password='tiger'lion'",
        "password='tiger' 'lion'",
        "PASSWORD=tiger",
        "Password=tiger dbname=census",
        "pass=tiger",
        "host=localhost password=tiger port",
        "host=localhost password=tiger port=lion",
        "port=tiger,lion password=x",
        "host=scott:tiger@localhost",
        "dbname=postgresql://scott:tiger@localhost/census",
        "dbname='postgresql://scott:tiger@localhost/census' user=scott",
        "password=tiger\\ lion host=a zebra",
        "sslpassword=tiger lion",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        BdErr err = BD_ERR_INIT;
        BdSession *session = NULL;
        if (bd_conninfo_check(cases[i], &err) != -1) {
            fail_msg("%s was taken", cases[i]);
        }
        assert_int_equal(err.code, BD_E_CONFIG);
        assert_true(err.msg[0] != '\0' && err.hint[0] != '\0');
        check_hidden(cases[i], err.msg);
        check_hidden(cases[i], err.hint);
        assert_int_equal(bd_session_new(&session, cases[i], BD_PROTOCOL_PREPARED, &err), -1);
        assert_null(session);
        check_hidden(cases[i], err.msg);
    }
}

static void a_password_misplaced_in_the_environment_is_not_shown(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"PGDATABASE", "postgresql://scott:tiger@lion/census"},
        {"PGHOST", "scott:tiger@lion"},
        {"PGPORT", "tiger@lion"},
    };
    setenv("PGHOST", "/tmp", 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        BdErr err = BD_ERR_INIT;
        BdSession *session = NULL;
        setenv(cases[i][0], cases[i][1], 1);
        assert_int_equal(bd_session_new(&session, NULL, BD_PROTOCOL_PREPARED, &err), -1);
        unsetenv(cases[i][0]);
        check_hidden(cases[i][1], err.msg);
    }
    unsetenv("PGHOST");
}

static void without_a_password_the_slip_is_quoted(void **state) {
    (void)state;
    static const struct {
        const char *conninfo, *quoted;
    } cases[] = {
        {"hots=localhost", "invalid connection option \"hots\""},
        {"host=localhost census", "missing \"=\" after \"census\" in connection info string"},
        {"postgresql://localhost/census?sslmod=x", "invalid URI query parameter: \"sslmod\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        BdErr err = BD_ERR_INIT;
        assert_int_equal(bd_conninfo_check(cases[i].conninfo, &err), -1);
        assert_non_null(strstr(err.msg, cases[i].quoted));
        assert_null(strchr(err.msg, '\n'));
    }
}

static void secrets_are_masked_wherever_they_stand(void **state) {
    (void)state;
    static const struct {
        const char *text, *secret, *masked;
    } cases[] = {
        {"", "tiger", ""},
        {"a tiger", "tiger", "a ***"},
        {"tiger tiger", "tiger", "*** ***"},
        {"tigertiger!", "tiger", "******!"},
        {"tiger", "", "tiger"},
        {"tiger", NULL, "tiger"},
        {"aXbXc", "X", "a***b***c"},
        {"no lion", "tiger", "no lion"},
        {"a*b", "*", "a***b"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[64];
        snprintf(text, sizeof(text), "%s", cases[i].text);
        bd_conninfo_mask(text, sizeof(text), cases[i].secret);
        assert_string_equal(text, cases[i].masked);
    }
}

static void masking_stays_within_the_text_s_room(void **state) {
    (void)state;
    for (size_t size = 1; size <= 8; size++) {
        char text[16] = "";
        memset(text, 'X', size - 1);
        bd_conninfo_mask(text, size, "X");
        assert_int_equal(strlen(text), size - 1);
        assert_int_equal(strspn(text, "*"), size - 1);
    }
}

static void values_are_quoted(void **state) {
    (void)state;
    BdBuf buf = {0};
    assert_int_equal(bd_conninfo_append(&buf, "host", "/tmp/it's"), 0);
    assert_int_equal(bd_conninfo_append(&buf, "user", "a\\b c"), 0);
    assert_int_equal(bd_conninfo_append(&buf, "dbname", ""), 0);
    assert_int_equal(bd_buf_end(&buf), 0);
    assert_string_equal(buf.p, "host='/tmp/it\\'s' user='a\\\\b c' dbname=''");
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_conninfo_check(buf.p, &err), 0);
    bd_buf_deinit(&buf);
}

static void parts_are_changed_in_every_form(void **state) {
    (void)state;
    static const struct {
        const char *conninfo, *changed;
    } cases[] = {
        {NULL, "dbname='it\\'s' host='/tmp'"},
        {"", "dbname='it\\'s' host='/tmp'"},
        {"census", "dbname='it\\'s' host='/tmp'"},
        {"postgresql://joe:se%20cret@old:5433/census?sslmode=disable",
         "user='joe' password='se cret' dbname='it\\'s' host='/tmp' port='5433' sslmode='disable'"},
        {"host=old port=5433 dbname=census", "dbname='it\\'s' host='/tmp' port='5433'"},
    };
    const BdConninfoPart parts[] = {
        {"host", "/tmp"}, {"dbname", "it's"}, {"port", NULL}, {NULL, NULL}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        BdErr err = BD_ERR_INIT;
        BdBuf buf = {0};
        assert_int_equal(bd_conninfo_change(&buf, cases[i].conninfo, parts, &err), 0);
        assert_string_equal(buf.p, cases[i].changed);
        bd_buf_deinit(&buf);
    }
}

static void what_is_not_changed_stays(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdBuf buf = {0};
    const BdConninfoPart parts[] = {{"port", "5433"}, {NULL, NULL}};
    assert_int_equal(bd_conninfo_change(&buf, "census", parts, &err), 0);
    assert_string_equal(buf.p, "dbname='census' port='5433'");
    bd_buf_deinit(&buf);
    assert_int_equal(bd_conninfo_change(&buf, "postgresql://joe:secret@[broken", parts, &err), -1);
    check_hidden("postgresql://joe:secret@[broken", err.msg);
    bd_buf_deinit(&buf);
}

static void running_out_of_memory_changes_nothing(void **state) {
    (void)state;
    const BdConninfoPart parts[] = {{"port", "5433"}, {NULL, NULL}};
    int64_t live = bd_mem_live();
    BdErr err = BD_ERR_INIT;
    BdBuf buf = {0};
    bd_mem_fail_at(1);
    assert_int_equal(bd_conninfo_change(&buf, "census", parts, &err), -1);
    bd_mem_fail_at(0);
    assert_int_equal(err.code, BD_E_NOMEM);
    bd_buf_deinit(&buf);
    assert_int_equal(bd_mem_live(), live);
}

static void the_environment_is_asked_where_to_connect(void **state) {
    (void)state;
    static const char *const names[] = {"PGHOST",     "PGHOSTADDR", "PGPORT",
                                        "PGDATABASE", "PGSERVICE",  "PGUSER"};
    for (size_t i = 0; i < COUNT(names); i++) {
        unsetenv(names[i]);
    }
    assert_false(bd_session_environment());
    for (size_t i = 0; i < COUNT(names); i++) {
        setenv(names[i], "", 1);
        assert_false(bd_session_environment());
        setenv(names[i], "x", 1);
        assert_true(bd_session_environment());
        unsetenv(names[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(good_strings_are_taken),
        CASE(bad_strings_are_refused_without_a_word_of_the_password),
        CASE(a_password_misplaced_in_the_environment_is_not_shown),
        CASE(without_a_password_the_slip_is_quoted),
        CASE(secrets_are_masked_wherever_they_stand),
        CASE(masking_stays_within_the_text_s_room),
        CASE(values_are_quoted),
        CASE(parts_are_changed_in_every_form),
        CASE(what_is_not_changed_stays),
        CASE(running_out_of_memory_changes_nothing),
        CASE(the_environment_is_asked_where_to_connect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
