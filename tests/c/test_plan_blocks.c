/*
 * test_plan_blocks.c - plans with pipelines, transactions and answers that are kept: which requests
 * they come to, and what becomes of a refused one.
 */
#include "core/mem.h"
#include "run/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const BdList REST = {.kind = BD_LIST_REST};

/* ---- helpers ---- */

/* A plan from a text: a letter for each operation, each at a place of its own: x.lua:1 and so on.
 * P S, B C: pipeline and sync, begin and commit; Z N: loop over the record's list, and its end;
 * e: statement with the list's element; x: one without values; o: one; k: cached, with the
 * record's first field. */
static BdPlan *plan_of(const char *letters) {
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = NULL;
    const BdValue element = {.from = BD_VALUE_ELEMENT};
    const BdValue field = {.from = BD_VALUE_FIELD};
    int failed = bd_plan_new(&plan, "data", 1, &err);
    for (uint32_t i = 0; letters[i] != '\0' && failed == 0; i++) {
        char where[16];
        snprintf(where, sizeof(where), "x.lua:%u", i + 1);
        switch (letters[i]) {
        case 'P':
            failed = bd_plan_add_mark(plan, BD_OP_PIPELINE, where, &err);
            break;
        case 'S':
            failed = bd_plan_add_mark(plan, BD_OP_SYNC, where, &err);
            break;
        case 'B':
            failed = bd_plan_add_mark(plan, BD_OP_BEGIN, where, &err);
            break;
        case 'C':
            failed = bd_plan_add_mark(plan, BD_OP_COMMIT, where, &err);
            break;
        case 'Z':
            failed = bd_plan_add_zip(plan, &REST, 1, 0, where, &err);
            break;
        case 'N':
            failed = bd_plan_add_end(plan, 0, &err);
            break;
        case 'e':
            failed = bd_plan_add_statement(plan, BD_OP_EXEC, "e $1", &element, 1, 0, where, &err);
            break;
        case 'o':
            failed = bd_plan_add_statement(plan, BD_OP_ONE, "o", NULL, 0, i, where, &err);
            break;
        case 'k':
            failed = bd_plan_add_statement(plan, BD_OP_CACHED, "k $1", &field, 1, i, where, &err);
            break;
        default:
            failed = bd_plan_add_statement(plan, BD_OP_EXEC, "x", NULL, 0, 0, where, &err);
        }
    }
    assert_int_equal(failed, 0);
    return plan;
}

