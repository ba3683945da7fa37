/*
 * test_delayed.c - bytes that are handed on later.
 */
#include "pg/delayed.h"

#include "core/clock.h"
#include "core/mem.h"
#include "support/memory.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* Two connections: the way reads what is written to in[0]; what it hands on is read from out[1]. */
typedef struct Line {
    int in[2], out[2];
    BdDelayed way;
} Line;

static void open_line(Line *line) {
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, line->in), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, line->out), 0);
    fcntl(line->in[1], F_SETFL, O_NONBLOCK);
    fcntl(line->out[0], F_SETFL, O_NONBLOCK);
    fcntl(line->out[1], F_SETFL, O_NONBLOCK);
    bd_delayed_init(&line->way, line->in[1], line->out[0]);
}

static void close_line(Line *line) {
    bd_delayed_deinit(&line->way);
    close(line->in[0]);
    close(line->in[1]);
    close(line->out[0]);
    close(line->out[1]);
}

static void put(const Line *line, const char *text) {
    assert_int_equal(write(line->in[0], text, strlen(text)), (int)strlen(text));
}

static void expect(const Line *line, const char *text) {
    char bytes[64];
    ssize_t n = read(line->out[1], bytes, sizeof(bytes));
    assert_int_equal(n < 0 ? 0 : n, (int)strlen(text));
    assert_memory_equal(bytes, text, strlen(text));
}

static void bytes_are_handed_on_when_they_are_due(void **state) {
    (void)state;
    Line line;
    open_line(&line);
    put(&line, "one");
    bd_delayed_read(&line.way, 1000, 500);
    put(&line, "two");
    bd_delayed_read(&line.way, 1200, 500);
    assert_int_equal(bd_delayed_due_ns(&line.way), 1500);
    bd_delayed_write(&line.way, 1499);
    expect(&line, "");
    bd_delayed_write(&line.way, 1500);
    expect(&line, "one");
    assert_int_equal(bd_delayed_due_ns(&line.way), 1700);
    bd_delayed_write(&line.way, 2000);
    expect(&line, "two");
    assert_int_equal(bd_delayed_due_ns(&line.way), INT64_MAX);
    close_line(&line);
}

static void the_end_comes_after_the_bytes(void **state) {
    (void)state;
    Line line;
    open_line(&line);
    put(&line, "last");
    shutdown(line.in[0], SHUT_WR);
    bd_delayed_read(&line.way, 0, 100);
    bd_delayed_read(&line.way, 0, 100);
    assert_true(line.way.ended);
    assert_false(line.way.over);
    assert_false(bd_delayed_takes(&line.way));
    bd_delayed_write(&line.way, 100);
    assert_true(line.way.over);
    expect(&line, "last");
    expect(&line, "");
    close_line(&line);
}

static void it_takes_no_more_than_so_much(void **state) {
    (void)state;
    static char block[65536];
    Line line;
    open_line(&line);
    int64_t taken = 0;
    while (bd_delayed_takes(&line.way)) {
        ssize_t n = write(line.in[0], block, sizeof(block));
        assert_true(n > 0);
        taken += n;
        bd_delayed_read(&line.way, 0, BD_NS_PER_S);
        bd_delayed_read(&line.way, 0, BD_NS_PER_S);
        assert_true(taken < INT64_C(64) * 1024 * 1024);
    }
    bd_delayed_write(&line.way, 2 * BD_NS_PER_S); /* as much as the other end takes */
    assert_true(bd_delayed_takes(&line.way));
    close_line(&line);
}

static void an_end_that_breaks_ends_it(void **state) {
    (void)state;
    Line line;
    open_line(&line);
    put(&line, "lost");
    bd_delayed_read(&line.way, 0, 0);
    shutdown(line.out[1], SHUT_RDWR);
    bd_delayed_write(&line.way, 1);
    assert_true(line.way.over);
    close_line(&line);
}

static void no_memory_ends_it(void **state) {
    (void)state;
    Line line;
    open_line(&line);
    put(&line, "lost");
    bd_mem_fail_at(1);
    bd_delayed_read(&line.way, 0, 0);
    bd_mem_fail_at(0);
    assert_true(line.way.over);
    close_line(&line);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(bytes_are_handed_on_when_they_are_due),
        CASE(the_end_comes_after_the_bytes),
        CASE(it_takes_no_more_than_so_much),
        CASE(an_end_that_breaks_ends_it),
        CASE(no_memory_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
