# A result that nobody gets is no success; one that somebody has read enough of is.
bigdata list | read -r _
echo "${PIPESTATUS[0]}" >&2
bigdata row_by_row --dry-run --limit 1 >/dev/full
