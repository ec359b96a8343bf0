// Writes the examples of the CommonMark specification as examples.c reads them.
const { tests } = require('commonmark-spec')

for (const { number, markdown, html } of tests) {
    const [from, to] = [markdown, html].map((text) => Buffer.from(text.replaceAll('→', '\t')))
    process.stdout.write(`${number} ${from.length} ${to.length}\n`)
    process.stdout.write(from)
    process.stdout.write(to)
}
