/* Owns what authors get wrong most in YAML, in words that say what to do. */
#include "base/yaml_complaint.h"

#include <string.h>

static const struct yaml_complaint complaints[] = {
    {"mapping values are not allowed in this context",
     {"there is a second ': ' on this line, or the indentation is wrong; put a text that holds a "
      "colon in quotes",
      "in questa riga c’è un secondo «: », o i rientri sono sbagliati; un testo con i due punti va "
      "fra virgolette"},
     false},
    {"could not find expected ':'",
     {"a key without its colon; write 'key: value'",
      "manca «:» dopo la chiave; scrivi «chiave: valore»"},
     true},
    {"did not find expected key",
     {"a 'key: value' is expected here; check the indentation, and that quotes stand around the "
      "whole value",
      "qui ci vuole «chiave: valore»; controlla i rientri, e che le virgolette stiano attorno a "
      "tutto il valore"},
     false},
    {"did not find expected '-' indicator",
     {"an item of a list is expected here; all its '-' stand in one column",
      "qui ci vuole una voce di elenco; i suoi «-» stanno tutti in colonna"},
     false},
    {"did not find expected ',' or ']'",
     {"a list is opened with '[' and not closed with ']'",
      "un elenco si apre con «[» e non si chiude con «]»"},
     true},
    {"did not find expected ',' or '}'",
     {"a '{' is opened and not closed with '}'", "si apre «{» e non si chiude con «}»"},
     true},
    {"found unexpected end of stream",
     {"a quote is opened here and never closed", "qui si aprono virgolette che non si chiudono"},
     true},
    {"found unexpected document indicator",
     {"a quote is opened here and never closed", "qui si aprono virgolette che non si chiudono"},
     true},
    {"found unknown escape character",
     {"after a backslash in \"...\" only n, t, \", \\ and their like may follow; '...' takes "
      "backslashes as they are",
      "dopo \\ fra virgolette \"...\" vanno solo n, t, \", \\ e simili; fra '...' le barre restano "
      "come sono"},
     false},
    {"did not find expected alphabetic or numeric character",
     {"a text that begins with '*' or '&' must be in quotes",
      "un testo che comincia con * o & va fra virgolette"},
     false},
    {"did not find expected tag URI",
     {"a text that begins with '!' must be in quotes",
      "un testo che comincia con ! va fra virgolette"},
     false},
    {"did not find expected node content",
     {"a value is expected here; a text that begins with one of [ ] { } , must be in quotes",
      "qui ci vuole un valore; un testo che comincia con [ ] { } , va fra virgolette"},
     false},
    {"did not find expected comment or line break",
     {"after '|' or '>' the text begins on the next line; else put it in quotes",
      "dopo | o > il testo comincia nella riga seguente; altrimenti mettilo fra virgolette"},
     false},
    {"block sequence entries are not allowed in this context",
     {"a list does not begin on the line of its key; put '- ' on a line of its own",
      "un elenco non comincia nella riga della sua chiave; metti «- » in una riga sua"},
     false},
    {"found character that cannot start any token",
     {"a text that begins with '@', '`' or '%' must be in quotes",
      "un testo che comincia con @, ` o % va fra virgolette"},
     false},
    {"invalid leading UTF-8 octet",
     {"this is not UTF-8; save the file as UTF-8", "questo non è UTF-8; salva il file in UTF-8"},
     false},
    {"invalid trailing UTF-8 octet",
     {"this is not UTF-8; save the file as UTF-8", "questo non è UTF-8; salva il file in UTF-8"},
     false},
    {"incomplete UTF-8 octet sequence",
     {"this is not UTF-8; save the file as UTF-8", "questo non è UTF-8; salva il file in UTF-8"},
     false},
    {"control characters are not allowed",
     {"there is a control character here", "qui c’è un carattere di controllo"},
     false},
};

const struct yaml_complaint *yaml_complaint_find(const char *problem)
{
    for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++)
        if (strcmp(problem, complaints[i].problem) == 0)
            return &complaints[i];
    return NULL;
}
