/*
 * scripted_session_copy.c - COPY with data, on a scripted libpq.
 */
#include "support/memory.h"
#include "support/scripted_kit.h"

#define COPY_SEND                                                                                  \
    {.call = "PQsendQuery", .given = "copy t from stdin", .returns = 1}, ZERO("PQflush")
/* clang-format off */
#define PUT(what) ZERO("PQflush"), {.call = "PQputCopyData", .given = (what), .returns = 1}
#define PUT_END   ZERO("PQflush"), {.call = "PQputCopyEnd", .given = "", .returns = 1}
/* clang-format on */

static const PqReply copy_in = {.status = PGRES_COPY_IN, .tag = ""};
static const PqReply copied = {.status = PGRES_COMMAND_OK, .tag = "COPY 2"};

static void begin(Kit *kit, size_t n, bool binary) {
    static const char data[200000];
    const BdRequest request = {.kind = BD_REQUEST_COPY,
                               .text = "copy t from stdin",
                               .data = {.p = data, .n = n},
                               .binary = binary};
    kit_init(kit, BD_PROTOCOL_PREPARED);
    assert_int_equal(bd_session_send(kit->session, &request, &kit->err), 0);
    assert_int_equal(kit_step(kit), BD_IO_READ);
}

static void data_is_sent_in_pieces_as_the_socket_takes_it(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        COPY_SEND,
        READ,
        BUSY,
        READ,
        RESULT(copy_in),
        PUT("65531 bytes"),
        SUCCESS("PQflush"), /* something is left */
        SUCCESS("PQflush"), /* still */
        PUT("65531 bytes"),
        PUT("18938 bytes"),
        PUT_END,
        SUCCESS("PQflush"),
        BUSY,
        ZERO("PQflush"),
        READ,
        RESULT(copied),
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    begin(&kit, 150000, false);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    assert_int_equal(kit_step(&kit), BD_IO_WRITE);
    assert_int_equal(kit_step(&kit), BD_IO_WRITE);
    assert_int_equal(kit_step(&kit), BD_IO_WRITE);
    kit_check_answer(&kit, "COPY 2");
    kit_deinit(&kit);
}

static void binary_data_has_a_header_and_a_trailer(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        COPY_SEND,
        READ,
        RESULT(copy_in),
        PUT("19 bytes"),
        PUT("16 bytes"),
        PUT("2 bytes"),
        PUT_END,
        ZERO("PQflush"),
        BUSY,
        READ,
        RESULT(copied),
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    begin(&kit, 16, true);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "COPY 2");
    kit_deinit(&kit);
}

static void a_connection_may_be_lost_at_each_call(void **state) {
    (void)state;
    static const char lost[] = "server closed the connection unexpectedly\n";
    static const PqStep flushing[] = {
        CONNECT,
        COPY_SEND,
        READ,
        RESULT(copy_in),
        {.call = "PQflush", .returns = -1, .lost = lost},
        {.call = "PQgetResult", .reply = NULL},
    };
    static const PqStep putting[] = {
        CONNECT,
        COPY_SEND,
        READ,
        RESULT(copy_in),
        ZERO("PQflush"),
        {.call = "PQputCopyData", .returns = -1, .lost = lost},
        {.call = "PQgetResult", .reply = NULL},
    };
    static const PqStep ending[] = {
        CONNECT,
        COPY_SEND,
        READ,
        RESULT(copy_in),
        PUT("16 bytes"),
        ZERO("PQflush"),
        {.call = "PQputCopyEnd", .returns = -1, .lost = lost},
        {.call = "PQgetResult", .reply = NULL},
    };
    for (int i = 0; i < 3; i++) {
        Kit kit;
        i == 0 ? PQ_SCRIPT(flushing) : i == 1 ? PQ_SCRIPT(putting) : PQ_SCRIPT(ending);
        begin(&kit, 16, false);
        kit_check_failure(&kit, BD_E_CONN, "",
                          "the connection was lost: server closed the connection unexpectedly");
        assert_false(bd_session_busy(kit.session));
        kit_deinit(&kit);
    }
}

static void a_refusal_says_where_it_is(void **state) {
    (void)state;
    static const PqReply refusal = {.status = PGRES_FATAL_ERROR,
                                    .severity = "ERROR",
                                    .sqlstate = "22P02",
                                    .primary = "no integer",
                                    .context =
                                        "SQL function \"COPY f\"\nCOPY t, line 3, column a\nx"};
    static const PqStep steps[] = {
        CONNECT,
        COPY_SEND,
        READ,
        RESULT(copy_in),
        PUT("16 bytes"),
        PUT_END,
        ZERO("PQflush"),
        BUSY,
        READ,
        RESULT(refusal),
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    begin(&kit, 16, false);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "22P02", "no integer (COPY t, line 3, column a)");
    kit_deinit(&kit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(data_is_sent_in_pieces_as_the_socket_takes_it),
        CASE(binary_data_has_a_header_and_a_trailer),
        CASE(a_connection_may_be_lost_at_each_call),
        CASE(a_refusal_says_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
