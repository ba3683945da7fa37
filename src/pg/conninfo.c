#include "pg/conninfo.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool begins_with(const char *text, const char *beginning) {
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* word in small letters. */
static bool holds_word(const char *text, const char *word) {
    for (; *text != '\0'; text++) {
        size_t n = 0;
        while (word[n] != '\0' && tolower((unsigned char)text[n]) == word[n]) {
            n++;
        }
        if (word[n] == '\0') {
            return true;
        }
    }
    return false;
}

/* A generous guess, for strings that libpq cannot read. */
static bool may_hold_password(const char *conninfo) {
    const char *scheme = strstr(conninfo, "://");
    return strchr(scheme == NULL ? conninfo : scheme + 1, ':') != NULL ||
           strpbrk(conninfo, "@%") != NULL || holds_word(conninfo, "pass");
}

/* Explain a refusal in the terms of the form that the string has. */
static int refuse(BdErr *err, bool uri, const char *why) {
    bd_err_set(err, BD_E_CONFIG, 0, "the connection string cannot be used: %s", why);
    if (uri) {
        return bd_err_hint(err, "postgresql://user:password@host:port/database: special characters "
                                "are percent-encoded, as %%40 for @ and %%2F for /; a password may "
                                "also stand in PGPASSWORD or ~/.pgpass");
    }
    return bd_err_hint(err, "postgresql://user@host/database, or host=... user=... dbname=...: "
                            "values with spaces are put in '...', with \\' for a quote; a password "
                            "may also stand in PGPASSWORD or ~/.pgpass");
}

static const char *value_of(const PQconninfoOption *options, const char *keyword) {
    for (; options->keyword != NULL; options++) {
        if (strcmp(options->keyword, keyword) == 0) {
            return options->val == NULL ? "" : options->val;
        }
    }
    return "";
}

/* An @ in a host, but for the one that begins an abstract socket's name. */
static bool strange_host(const char *hosts) {
    for (const char *at = strchr(hosts, '@'); at != NULL; at = strchr(at + 1, '@')) {
        if (at > hosts && at[-1] != ',') {
            return true;
        }
    }
    return false;
}

/* Look at the parts that a misread password ends up in. Returns what is wrong, or NULL. */
static const char *misread(const PQconninfoOption *options) {
    if (strange_host(value_of(options, "host")) || strange_host(value_of(options, "hostaddr"))) {
        return "there is an @ in the host";
    }
    if (strspn(value_of(options, "port"), "0123456789, ") != strlen(value_of(options, "port"))) {
        return "the port is not a number";
    }
    if (strstr(value_of(options, "dbname"), "://") != NULL) {
        return "there is a URI in the name of the database";
    }
    return NULL;
}

static bool is_uri(const char *conninfo) {
    return begins_with(conninfo, "postgresql://") || begins_with(conninfo, "postgres://");
}

/* libpq takes such a string for the name of a database. */
static bool is_name(const char *conninfo) {
    return conninfo[0] != '\0' && !is_uri(conninfo) && strchr(conninfo, '=') == NULL;
}

int bd_conninfo_check(const char *conninfo, BdErr *err) {
    if (conninfo == NULL || conninfo[0] == '\0') {
        return 0;
    }
    bool uri = is_uri(conninfo);
    if (is_name(conninfo)) {
        return strpbrk(conninfo, ":@/") == NULL
                   ? 0
                   : refuse(err, true, "it is neither a postgresql:// URI nor keyword=value pairs");
    }
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);
    if (options == NULL) {
        bool quotable = message != NULL && !may_hold_password(conninfo);
        int n = message == NULL ? 0 : (int)strcspn(message, "\n");
        if (quotable) {
            bd_err_set(err, BD_E_CONFIG, 0, "the connection string cannot be used: %.*s", n,
                       message);
        } else {
            refuse(err, uri, "libpq does not understand it");
        }
        PQfreemem(message);
        return -1;
    }
    const char *wrong = misread(options);
    if (wrong == NULL && uri && strchr(value_of(options, "dbname"), '@') != NULL &&
        strstr(conninfo, "%40") == NULL) {
        wrong = "there is an @ in the name of the database";
    }
    PQconninfoFree(options);
    return wrong == NULL ? 0 : refuse(err, uri, wrong);
}

int bd_conninfo_check_options(const PQconninfoOption *options, BdErr *err) {
    const char *wrong = misread(options);
    return wrong == NULL ? 0 : refuse(err, false, wrong);
}

void bd_conninfo_mask(char *text, size_t size, const char *secret) {
    static const char mask[] = "***";
    size_t n = secret == NULL ? 0 : strlen(secret);
    if (n == 0) {
        return;
    }
    for (char *found = strstr(text, secret); found != NULL; found = strstr(found, secret)) {
        size_t room = size - (size_t)(found - text) - 1;
        size_t shown = strlen(mask) < room ? strlen(mask) : room;
        size_t rest = strlen(found + n);
        rest = rest < room - shown ? rest : room - shown;
        memmove(found + shown, found + n, rest);
        memcpy(found, mask, shown);
        found[shown + rest] = '\0';
        found += shown;
    }
}

int bd_conninfo_append(BdBuf *buf, const char *keyword, const char *value) {
    if ((buf->len > 0 && bd_buf_append(buf, " ", 1) != 0) || bd_buf_append_str(buf, keyword) != 0 ||
        bd_buf_append(buf, "='", 2) != 0) {
        return -1;
    }
    for (; *value != '\0'; value++) {
        if ((*value == '\'' || *value == '\\') && bd_buf_append(buf, "\\", 1) != 0) {
            return -1;
        }
        if (bd_buf_append(buf, value, 1) != 0) {
            return -1;
        }
    }
    return bd_buf_append(buf, "'", 1);
}

static const char *value_among(const BdConninfoPart *parts, const char *keyword) {
    for (; parts->keyword != NULL; parts++) {
        if (strcmp(parts->keyword, keyword) == 0) {
            return parts->value;
        }
    }
    return NULL;
}

static int append_changed(BdBuf *buf, const PQconninfoOption *options, const char *name,
                          const BdConninfoPart *parts) {
    for (; options->keyword != NULL; options++) {
        const char *value = value_among(parts, options->keyword);
        if (value == NULL) {
            value = strcmp(options->keyword, "dbname") == 0 && name != NULL ? name : options->val;
        }
        if (value != NULL && bd_conninfo_append(buf, options->keyword, value) != 0) {
            return -1;
        }
    }
    return bd_buf_end(buf);
}

int bd_conninfo_change(BdBuf *buf, const char *conninfo, const BdConninfoPart *parts, BdErr *err) {
    if (bd_conninfo_check(conninfo, err) != 0) {
        return -1;
    }
    const char *name = conninfo != NULL && is_name(conninfo) ? conninfo : NULL;
    PQconninfoOption *options =
        PQconninfoParse(conninfo == NULL || name != NULL ? "" : conninfo, NULL);
    int status = options == NULL ? -1 : append_changed(buf, options, name, parts);
    PQconninfoFree(options);
    return status == 0 ? 0 : bd_err_set(err, BD_E_NOMEM, 0, "no memory for a connection string");
}
