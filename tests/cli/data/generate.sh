# The same seed gives the same bytes, another seed others.
for name in a b; do bigdata data generate --records 30 --seed 7 --output $name >/dev/null; done
bigdata data generate --records 30 --seed 8 --output c >/dev/null
diff -r a b && echo "the same"
diff -rq a c >/dev/null || echo "different"
ls a
