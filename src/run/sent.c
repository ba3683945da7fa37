#include "run/sent.h"

/* Requests of one operation, one after the other. */
typedef struct Run {
    uint32_t op;
    uint32_t requests;
} Run;

int bd_sent_init(BdSent *sent) {
    return bd_fifo_init(&sent->runs, sizeof(Run));
}

void bd_sent_deinit(BdSent *sent) {
    bd_fifo_deinit(&sent->runs);
}

int bd_sent_push(BdSent *sent, uint32_t op) {
    Run *last = bd_sent_empty(sent) ? NULL : bd_fifo_back(&sent->runs);
    if (last != NULL && last->op == op) {
        last->requests++;
        return 0;
    }
    const Run run = {.op = op, .requests = 1};
    return bd_fifo_push(&sent->runs, &run);
}

bool bd_sent_empty(const BdSent *sent) {
    return bd_fifo_empty(&sent->runs);
}

uint32_t bd_sent_pop(BdSent *sent) {
    Run *run = bd_fifo_front(&sent->runs);
    uint32_t op = run->op;
    if (--run->requests == 0) {
        bd_fifo_pop(&sent->runs);
    }
    return op;
}

void bd_sent_reset(BdSent *sent) {
    bd_fifo_reset(&sent->runs);
}
