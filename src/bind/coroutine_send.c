#include "bind/coroutine_task_impl.h"

BdCare bd_coroutine_care(const BdCoroutineTask *run) {
    if (run->task.careful) {
        return BD_CARE_SAVEPOINTS;
    }
    return bd_session_in_transaction(run->ask.session) ? BD_CARE_WHOLE : BD_CARE_PARTS;
}

/* Make room to note whether the statement is prepared on this session. */
static int note_statement(BdCoroutineTask *run, uint32_t id, BdErr *err) {
    while (run->prepared.len <= id) {
        if (bd_buf_append(&run->prepared, "", 1) != 0) {
            return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u statements", id + 1);
        }
    }
    return 0;
}

/* Are the statements that are asked for sent together? The simple protocol cannot. */
static bool is_pipeline(const BdCoroutineTask *run) {
    return run->ask.count > 1 && run->protocol != BD_PROTOCOL_SIMPLE;
}

bool bd_coroutine_in_pipeline(const BdCoroutineTask *run, const BdAskItem *item) {
    return is_pipeline(run) || run->ask.pipelines > 0 || item->detached;
}

/* Does another request follow the item's in the same pipeline? */
static bool more_follows(const BdCoroutineTask *run, const BdAskItem *item) {
    bool last = item->kind == BD_ASK_SYNC || run->sent + 1 == run->ask.count;
    return item->detached || (is_pipeline(run) && !last);
}

/* Has the item's statement to be prepared first? */
static bool must_prepare(const BdCoroutineTask *run, const BdAskItem *item) {
    return item->statement != NULL && run->protocol == BD_PROTOCOL_PREPARED &&
           run->prepared.p[item->statement->id] == 0;
}

static void fill_request(const BdCoroutineTask *run, const BdAskItem *item, BdRequest *request) {
    static const BdRequestKind kinds[] = {
        [BD_ASK_TEXT] = BD_REQUEST_TEXT, [BD_ASK_SYNC] = BD_REQUEST_SYNC};
    *request = (BdRequest){.statement = item->statement, .text = item->text};
    request->kind = item->statement != NULL ? BD_REQUEST_EXECUTE : kinds[item->kind];
    request->values = (const char *const *)(void *)run->ask.values.p + item->first;
    request->more = more_follows(run, item);
}

/* The request for the next item to be sent, or for preparing its statement if that was not done. */
static BdNext send_item(BdCoroutineTask *run, BdRequest *request, BdErr *err) {
    BdAskItem *item = bd_ask_item(&run->ask, run->sent);
    BdFlight flight = {.detached = item->detached,
                       .item = run->sent,
                       .statement = item->statement,
                       .place = item->place};
    if (item->statement != NULL && note_statement(run, item->statement->id, err) != 0) {
        return BD_NEXT_FAILED;
    }
    fill_request(run, item, request);
    flight.prepares = must_prepare(run, item);
    if (flight.prepares) {
        request->kind = BD_REQUEST_PREPARE;
        request->more = bd_coroutine_in_pipeline(run, item);
    }
    if (bd_fifo_push(&run->flights, &flight) != 0) {
        bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a request");
        return BD_NEXT_FAILED;
    }
    if (flight.prepares) {
        run->prepared.p[item->statement->id] = 1;
    } else {
        run->sent++;
    }
    run->ask.open = request->more;
    return BD_NEXT_REQUEST;
}

BdNext bd_coroutine_end_part(BdCoroutineTask *run, BdRequest *request, BdErr *err) {
    static const BdFlight sync = {.detached = true};
    *request = (BdRequest){.kind = BD_REQUEST_SYNC};
    run->ask.open = false;
    if (bd_fifo_push(&run->flights, &sync) == 0) {
        return BD_NEXT_REQUEST;
    }
    bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a request");
    return BD_NEXT_FAILED;
}

BdNext bd_coroutine_ship(BdCoroutineTask *run, BdRequest *request, BdErr *err) {
    BdAsk *ask = &run->ask;
    if (ask->cargo == NULL || ask->broken) {
        return BD_NEXT_DONE;
    }
    if (ask->open && bd_cargo_rows(ask->cargo) > 0) { /* COPY cannot be in a pipeline */
        return bd_coroutine_end_part(run, request, err);
    }
    return bd_cargo_next(ask->cargo, bd_coroutine_care(run), request, err);
}

BdNext bd_coroutine_send(BdCoroutineTask *run, BdRequest *request, BdErr *err) {
    BdNext shipped = run->ask.ships ? bd_coroutine_ship(run, request, err) : BD_NEXT_DONE;
    run->ask.ships = shipped != BD_NEXT_DONE;
    return shipped == BD_NEXT_DONE ? send_item(run, request, err) : shipped;
}
