#include "pg/copy_binary.h"

#include "pg/encode.h"

#include <assert.h>

/* The encoder for a type, by its OID in pg_type, which never changes; NULL if there is none. */
static BdEncodeFn *encoder_of(uint32_t type) {
    switch (type) {
    case 16:
        return bd_encode_bool;
    case 17:
        return bd_encode_bytea;
    case 20:
        return bd_encode_int8;
    case 21:
        return bd_encode_int2;
    case 23:
        return bd_encode_int4;
    case 26:
        return bd_encode_oid;
    case 25:   /* text */
    case 114:  /* json */
    case 1042: /* char(n) */
    case 1043: /* varchar */
        return bd_encode_text;
    case 700:
        return bd_encode_float4;
    case 701:
        return bd_encode_float8;
    case 1082:
        return bd_encode_date;
    case 1114:
        return bd_encode_timestamp;
    case 1184:
        return bd_encode_timestamptz;
    case 1700:
        return bd_encode_numeric;
    case 2950:
        return bd_encode_uuid;
    case 3802:
        return bd_encode_jsonb;
    default:
        return NULL;
    }
}

int bd_copy_binary_check(const BdTarget *target, BdErr *err) {
    for (uint32_t i = 0; i < target->count; i++) {
        const BdTargetColumn *column = &target->columns[i];
        if (encoder_of(column->type) == NULL) {
            bd_err_set(
                err, BD_E_CONFIG, 0,
                "column %s of table %s is of type %s, which cannot be written in binary here",
                column->name, target->name, column->sql_type);
            return bd_err_hint(err, "use --insert copy, which leaves reading to the server");
        }
    }
    return 0;
}

static int refuse(const BdTargetColumn *column, const char *value, BdEncoded encoded, BdErr *err) {
    if (encoded == BD_ENCODED_RANGE) {
        return bd_err_set(err, BD_E_FORMAT, 0, "column %s: \"%.100s\" is out of range for type %s",
                          column->name, value, column->sql_type);
    }
    bd_err_set(err, BD_E_FORMAT, 0, "column %s: \"%.100s\" cannot be read as %s", column->name,
               value, column->sql_type);
    return bd_err_hint(err, "write dates as 2026-11-22, timestamptz with its zone's offset; or use "
                            "--insert copy, which leaves reading to the server");
}

/* One value: its length and its bytes. */
static int append_value(BdBuf *data, const BdTargetColumn *column, BdSpan value, BdErr *err) {
    if (value.n > INT32_MAX || bd_buf_reserve(data, 4 + BD_ENCODE_ROOM(value.n)) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for the data of a COPY");
    }
    char *to = data->p + data->len;
    if (value.p == NULL) {
        bd_put32(to, UINT32_MAX);
        data->len += 4;
        return 0;
    }
    size_t bytes = 0;
    BdEncodeFn *encode = encoder_of(column->type);
    assert(encode != NULL);
    BdEncoded encoded = encode(value.p, value.n, to + 4, &bytes);
    if (encoded != BD_ENCODED_OK) {
        return refuse(column, value.p, encoded, err);
    }
    bd_put32(to, (uint32_t)bytes);
    data->len += 4 + bytes;
    return 0;
}

int bd_copy_binary_row(BdBuf *data, const BdTarget *target, const BdSeries *columns, uint32_t row,
                       BdErr *err) {
    size_t begun = data->len;
    if (bd_buf_reserve(data, 2) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for the data of a COPY");
    }
    bd_put16(data->p + data->len, (uint16_t)target->count);
    data->len += 2;
    for (uint32_t i = 0; i < target->count; i++) {
        const BdSpan value = bd_series_at(&columns[i], row);
        if (append_value(data, &target->columns[i], value, err) != 0) {
            data->len = begun;
            return -1;
        }
    }
    return 0;
}
