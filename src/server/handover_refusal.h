/* Why a server that runs refuses a take-over. A reason crosses the socket as its English words,
 * which are therefore never changed: versions that do not know them show them as they are. */
#ifndef ATTIMO_SERVER_HANDOVER_REFUSAL_H
#define ATTIMO_SERVER_HANDOVER_REFUSAL_H

#include "base/lang.h"
#include "base/str.h"

enum handover_refusal {
    REFUSED_SLOW,    /* the next one takes too long */
    REFUSED_VERSION, /* it speaks another version of the protocol */
    REFUSED_EARLY,   /* the server before has not left yet */
    REFUSED_OFFER,   /* the offer cannot be sent */
    REFUSED_JOURNAL, /* the journal cannot be let go */
    REFUSED_GONE,    /* the next one has ended */
    REFUSED_ORDER,   /* it says something else than what it is time for */
    REFUSED_ENDING,  /* the server that runs ends, too */
};

struct text handover_refusal_words(enum handover_refusal why);

/* The same for what a server of any version has said. False: it is none of these. */
bool handover_refusal_read(struct str said, struct text *words);

#endif
