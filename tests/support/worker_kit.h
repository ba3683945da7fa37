/*
 * worker_kit.h - a worker on a stage: its session and its task are made up, do what the test says,
 * and write down in a log what they were asked for.
 *
 * The session stands in for src/pg, so it is for one test program alone, which includes it once.
 */
#ifndef BD_TEST_WORKER_KIT_H
#define BD_TEST_WORKER_KIT_H

#include "core/mem.h"
#include "pg/session.h"
#include "run/worker.h"
#include "support/numbers.h"

#include <stdio.h>
#include <string.h>

static char log_text[2048];

static inline void note(const char *what) {
    size_t used = strlen(log_text);
    snprintf(log_text + used, sizeof(log_text) - used, "%s%s", used > 0 ? " " : "", what);
}

/* What happened since the last call, in order. */
static inline void expect_log(const char *expected) {
    assert_string_equal(log_text, expected);
    log_text[0] = '\0';
}

/* ---- the session ---- */

/* What one call of bd_session_step() comes to. */
typedef struct Happens {
    BdIo io;
    int64_t touched; /* DONE */
    BdErrCode code;  /* FAILED */
    const char *sqlstate;
} Happens;

/* clang-format off */
#define READ           {.io = BD_IO_READ}
#define WRITE          {.io = BD_IO_WRITE}
#define DONE(n)        {.io = BD_IO_DONE, .touched = (n)}
#define FAILED(how)    {.io = BD_IO_FAILED, .code = (how), .sqlstate = "23505"}
#define REFUSED(state) {.io = BD_IO_FAILED, .code = BD_E_SQL, .sqlstate = (state)}
/* clang-format on */

struct BdSession {
    const Happens *next;
    BdErrCode send_fails; /* BD_E_NONE: it does not */
    bool in_transaction;
    const char *under_way;
};

struct pg_result {
    int64_t touched;
};

int bd_session_send(BdSession *session, const BdRequest *request, BdErr *err) {
    const char *text = request->kind == BD_REQUEST_TEXT      ? request->text
                       : request->kind == BD_REQUEST_PREPARE ? "prepare"
                                                             : "request";
    note(text);
    assert_null(session->under_way);
    if (session->send_fails != BD_E_NONE) {
        return bd_err_set(err, session->send_fails, 0, "not sent");
    }
    session->under_way = text;
    return 0;
}

int bd_session_send_sql(BdSession *session, const char *sql, const char *const *values,
                        uint32_t count, BdErr *err) {
    char text[64];
    (void)sql;
    assert_int_equal(count, 4);
    snprintf(text, sizeof(text), "mark:%s:%s", values[2], values[3]);
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = text};
    int status = bd_session_send(session, &request, err);
    session->under_way = session->under_way != NULL ? "mark" : NULL;
    return status;
}

BdIo bd_session_step(BdSession *session, BdAnswer **answer, BdErr *err) {
    const Happens *now = session->next++;
    assert_non_null(session->under_way);
    if (now->io == BD_IO_READ || now->io == BD_IO_WRITE) {
        return now->io;
    }
    const char *text = session->under_way;
    session->under_way = NULL;
    if (strcmp(text, "commit") == 0 || strcmp(text, "rollback") == 0) {
        session->in_transaction = false;
    } else if (strcmp(text, "begin") == 0) {
        session->in_transaction = now->io == BD_IO_DONE;
    }
    if (now->io == BD_IO_FAILED) {
        session->in_transaction = session->in_transaction && now->code != BD_E_CONN;
        bd_err_set(err, now->code, 0, "no");
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", now->sqlstate);
        return BD_IO_FAILED;
    }
    *answer = bd_alloc(sizeof(**answer));
    assert_non_null(*answer);
    (*answer)->touched = now->touched;
    return BD_IO_DONE;
}

int bd_session_fd(const BdSession *session) {
    (void)session;
    return 42;
}

bool bd_session_in_transaction(const BdSession *session) {
    assert_null(session->under_way);
    return session->in_transaction;
}

bool bd_session_busy(const BdSession *session) {
    return session->under_way != NULL;
}

bool bd_session_drained(const BdSession *session) {
    (void)session;
    return false;
}

bool bd_session_in_pipeline(const BdSession *session) {
    (void)session;
    return false;
}

bool bd_session_transaction_failed(const BdSession *session) {
    (void)session;
    return false;
}

bool bd_answer_executed(const BdAnswer *answer) {
    (void)answer;
    return true;
}

int64_t bd_answer_touched(const BdAnswer *answer) {
    return answer->touched;
}

void bd_answer_free(BdAnswer *answer) {
    bd_free(answer);
}

