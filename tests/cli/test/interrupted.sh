# Ctrl-C while specs run.
cat >endless_spec.lua <<'END'
local core = require "bigdata.core"
it("waits", function()
  io.open("begun", "w"):close()
  while not core.interrupted() do end
  error("interrupted")
end)
END
start test -o TAP endless_spec.lua >output
wait_for test -e begun
kill -INT "$pid"
wait "$pid"
