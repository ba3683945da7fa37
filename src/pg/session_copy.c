/*
 * The data of a COPY is given to libpq in pieces, no sooner than the socket has taken the one
 * before: libpq holds one piece, however much there is.
 *
 * While data is sent, libpq does not look at what the server says, but for notices; yet a server
 * that refuses a row says so at once and throws away what still comes. Bytes that have come and are
 * no notice are taken for that. They may also be the beginning of a notice whose rest is on its
 * way, so some more pieces are sent before the COPY is given up. A refusal that comes at the very
 * moment at which libpq finds the socket full is read by libpq, unseen: then all data is sent, and
 * the refusal is the answer to it.
 */
#include "pg/session_impl.h"

#include <sys/socket.h>

#define PIECE_BYTES  (64 * 1024 - 5) /* with its head of 5 bytes, what libpq sends at once */
#define GRACE_PIECES 16

static const char BINARY_HEADER[] =
    "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"; /* no flags, no extension */
static const char BINARY_TRAILER[] = "\377\377";

/* Look at what has come. */
static void look(BdSession *session) {
    char byte = 0;
    if (recv(PQsocket(session->conn), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
        uint64_t notices = session->notices;
        (void)PQconsumeInput(session->conn); /* a lost connection is found when sending */
        (void)PQisBusy(session->conn);       /* has notices parsed */
        session->copy.grace = session->notices == notices ? GRACE_PIECES : 0;
    }
}

/* Has the server said something that was no notice, and not gone on with it? */
static bool is_refused(BdSession *session) {
    return session->copy.grace > 0 && --session->copy.grace == 0;
}

/* The next piece of what is left; of no bytes at the end. */
static BdSpan next_piece(BdCopy *copy) {
    static const BdSpan header = {.p = BINARY_HEADER, .n = sizeof(BINARY_HEADER) - 1};
    static const BdSpan trailer = {.p = BINARY_TRAILER, .n = sizeof(BINARY_TRAILER) - 1};
    if (copy->needs_header) {
        copy->needs_header = false;
        return header;
    }
    if (copy->left.n == 0 && copy->needs_trailer) {
        copy->needs_trailer = false;
        return trailer;
    }
    BdSpan piece = copy->left;
    piece.n = piece.n < PIECE_BYTES ? piece.n : PIECE_BYTES;
    copy->left.p += piece.n;
    copy->left.n -= piece.n;
    return piece;
}

/* Send a piece, or the end: -1 when the connection is lost. */
static int send_piece(BdSession *session) {
    bool refused = is_refused(session);
    BdSpan piece = refused ? (BdSpan){.n = 0} : next_piece(&session->copy);
    if (piece.n > 0) {
        return PQputCopyData(session->conn, piece.p, (int)piece.n) == 1 ? 0 : -1;
    }
    session->copy.under_way = false;
    return PQputCopyEnd(session->conn, refused ? "the server has refused a row" : NULL) == 1 ? 0
                                                                                             : -1;
}

int bd_session_copy(BdSession *session) {
    int left = 0;
    while (left == 0 && session->copy.under_way) {
        look(session);
        left = PQflush(session->conn);
        if (left == 0) {
            left = send_piece(session);
        }
    }
    if (left == 0) {
        left = PQflush(session->conn); /* of the end */
    }
    session->unsent = left > 0;
    return left < 0 ? -1 : 0;
}