const char *bd_answer_command(const BdAnswer *answer) {
    (void)answer;
    return "";
}

size_t bd_answer_bytes(const BdAnswer *answer) {
    return sizeof(*answer);
}

/* ---- the pool ---- */

/* One session, which is opened again at the second try; of others it has only the number. */
struct BdPool {
    BdSession *session;
    uint32_t size;
    int tries;
};

uint32_t bd_pool_size(const BdPool *pool) {
    return pool->size;
}

BdSession *bd_pool_session(BdPool *pool, uint32_t i) {
    assert_int_equal(i, 0);
    return pool->session;
}

int bd_pool_reopen(BdPool *pool, BdSession **out, BdErr *err) {
    *out = pool->session;
    pool->tries++;
    return pool->tries % 2 == 0 ? 0 : bd_err_set(err, BD_E_CONN, 0, "not yet");
}

void bd_pool_replace(BdPool *pool, uint32_t i, BdSession *session) {
    assert_int_equal(i, 0);
    assert_ptr_equal(session, pool->session);
    assert_null(session->under_way);
}

const BdStatement *bd_pool_statement(const BdPool *pool, uint32_t n) {
    static const BdStatement one = {.params = 0};
    (void)pool;
    return n == 0 ? &one : NULL;
}

BdIo bd_session_connect(BdSession *session, BdErr *err) {
    (void)session;
    (void)err;
    return BD_IO_DONE;
}

void bd_session_free(BdSession *session) {
    (void)session;
}

uint32_t bd_source_file_number(const BdSource *source, const char *file) {
    (void)source;
    (void)file;
    return 0;
}

/* Not called: for the task of plans, which is linked with the worker. */
int bd_answer_rows(const BdAnswer *answer) {
    (void)answer;
    return 0;
}

const char *bd_answer_value(const BdAnswer *answer, int row, int column) {
    (void)answer;
    (void)row;
    (void)column;
    return NULL;
}

/* ---- the task ---- */

typedef struct FakeTask {
    BdTask task;
    int requests;             /* for each record */
    int asked;                /* of them, for this record */
    int last_requests;        /* at the end of each unit */
    int last_asked;           /* of them, for this unit */
    const char *const *texts; /* for each request: text to be sent as it is; NULL: a statement: */
    const BdStatement *statement;
    int64_t holds;     /* rows that each record leaves to be sent later */
    bool vague;        /* says so when it is refused */
    bool noting_units; /* writes the end of each down */
    bool start_fails;
    bool next_fails;
    bool answer_fails;
} FakeTask;

static FakeTask *fake(BdTask *task) {
    return (FakeTask *)task;
}

static int task_start(BdTask *task, const BdRecord *record, BdErr *err) {
    char text[32];
    snprintf(text, sizeof(text), "start:%s", bd_record_field(record, 0));
    note(text);
    fake(task)->asked = 0;
    return fake(task)->start_fails ? bd_err_set(err, BD_E_FORMAT, 0, "start failed") : 0;
}

static BdNext task_next(BdTask *task, BdRequest *request, BdErr *err) {
    if (fake(task)->next_fails) {
        bd_err_set(err, BD_E_FORMAT, 0, "next failed");
        return BD_NEXT_FAILED;
    }
    *request = (BdRequest){.kind = BD_REQUEST_EXECUTE, .statement = fake(task)->statement};
    if (fake(task)->texts != NULL && fake(task)->asked < fake(task)->requests &&
        fake(task)->texts[fake(task)->asked] != NULL) {
        *request =
            (BdRequest){.kind = BD_REQUEST_TEXT, .text = fake(task)->texts[fake(task)->asked]};
    }
    if (fake(task)->asked++ < fake(task)->requests) {
        return BD_NEXT_REQUEST;
    }
    task->held_rows += fake(task)->holds;
    return BD_NEXT_DONE;
}

static int task_answer(BdTask *task, BdAnswer *answer, BdErr *err) {
    note("answer");
    bd_answer_free(answer);
    return fake(task)->answer_fails ? bd_err_set(err, BD_E_FORMAT, 0, "answer failed") : 0;
}

static int task_refused(BdTask *task, BdErr *err) {
    note(task->careful ? "refused:careful" : "refused");
    task->vague = fake(task)->vague;
    return bd_err_wrap(err, "x.lua:1");
}

static void task_reset(BdTask *task) {
    (void)task;
    note("reset");
}

static void task_passed(BdTask *task, bool answered) {
    (void)task;
    (void)answered;
}

