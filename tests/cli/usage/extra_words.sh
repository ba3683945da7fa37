# What a command does not take is refused, rather than overlooked.
bigdata help list extra
bigdata help --foo
bigdata help --man extra
bigdata data generate extra