static BdTask *task_of(BdPlan *plan, bool one_by_one) {
    BdErr err = BD_ERR_INIT;
    BdTask *task = NULL;
    const BdPlanTaskOpts opts = {.one_by_one = one_by_one};
    if (bd_plan_end(plan, &err) != 0 || bd_plan_task_new(&task, plan, &opts, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    return task;
}

static BdAnswer *one_row(void) {
    static const char *const names[] = {"x"};
    static const char *const values[] = {"1"};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_answer_new(&answer, names, 1, values, 1, &err), 0);
    return answer;
}

/* How a record goes: its requests, ", " after those whose answers were waited for, " " after the
 * others; at the end "done", or why it failed. */
typedef struct Play {
    BdTask *task;
    char text[512];
    int refuse;    /* the request of this number is refused, from 1, and what follows in its part */
    int requests;  /* sent so far */
    int answered;  /* of them */
    bool refusing; /* within the part */
} Play;

static void note(Play *play, const char *text) {
    size_t used = strlen(play->text);
    snprintf(play->text + used, sizeof(play->text) - used, "%s", text);
}

static void note_request(Play *play, const BdRequest *request) {
    play->requests++;
    if (request->kind == BD_REQUEST_EXECUTE) {
        note(play, request->statement->sql);
        note(play, request->statement->params > 0 ? "=" : "");
        note(play, request->statement->params > 0 ? request->values[0] : "");
    } else {
        note(play, request->kind == BD_REQUEST_SYNC ? "SYNC" : request->text);
    }
    note(play, request->more ? " " : ", ");
}

/* Answer all requests that are not: false when the record has failed. */
static bool answer_all(Play *play, BdErr *err) {
    while (play->answered < play->requests) {
        play->refusing = ++play->answered == play->refuse || play->refusing;
        if (!play->refusing) {
            assert_int_equal(play->task->ops->answer(play->task, one_row(), err), 0);
            continue;
        }
        bd_err_set(err, BD_E_SQL, 0, play->answered == play->refuse ? "no" : "aborted");
        if (play->task->ops->refused(play->task, err) != 0) {
            return false;
        }
    }
    play->refusing = false;
    return true;
}

/* Play a record of the fields a, 1, 2; early: answers come as soon as they can. */
static void expect_play(BdTask *task, int refuse, bool early, const char *expected) {
    static char bytes[] = "a\0001\0002";
    static uint32_t offsets[] = {0, 2, 4, 6};
    const BdRecord record = {.text = bytes, .offsets = offsets, .fields = 3, .file = "f"};
    BdErr err = BD_ERR_INIT;
    BdRequest request = {0};
    Play play = {.task = task, .refuse = refuse};
    assert_int_equal(task->ops->start(task, &record, &err), 0);
    BdNext next = BD_NEXT_REQUEST;
    bool good = true;
    while (good && (next = task->ops->next(task, &request, &err)) == BD_NEXT_REQUEST) {
        note_request(&play, &request);
        bool refusing = play.refusing;
        good = (request.more && !early) || answer_all(&play, &err);
        play.refusing =
            request.more && (refusing || play.refusing || (refuse > 0 && play.answered == refuse));
    }
    note(&play, next == BD_NEXT_DONE && good ? "done" : err.msg);
    assert_string_equal(play.text, expected);
    task->ops->reset(task);
}

/* The same, both with early answers and late ones. */
static void expect(const char *letters, int refuse, const char *expected) {
    BdPlan *plan = plan_of(letters);
    BdTask *task = task_of(plan, false);
    for (int i = 0; i < 4; i++) {
        expect_play(task, refuse, i % 2 == 0, expected);
    }
    bd_task_free(task);
    bd_plan_free(plan);
}

/* ---- pipelines ---- */

static void a_pipeline_ends_with_sync(void **state) {
    (void)state;
    expect("PZeNSx", 0, "e $1=1 e $1=2 SYNC, x, done");
    expect("PxSPxS", 0, "x SYNC, x SYNC, done");
    expect("ZPexSN", 0, "e $1=1 x SYNC, e $1=2 x SYNC, done");
}

static void an_answer_that_is_needed_ends_a_part(void **state) {
    (void)state;
    expect("PxoxS", 0, "x o, x SYNC, done");
    expect("PoS", 0, "o, done");
}

static void a_pipeline_within_another_is_a_part_of_it(void **state) {
    (void)state;
    expect("PxPxSxS", 0, "x x x SYNC, done");
}

static void an_empty_pipeline_sends_nothing(void **state) {
    (void)state;
    expect("PSx", 0, "x, done");
}

static void a_refused_request_fails_the_record_at_its_place(void **state) {
    (void)state;
    BdPlan *plan = plan_of("PZexNSx");
    BdTask *task = task_of(plan, false);
    expect_play(task, 2, false, "e $1=1 x e $1=2 x SYNC, x.lua:4: no");
    expect_play(task, 2, true, "e $1=1 x x.lua:4: no");
    expect_play(task, 5, false, "e $1=1 x e $1=2 x SYNC, x.lua:6: no");
    expect_play(task, 6, false, "e $1=1 x e $1=2 x SYNC, x, x.lua:7: no");
    expect_play(task, 0, false, "e $1=1 x e $1=2 x SYNC, x, done");
    bd_task_free(task);
    bd_plan_free(plan);
}

static void what_ends_a_failed_part_is_refused_too(void **state) {
    (void)state;
    BdPlan *plan = plan_of("PxoxS");
    BdTask *task = task_of(plan, false);
    expect_play(task, 1, false, "x o, x.lua:2: no");
    expect_play(task, 2, false, "x o, x.lua:3: no");
    bd_task_free(task);
    bd_plan_free(plan);
}

static void one_by_one_there_are_no_pipelines(void **state) {
    (void)state;
    BdPlan *plan = plan_of("PZeNBxCS");
    BdTask *task = task_of(plan, true);
    expect_play(task, 0, true, "e $1=1, e $1=2, begin, x, commit, done");
    bd_task_free(task);
    bd_plan_free(plan);
}

/* ---- transactions ---- */

static void a_transaction_within_another_is_a_savepoint(void **state) {
    (void)state;
    expect("BxCx", 0, "begin, x, commit, x, done");
    expect("BBxCxC", 0, "begin, savepoint bigdata, x, release savepoint bigdata, x, commit, done");
    expect("PBxCS", 0, "begin x commit, done");
    expect("BPxSC", 0, "begin, x SYNC, commit, done");
}

static void the_refusal_of_a_transaction_is_told_with_its_place(void **state) {
    (void)state;
    expect("xBxC", 4, "x, begin, x, commit, x.lua:4: no");
}

/* ---- answers that are kept ---- */

static void what_was_asked_is_not_asked_again(void **state) {
    (void)state;
    BdPlan *plan = plan_of("kxk");
    BdTask *task = task_of(plan, false);
    expect_play(task, 0, true, "k $1=a, x, done");
    expect_play(task, 0, true, "x, done");
    bd_plan_task_forget(task);
    expect_play(task, 1, true, "k $1=a, x.lua:1: no");
    expect_play(task, 0, true, "k $1=a, x, done");
    bd_task_free(task);
    bd_plan_free(plan);
}

/* ---- what does not fit together ---- */

static void what_begins_must_end_in_its_turn(void **state) {
    (void)state;
    static const char *const wrong[] = {"Px", "Bx", "xS", "xC", "PBxSC", "ZPeNS"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        BdErr err = BD_ERR_INIT;
        BdPlan *plan = plan_of(wrong[i]);
        assert_int_equal(bd_plan_end(plan, &err), -1);
        assert_non_null(strstr(err.msg, "x.lua:"));
        bd_plan_free(plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipeline_ends_with_sync),
        cmocka_unit_test(an_answer_that_is_needed_ends_a_part),
        cmocka_unit_test(a_pipeline_within_another_is_a_part_of_it),
        cmocka_unit_test(an_empty_pipeline_sends_nothing),
        cmocka_unit_test(a_refused_request_fails_the_record_at_its_place),
        cmocka_unit_test(what_ends_a_failed_part_is_refused_too),
        cmocka_unit_test(one_by_one_there_are_no_pipelines),
        cmocka_unit_test(a_transaction_within_another_is_a_savepoint),
        cmocka_unit_test(the_refusal_of_a_transaction_is_told_with_its_place),
        cmocka_unit_test(what_was_asked_is_not_asked_again),
        cmocka_unit_test(what_begins_must_end_in_its_turn),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
