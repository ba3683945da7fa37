/*
 * test_copy_text.c - values as the lines of a text COPY, against one byte after the other.
 */
#include "pg/copy_text.h"

#include "core/mem.h"
#include "support/memory.h"
#include "support/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { LONGEST = 40 };

static void expect(const char *const *values, uint32_t count, const char *line) {
    BdBuf data = {0};
    Row row;
    assert_int_equal(bd_copy_text_row(&data, row_init(&row, values, count), count, 0), 0);
    assert_int_equal(data.len, strlen(line));
    assert_memory_equal(data.p, line, data.len);
    bd_buf_deinit(&data);
}

/* The line of one value, the simple way. */
static void write_simply(char *to, const char *value) {
    static const char special[] = "\\\t\n\r";
    static const char behind[] = "\\tnr";
    for (; *value != '\0'; value++) {
        const char *found = strchr(special, *value);
        if (found != NULL) {
            *to++ = '\\';
        }
        *to++ = found != NULL ? behind[found - special] : *value;
    }
    *to++ = '\n';
    *to = '\0';
}

static void a_row_is_a_line(void **state) {
    (void)state;
    expect((const char *const[]){"1", NULL, "", "a\tb"}, 4, "1\t\\N\t\ta\\tb\n");
}

static void any_byte_at_any_place_is_written_as_it_must_be(void **state) {
    (void)state;
    for (size_t n = 1; n <= LONGEST; n++) {
        for (size_t place = 0; place < n; place++) {
            for (int byte = 1; byte < 256; byte++) {
                char value[LONGEST + 1] = {0};
                char line[2 * LONGEST + 2];
                memset(value, 'x', n);
                value[place] = (char)byte;
                write_simply(line, value);
                expect((const char *const[]){value}, 1, line);
            }
        }
    }
}

static void what_must_be_escaped_everywhere_is(void **state) {
    (void)state;
    for (size_t n = 0; n <= LONGEST; n++) {
        char value[LONGEST + 1] = {0};
        char line[2 * LONGEST + 2];
        memset(value, '\n', n);
        write_simply(line, value);
        expect((const char *const[]){value}, 1, line);
    }
}

static void without_memory_nothing_is_added(void **state) {
    (void)state;
    const char *const values[] = {"1",
                                  "some text that is longer than the first buffer can ever be, "
                                  "which has room for sixty-four bytes"};
    BdBuf data = {0};
    Row row;
    const BdSeries *columns = row_init(&row, values, 2);
    assert_int_equal(bd_copy_text_row(&data, columns, 1, 0), 0);
    size_t before = data.len;
    bd_mem_fail_at(1);
    assert_int_equal(bd_copy_text_row(&data, columns, 2, 0), -1);
    bd_mem_fail_at(0);
    assert_int_equal(data.len, before);
    bd_buf_deinit(&data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_row_is_a_line),
        CASE(any_byte_at_any_place_is_written_as_it_must_be),
        CASE(what_must_be_escaped_everywhere_is),
        CASE(without_memory_nothing_is_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
