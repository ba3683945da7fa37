/*
 * shipment_kit.h - a shipment with a session of a throwaway server, and rows sent through it.
 *
 * What must not fail here ends the case.
 */
#ifndef BD_TEST_SHIPMENT_KIT_H
#define BD_TEST_SHIPMENT_KIT_H

#include "run/shipment.h"

#include "support/database.h"
#include "support/row.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { FIRST = BD_METHOD_VALUES, LAST = BD_METHOD_COPY_BINARY }; /* of the methods */

typedef struct Kit {
    BdSession *session;
    BdTarget *target;
    BdShipment *shipment;
    int requests; /* that were sent */
} Kit;

/* Columns: an array of names, ended by NULL. The shipment's care is BD_CARE_PARTS. */
static inline void kit_init(Kit *kit, BdMethod method, BdProtocol protocol, const char *table,
                            const char *const *columns) {
    BdErr err = BD_ERR_INIT;
    uint32_t count = 0;
    while (columns[count] != NULL) {
        count++;
    }
    *kit = (Kit){.session = database_session(protocol)};
    if (bd_target_new(&kit->target, kit->session, table, columns, count, &err) != 0 ||
        bd_shipment_new(&kit->shipment, kit->target, method, protocol, 100, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    bd_shipment_reset(kit->shipment, BD_CARE_PARTS);
}

static inline void kit_deinit(Kit *kit) {
    bd_shipment_free(kit->shipment);
    bd_target_free(kit->target);
    bd_session_free(kit->session);
}

static inline void kit_run(Kit *kit, const char *sql) {
    bd_answer_free(database_run(kit->session, sql));
}

static inline void kit_begin(Kit *kit) {
    bd_shipment_begin(kit->shipment);
}

static inline int kit_try(Kit *kit, const char *const *values, BdErr *err) {
    Row row;
    return bd_shipment_add(kit->shipment, row_init(&row, values, kit->target->count), 1, err);
}

static inline void kit_add(Kit *kit, const char *const *values) {
    BdErr err = BD_ERR_INIT;
    if (kit_try(kit, values, &err) != 0) {
        fail_msg("%s", err.msg);
    }
}

/* Wait for an answer, and give it to the shipment. */
static inline int kit_take(Kit *kit, BdErr *err) {
    BdAnswer *answer = NULL;
    for (;;) {
        BdIo io = bd_session_step(kit->session, &answer, err);
        if (io == BD_IO_DONE) {
            bd_shipment_answer(kit->shipment, answer);
            return 0;
        }
        if (io == BD_IO_FAILED) {
            return err->code == BD_E_SQL ? bd_shipment_refused(kit->shipment, err) : -1;
        }
        struct pollfd fd = {.fd = bd_session_fd(kit->session),
                            .events = io == BD_IO_READ ? POLLIN : POLLIN | POLLOUT};
        poll(&fd, 1, -1);
    }
}

/* Send what was added: -1 with what is passed up. */
static inline int kit_ship(Kit *kit, BdErr *err) {
    for (;;) {
        BdRequest request;
        if (bd_session_busy(kit->session)) {
            if (kit_take(kit, err) != 0) {
                return -1;
            }
            continue;
        }
        switch (bd_shipment_next(kit->shipment, &request, err)) {
        case BD_NEXT_DONE:
            return 0;
        case BD_NEXT_FAILED:
            return -1;
        default:
            kit->requests++;
            if (bd_session_send(kit->session, &request, err) != 0) {
                return -1;
            }
        }
    }
}

static inline void kit_ship_all(Kit *kit) {
    BdErr err = BD_ERR_INIT;
    if (kit_ship(kit, &err) != 0 || bd_shipment_check(kit->shipment, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    assert_int_equal(bd_shipment_rows(kit->shipment), 0);
}

#endif
