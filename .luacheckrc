std = "lua54"
max_line_length = 100
files["tests/lua"].std = "+busted"
files["tests/pg"].std = "+busted"
files["tests/verdict"].std = "+busted"