static BdNext task_finish(BdTask *task, BdRequest *request, BdErr *err) {
    (void)err;
    *request = (BdRequest){.kind = BD_REQUEST_EXECUTE};
    task->held_rows = 0;
    return fake(task)->last_asked++ < fake(task)->last_requests ? BD_NEXT_REQUEST : BD_NEXT_DONE;
}

static void task_settle(BdTask *task, bool stored) {
    if (fake(task)->noting_units) {
        note(stored ? "stored" : "undone");
    }
    fake(task)->last_asked = 0;
    task->held_rows = 0;
}

static void task_reopened(BdTask *task, BdSession *session) {
    (void)task;
    (void)session;
    note("reopened");
}

static void task_free(BdTask *task) {
    bd_free(task);
}

static const BdTaskOps fake_ops = {
    .start = task_start,
    .next = task_next,
    .answer = task_answer,
    .refused = task_refused,
    .reset = task_reset,
    .passed = task_passed,
    .finish = task_finish,
    .settle = task_settle,
    .reopened = task_reopened,
    .free = task_free,
};

/* ---- the stage ---- */

typedef struct Stage {
    BdWorkerOpts opts;
    BdWorker worker;
    BdCrew crew;
    BdSession session;
    BdPool pool;
    FakeTask *task;
    BdQueue *queue;
    BdControl control;
} Stage;

/* A worker whose task sends so many requests for each of the 9 records in the queue, and whose
 * session answers as `happens` says. One reject is allowed, and three tries. The options may be
 * changed before the first step. */
static inline void set_up(Stage *stage, bool transactions, int requests, const Happens *happens) {
    BdErr err = BD_ERR_INIT;
    log_text[0] = '\0';
    stage->session = (BdSession){.next = happens};
    stage->task = bd_alloc(sizeof(*stage->task));
    assert_non_null(stage->task);
    stage->task->task.ops = &fake_ops;
    stage->task->requests = requests;
    stage->queue = numbers_queue(0);
    for (int64_t i = 1; i <= 9; i++) {
        assert_int_equal(numbers_push(stage->queue, i, 1), 0);
    }
    assert_int_equal(bd_control_init(&stage->control, 1, &err), 0);
    stage->pool = (BdPool){.session = &stage->session, .size = 1};
    stage->opts = (BdWorkerOpts){.pool = &stage->pool,
                                 .queue = stage->queue,
                                 .control = &stage->control,
                                 .transactions = transactions,
                                 .unit_records = 1,
                                 .max_tries = 3};
    assert_int_equal(bd_crew_init(&stage->crew, false, NULL, &err), 0);
    assert_int_equal(
        bd_worker_init(&stage->worker, 0, &stage->task->task, &stage->crew, &stage->opts, &err), 0);
}

static inline void take_down(Stage *stage) {
    bd_worker_deinit(&stage->worker);
    bd_crew_deinit(&stage->crew);
    bd_queue_free(stage->queue);
    bd_control_deinit(&stage->control);
}

static inline void give(Stage *stage) {
    BdItem item;
    assert_int_equal(bd_queue_pop(stage->queue, &item, NULL), BD_POP_RECORD);
    bd_worker_give(&stage->worker, &item);
}

static inline void expect_want(Stage *stage, BdWant want) {
    assert_int_equal(bd_worker_step(&stage->worker), want);
}

static inline void expect_totals(const Stage *stage, int64_t records, int64_t failed, int64_t rows,
                                 int64_t statements) {
    BdTotals totals = bd_counters_sum(&stage->worker.counters, 1, sizeof(BdWorker));
    assert_int_equal(totals.records, records);
    assert_int_equal(totals.failed, failed);
    assert_int_equal(totals.rows, rows);
    assert_int_equal(totals.statements, statements);
}

static inline void expect_reject_at(Stage *stage, int64_t line, const char *sqlstate,
                                    const char *reason) {
    assert_int_equal(bd_rejects_count(&stage->control.rejects), 1);
    const BdReject *reject = &stage->control.rejects.samples[0];
    assert_string_equal(reject->file, "numbers");
    assert_int_equal(reject->line, line);
    assert_string_equal(reject->sqlstate, sqlstate);
    assert_string_equal(reject->reason, reason);
}

static inline void expect_reject(Stage *stage, const char *sqlstate, const char *reason) {
    expect_reject_at(stage, 1, sqlstate, reason);
}

static inline void expect_fatal(const Stage *stage, BdErrCode code, const char *message) {
    assert_true(stage->control.failed);
    assert_int_equal(stage->control.fatal.code, code);
    assert_string_equal(stage->control.fatal.msg, message);
    assert_int_equal(bd_control_stopped(&stage->control), BD_STOP_DRAIN);
}

#endif
