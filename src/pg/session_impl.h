/*
 * session_impl.h - the inside of a session, for the files session*.c alone.
 *
 * session.c makes connections, session_send.c sends requests, session_copy.c the data of a COPY,
 * session_answer.c takes what comes back.
 */
#ifndef BD_SESSION_IMPL_H
#define BD_SESSION_IMPL_H

#include "core/buf.h"
#include "pg/session.h"

#include <libpq-fe.h>
#include <stdatomic.h>

/*
 * An open pipeline is sent in bursts, each followed by a request for its answers, without which the
 * server keeps them until the end. It is full when as many answers are owed as two bursts have
 * requests, or when the socket takes no more; it has room again when half of them have come. So the
 * server works on one burst while another one is written.
 */
#define BD_SESSION_BURST       256
#define BD_SESSION_BURST_BYTES (32 * 1024)

/* The data of a BD_REQUEST_COPY. */
typedef struct BdCopy {
    bool wanted;        /* the request has data, which the server has not asked for yet */
    bool under_way;     /* the server takes it, and the end was not sent */
    bool needs_header;  /* still to be sent: of binary data */
    bool needs_trailer; /* likewise */
    int grace;          /* pieces until it is given up; 0: there is no need to */
    BdSpan left;        /* still to be given to libpq; the caller's */
} BdCopy;

struct BdSession {
    /* What every exchange needs: one cache line. */
    PGconn *conn;
    BdProtocol protocol;
    bool busy;             /* an exchange is under way */
    bool waited;           /* the caller was told to wait, so that its next call comes after that */
    bool drained;          /* all that came before the request under way was sent has been read */
    bool unsent;           /* a part of the request is still to be sent */
    bool several;          /* more than one result is all right */
    bool copying_out;      /* in the data of a COPY TO STDOUT, which is thrown away */
    bool pipeline;         /* libpq is in pipeline mode */
    bool open;             /* further requests may be added to the pipeline */
    bool full;             /* but not now: answers are to be taken first */
    uint32_t expected;     /* answers of the pipeline that have not come whole */
    PGresult *result;      /* the first error, or else the last result; NULL before the first */
    const char *complaint; /* what we found wrong with the exchange; NULL if nothing */
    ExecStatusType status; /* the result's */
    PGTransactionStatusType transaction; /* after the last exchange: asked for once */

    BdCopy copy;        /* its data */
    uint32_t burst;     /* requests sent since answers were last asked for */
    size_t burst_bytes; /* of them */
    uint64_t notices;   /* that have come, ever */

    PGcancel *cancel;     /* NULL until connected */
    _Atomic int abort_fd; /* for bd_session_abort(): the socket, or -1 where it is not connected */

    BdErr farewell; /* why the server closes the connection; BD_E_NONE if it has not said */

    BdBuf text; /* the simple protocol's statement */
    int64_t connect_limit_ns;
    char description[256];
};

/* session_copy.c: go on with the data of a COPY under way; -1 when the connection is lost. */
BD_MUSTCHECK int bd_session_copy(BdSession *session);

#endif
