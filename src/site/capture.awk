# Makes capture.js small, and a C string of it: awk -f capture.awk capture.js
# A word that the lines `// short: name replacement, ...` name is replaced, unless it is a property (behind a dot) or in a
# text. Comments have lines of their own; no regular expression holds spaces, quotes or words of the table.

function out(text) {
    gsub(/\\/, "\\\\\\\\", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\"\n"
}

# Whether a space between these two characters is needed.
function parts(a, b) { return a ~ /[A-Za-z0-9_$]/ && b ~ /[A-Za-z0-9_$]/ }

function shorten(line,    made, word, before) {
    made = ""
    while (line != "") {
        if (match(line, /^'[^']*'/)) {
            made = made "\"" substr(line, 2, RLENGTH - 2) "\""
        } else if (match(line, /^[A-Za-z_$][A-Za-z0-9_$]*/)) {
            word = substr(line, 1, RLENGTH)
            before = substr(made, length(made))
            if (word in short && (before != "." || substr(made, length(made) - 2) == "..."))
                word = short[word]
            made = made word
        } else if (match(line, /^ +/)) {
            if (parts(substr(made, length(made)), substr(line, RLENGTH + 1, 1))) made = made " "
        } else {
            match(line, /^./)
            made = made substr(line, 1, 1)
        }
        line = substr(line, RLENGTH + 1)
    }
    return made
}

/^\/\/ short: / {
    sub(/^\/\/ short: /, "")
    n = split($0, pairs, /, */)
    for (i = 1; i <= n; i++) {
        split(pairs[i], pair, " ")
        if (taken[pair[2]]++) { print "capture.js: two names are shortened to " pair[2] >"/dev/stderr"; exit 1 }
        short[pair[1]] = pair[2]
    }
    next
}
/^ *\/\/ full$/ { full = 1 }
/^ *\/\/ all$/ { full = 0 }
/^ *(\/\/|$)/ { next }
{
    gsub(/^ +| +$/, "")
    line = shorten($0)
    whole = whole line
    if (!full) part = part line
}

END {
    if (whole == "") exit 1
    gsub(/;}/, "}", whole)
    gsub(/;}/, "}", part)
    print "#include \"site/capture_js.h\""
    printf "const char capture_js[] =\n%s;\nconst char capture_page_js[] =\n%s;\n", out(whole), out(part)
}
