# The manual page is installed, and names every option that help shows; man has nothing against it.
(cd "$ROOT" && scripts/install "$BIGDATA" "$OLDPWD/prefix")
page=$PWD/prefix/share/man/man1/bigdata.1
sed 's/\\f[BIR]//g; s/\\-/-/g' "$page" >words
for topic in run data list rebuild report compare test; do
  bigdata help $topic
done | grep -o -- '--[a-z][a-z-]*' | sort -u >options
[ "$(wc -l <options)" -gt 50 ] || echo "only $(wc -l <options) options"
while read -r option; do
  grep -q -e "$option\([^a-z-]\|\$\)" words || echo "$option is not there"
done <options
man --warnings --local-file "$page" 2>&1 >shown
grep -q 'EXIT STATUS' shown || echo "man shows nothing"
ls prefix/share/doc/bigdata/docs/verdict.md
