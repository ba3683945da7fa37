#include "bind/turn.h"

#include "core/clock.h"

/* A thread that waits; on its own stack. */
typedef struct BdTurnWait {
    pthread_cond_t given;
    bool mine; /* the turn was handed over */
    struct BdTurnWait *next;
} BdTurnWait;

int bd_turn_init(BdTurn *turn, BdErr *err) {
    *turn = (BdTurn){.taken = false};
    int failed = pthread_mutex_init(&turn->mutex, NULL);
    return failed == 0 ? 0 : bd_err_set_sys(err, BD_E_NOMEM, failed, "cannot make a lock");
}

void bd_turn_deinit(BdTurn *turn) {
    pthread_mutex_destroy(&turn->mutex);
}

/* Under the mutex: stand in line until the turn is handed over. */
static void stand_in_line(BdTurn *turn) {
    BdTurnWait wait = {.given = PTHREAD_COND_INITIALIZER};
    if (turn->first == NULL) {
        turn->first = &wait;
    } else {
        turn->last->next = &wait;
    }
    turn->last = &wait;
    while (!wait.mine) {
        pthread_cond_wait(&wait.given, &turn->mutex);
    }
    pthread_cond_destroy(&wait.given);
}

int64_t bd_turn_enter(BdTurn *turn) {
    int64_t waited_ns = 0;
    pthread_mutex_lock(&turn->mutex);
    if (turn->taken) {
        int64_t begin_ns = bd_now_ns();
        stand_in_line(turn);
        waited_ns = bd_now_ns() - begin_ns;
    }
    turn->taken = true;
    pthread_mutex_unlock(&turn->mutex);
    return waited_ns;
}

void bd_turn_leave(BdTurn *turn) {
    pthread_mutex_lock(&turn->mutex);
    BdTurnWait *next = turn->first;
    if (next == NULL) {
        turn->taken = false;
    } else { /* it stays taken: nobody can slip in between */
        turn->first = next->next;
        next->mine = true;
        pthread_cond_signal(&next->given);
    }
    pthread_mutex_unlock(&turn->mutex);
}
