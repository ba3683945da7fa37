/*
 * test_usage.c - what the process has used of the machine.
 */
#include "core/clock.h"
#include "stats/usage.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#define MIB ((size_t)1024 * 1024)

static void *note_cpu_time(void *arg) {
    *(int64_t *)arg = bd_thread_cpu_ns();
    return NULL;
}

static void cpu_time_grows_with_work(void **state) {
    (void)state;
    BdUsage before = bd_usage_now();
    BdUsage now = before;
    volatile unsigned work = 0;
    while (now.user_ns <= before.user_ns) {
        work++;
        now = bd_usage_now();
    }
    assert_true(now.system_ns >= before.system_ns);
}

static void a_thread_has_cpu_time_of_its_own(void **state) {
    (void)state;
    pthread_t thread;
    int64_t other_ns = 0;
    volatile unsigned work = 0;
    while (bd_thread_cpu_ns() < 10 * BD_NS_PER_MS) { /* more than it takes to start */
        work++;
    }
    assert_int_equal(pthread_create(&thread, NULL, note_cpu_time, &other_ns), 0);
    pthread_join(thread, NULL);
    assert_in_range(other_ns, 1, bd_thread_cpu_ns() - 1);
}

static void peak_memory_is_in_bytes_and_falls_only_when_restarted(void **state) {
    (void)state;
    int64_t before = bd_peak_bytes();
    void *block = mmap(NULL, 64 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(block, MAP_FAILED);
    memset(block, 1, 64 * MIB);
    int64_t with = bd_peak_bytes();
    munmap(block, 64 * MIB);
    int64_t after = bd_peak_bytes();
    bd_peak_restart();
    int64_t restarted = bd_peak_bytes();
    assert_in_range(with, before + (int64_t)(32 * MIB), before + (int64_t)(1024 * MIB));
    assert_true(after >=
                with - (int64_t)MIB); /* the kernel adds up what its processors count later */
    assert_in_range(restarted, MIB / 2, with - (int64_t)(32 * MIB));
}

static void waiting_is_a_voluntary_switch(void **state) {
    (void)state;
    BdUsage before = bd_usage_now();
    poll(NULL, 0, 1);
    BdUsage after = bd_usage_now();
    assert_true(after.voluntary > before.voluntary);
    assert_true(after.involuntary >= before.involuntary);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpu_time_grows_with_work),
        cmocka_unit_test(a_thread_has_cpu_time_of_its_own),
        cmocka_unit_test(peak_memory_is_in_bytes_and_falls_only_when_restarted),
        cmocka_unit_test(waiting_is_a_voluntary_switch),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
