# code.awk - function code(): the current line of C without comments and the content of strings.

FNR == 1 { in_comment = 0 }

function code(   line, out, rest) {
  line = $0
  out = ""
  while (line != "") {
    if (in_comment) {
      if (!match(line, /\*\//))
        return out
      in_comment = 0
      line = substr(line, RSTART + 2)
    } else if (match(line, /\/\*|\/\/|"|'/)) {
      out = out substr(line, 1, RSTART - 1)
      rest = substr(line, RSTART)
      if (rest ~ /^\/\//)
        return out
      if (rest ~ /^\/\*/) {
        in_comment = 1
        line = substr(rest, 3)
      } else if (match(rest, /^"(\\.|[^"\\])*"|^'(\\.|[^'\\])*'/)) {
        out = out substr(rest, 1, 1) substr(rest, 1, 1)
        line = substr(rest, RLENGTH + 1)
      } else {
        return out rest
      }
    } else {
      return out line
    }
  }
  return out
}
