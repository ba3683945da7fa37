#include "pg/server.h"

#include "core/buf.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "pg/conninfo.h"
#include "pg/guardian.h"
#include "pg/server_programs.h"
#include "pg/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct BdServer {
    pid_t guardian;
    int life_fd; /* closing it ends the guardian and, through it, the server */
    BdBuf conninfo;
    char folder[BD_SERVER_FOLDER_BYTES];
};

static void close_fd(int *fd) {
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

static int open_pipe(int fds[2], BdErr *err) {
    if (pipe(fds) != 0) {
        fds[0] = fds[1] = -1;
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot make a pipe");
    }
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

/* Fork the guardian. *report_fd is where its report can be read. */
static int fork_guardian(BdServer *server, BdGuardianTask *task, int *report_fd, BdErr *err) {
    int life[2] = {-1, -1};
    int report[2] = {-1, -1};
    int status = open_pipe(life, err);
    if (status == 0) {
        status = open_pipe(report, err);
    }
    if (status == 0) {
        task->life_fd = life[0];
        task->report_fd = report[1];
        server->guardian = fork();
        if (server->guardian == 0) {
            close_fd(&life[1]); /* or it would keep itself alive */
            close_fd(&report[0]);
            bd_guardian_run(task);
            _exit(0);
        }
        if (server->guardian < 0) {
            status = bd_err_set_sys(err, BD_E_IO, errno, "cannot start a process");
        }
    }
    close_fd(&life[0]);
    close_fd(&report[1]);
    if (status != 0) {
        close_fd(&life[1]);
        close_fd(&report[0]);
    }
    server->life_fd = life[1];
    *report_fd = report[0];
    return status;
}

/* Wait for the report, or for Ctrl-C. */
static int read_report(BdServer *server, int report_fd, BdErr *err) {
    BdGuardianReport report;
    struct pollfd fds[] = {{.fd = report_fd, .events = POLLIN},
                           {.fd = bd_interrupt_fd(), .events = POLLIN}};
    while (poll(fds, 2, -1) < 0 && errno == EINTR) {
    }
    if (fds[1].revents != 0) {
        return bd_err_set(err, BD_E_STOPPED, 0, "interrupted");
    }
    if (read(report_fd, &report, sizeof(report)) != (ssize_t)sizeof(report)) {
        return bd_err_set(err, BD_E_IO, 0, "the throwaway server's guardian was killed");
    }
    if (report.err.code != BD_E_NONE) {
        *err = report.err;
        return -1;
    }
    memcpy(server->folder, report.folder, sizeof(server->folder));
    return 0;
}

static int write_conninfo(BdBuf *conninfo, const char *folder, const char *database, BdErr *err) {
    bd_buf_reset(conninfo);
    if (bd_conninfo_append(conninfo, "host", folder) != 0 ||
        bd_conninfo_append(conninfo, "hostaddr", "") != 0 || /* not what PGHOSTADDR says */
        bd_conninfo_append(conninfo, "port", BD_SERVER_PORT) != 0 ||
        bd_conninfo_append(conninfo, "user", BD_SERVER_USER) != 0 ||
        bd_conninfo_append(conninfo, "dbname", database) != 0 || bd_buf_end(conninfo) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a connection string");
    }
    return 0;
}

/* Give the database a name that says what it is for. To rename one takes no time; to copy a
 * template takes a tenth of a second. */
static int name_database(BdServer *server, BdErr *err) {
    static const BdRequest rename = {.kind = BD_REQUEST_TEXT,
                                     .text = "alter database postgres rename to " BD_SERVER_USER};
    BdSession *session = NULL;
    BdAnswer *answer = NULL;
    int status = write_conninfo(&server->conninfo, server->folder, "template1", err);
    if (status == 0) {
        status = bd_session_open(&session, server->conninfo.p, BD_PROTOCOL_SIMPLE, err);
    }
    if (status == 0) {
        status = bd_session_ask(session, &rename, &answer, err);
    }
    bd_answer_free(answer);
    bd_session_free(session);
    return status == 0 ? write_conninfo(&server->conninfo, server->folder, BD_SERVER_USER, err)
                       : -1;
}

int bd_server_open(BdServer **out, const BdServerOpts *opts, BdErr *err) {
    BdServerPrograms programs;
    BdServerUser user;
    BdGuardianTask task = {.programs = &programs, .user = &user, .opts = opts};
    int report_fd = -1;
    *out = NULL;
    if (bd_server_programs_find(&programs, err) != 0 || bd_server_user_find(&user, err) != 0) {
        return -1;
    }
    BdServer *server = bd_alloc(sizeof(*server));
    if (server == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a server");
    }
    *server = (BdServer){.guardian = -1, .life_fd = -1};
    int status = fork_guardian(server, &task, &report_fd, err);
    if (status == 0) {
        status = read_report(server, report_fd, err);
    }
    close_fd(&report_fd);
    if (status != 0 || name_database(server, err) != 0) {
        bd_server_close(server);
        return -1;
    }
    *out = server;
    return 0;
}

const char *bd_server_conninfo(const BdServer *server) {
    return server->conninfo.p;
}

const char *bd_server_folder(const BdServer *server) {
    return server->folder;
}

void bd_server_close(BdServer *server) {
    if (server == NULL) {
        return;
    }
    close_fd(&server->life_fd);
    if (server->guardian > 0) {
        while (waitpid(server->guardian, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    bd_buf_deinit(&server->conninfo);
    bd_free(server);
}
